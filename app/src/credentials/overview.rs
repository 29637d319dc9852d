//! What a credential opens, whether it is healthy, when it ends, and who used it.

use domain::{
    Action, CredentialKind, Principal, ServiceError, Timestamp,
    audit::AuditTarget,
    counted,
    credentials::{CredentialDetail, Expiry, ExpirySource},
};
use leptos::prelude::*;

use super::{
    best_practices,
    candidate::waiting,
    facts::facts,
    impact::in_words,
    links::links,
    map::map,
    path_of,
    paused::paused,
    usage::{Usage, opened},
    uses::uses,
};
use crate::{
    audit::about,
    ui::{
        moment::{Moment, moment_or},
        page::Request,
        tabs::Tab,
    },
};

/// So many uses of its secret stand here; the activity has more.
const USES: usize = 4;

/// The tab.
pub(super) async fn overview(
    request: &Request,
    principal: &Principal,
    credential: &CredentialDetail,
    usage: &Usage,
) -> Result<AnyView, ServiceError> {
    let now = request.now;
    let may_change = principal.role.includes(Action::ManageCredentials);
    let map = map(request, principal, credential, usage).await?;
    let about = about(request, principal, AuditTarget::Credential(credential.id)).await?;
    let activity = Tab::Activity.at(&path_of(credential.id));
    let used = about.map(|about| about.uses(USES, Some(activity), now));
    let is_registry = credential.provider.facts().kind == CredentialKind::Registry;
    let opens = if is_registry {
        view! { {links(request, credential)} {uses(credential, &usage.exported)} }.into_any()
    } else {
        opened(credential, &usage.opens)
    };
    Ok(view! {
        {paused(credential, principal, now)}
        <div data-live="candidate">{waiting(credential)}</div>
        {answers(credential, usage, may_change, now)}
        <div class="beside">
            <div class="stack">{map} {opens}</div>
            <div class="stack">
                {facts(credential, now)} {used} {best_practices::of(credential, now)}
            </div>
        </div>
    }
    .into_any())
}

/// What somebody who opens the page wants to know first.
fn answers(
    credential: &CredentialDetail,
    usage: &Usage,
    may_change: bool,
    now: Timestamp,
) -> AnyView {
    let (opens, more) = reach(credential, usage);
    let failing = credential.links.iter().filter(|link| link.status.is_bad()).count();
    let works = match (credential.links.len(), failing) {
        (0, _) => "No repository yet".to_owned(),
        (all, 0) => format!("All {} healthy", counted(all, "repository", "repositories")),
        (all, bad) => format!("{bad} of {all} failing"),
    };
    view! {
        <dl class="figures answers" data-live="answers">
            <div>
                <dt>"Opens"</dt>
                <dd>{opens}</dd>
                <dd class="muted">{more}</dd>
            </div>
            <div>
                <dt>"Health"</dt>
                <dd class=(failing > 0).then_some("bad")>{works}</dd>
                <dd class="muted">{hosts(credential)}</dd>
            </div>
            <div>
                <dt>"Expires"</dt>
                {expires(credential, may_change, now)}
            </div>
            <div>
                <dt>"Last used"</dt>
                <dd>{moment_or(credential.last_used_at, now, "Never")}</dd>
                <dd class="muted">{format!("Secret version {}", credential.vault_version)}</dd>
            </div>
        </dl>
    }
    .into_any()
}

/// What it opens, and what is delivered with it.
fn reach(credential: &CredentialDetail, usage: &Usage) -> (String, String) {
    if credential.provider.facts().kind != CredentialKind::Registry {
        let (targets, clusters) = usage.opened();
        let opens = in_words(targets, clusters).unwrap_or_else(|| "Nothing yet".to_owned());
        return (opens, String::new());
    }
    let opens = match credential.links.len() {
        0 => "Nothing yet".to_owned(),
        links => counted(links, "repository", "repositories"),
    };
    let (exports, places) = usage.delivered();
    let more = match (exports, places) {
        (0, _) => "In no export".to_owned(),
        (exports, 0) => format!("In {}", counted(exports, "export", "exports")),
        (exports, places) => format!(
            "{} to {}",
            counted(exports, "export", "exports"),
            counted(places, "place", "places")
        ),
    };
    (opens, more)
}

fn hosts(credential: &CredentialDetail) -> String {
    match credential.paused.len() {
        0 => String::new(),
        hosts => format!("Paused at {}", counted(hosts, "host", "hosts")),
    }
}

fn expires(credential: &CredentialDetail, may_change: bool, now: Timestamp) -> AnyView {
    let Some(expiry) = credential.expiry else {
        let set = may_change.then(|| {
            let href = format!("{}#field-expires", Tab::Settings.at(&path_of(credential.id)));
            view! { <dd><a href=href>"Set a date"</a></dd> }
        });
        return view! { <dd>"Not known"</dd> {set} }.into_any();
    };
    view! {
        <dd class=super::timeline::urgency_class(expiry, now)><Moment at=expiry.at now/></dd>
        <dd class="muted">{told_by(expiry)}</dd>
    }
    .into_any()
}

/// The day, and who said so.
fn told_by(expiry: Expiry) -> String {
    match expiry.source {
        ExpirySource::Typed => format!("{}, set by hand", expiry.at.day()),
        ExpirySource::Provider => format!("{}, from the provider", expiry.at.day()),
    }
}
