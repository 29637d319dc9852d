//! What happened to a credential: its updates and how far they came, its changes, the uses of its secret.

use domain::{
    Principal, ServiceError, Timestamp,
    audit::AuditTarget,
    credentials::{CredentialDetail, Propagation},
};
use leptos::prelude::*;

use super::{path_of, versions::result};
use crate::{
    audit::about,
    ui::{moment::Moment, page::Request, path, tabs},
};

/// The tab; the log is shown to those who may read it.
pub(super) async fn activity(
    request: &Request,
    principal: &Principal,
    credential: &CredentialDetail,
) -> Result<AnyView, ServiceError> {
    let now = request.now;
    let about = about(request, principal, AuditTarget::Credential(credential.id)).await?;
    let changes = about.as_ref().map(|about| about.changes(now));
    let uses = about.as_ref().map(|about| about.uses(usize::MAX, None, now));
    Ok(view! {
        <div class="beside">
            <div class="stack">{changes}</div>
            <div class="stack">{updates(credential, now)} {uses}</div>
        </div>
    }
    .into_any())
}

fn updates(credential: &CredentialDetail, now: Timestamp) -> AnyView {
    let reached = credential.history.iter().filter(|update| update.counts.total() > 0);
    let rows: Vec<_> = reached.map(|update| row(credential, update, now)).collect();
    let list = if rows.is_empty() {
        view! { <p class="muted">"No update was delivered yet."</p> }.into_any()
    } else {
        view! { <ul class="lines">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="updates-title">
            <h2 id="updates-title">"Updates"</h2>
            <div data-live="updates">{list}</div>
        </section>
    }
    .into_any()
}

fn row(credential: &CredentialDetail, update: &Propagation, now: Timestamp) -> AnyView {
    let id = update.id.to_string();
    let pairs = [(tabs::QUERY, tabs::Tab::Activity.name()), ("propagation", id.as_str())];
    let href = path::with(&path_of(credential.id), &pairs);
    view! {
        <li class="line">
            <div>
                <a href=href>{format!("Version {}", update.vault_version)}</a>
                <p class="muted">
                    {format!("{}, ", update.started_by)}
                    <Moment at=update.started_at now/>
                </p>
            </div>
            {result(update.counts)}
        </li>
    }
    .into_any()
}
