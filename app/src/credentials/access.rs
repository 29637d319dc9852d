//! Where a credential may be used: in which projects, for which URLs, and at which addresses.

use domain::{
    Action, CredentialKind, Principal, Purpose,
    credentials::{CredentialDetail, CredentialScope, PatternKind},
};
use leptos::prelude::*;

use super::{addresses::addresses, path_of};
use crate::ui::{page::Request, tabs::Tab};

/// The tab.
pub(super) fn access(
    request: &Request,
    principal: &Principal,
    credential: &CredentialDetail,
) -> AnyView {
    let panel = addresses(request, credential, principal).unwrap_or_else(kubeconfig);
    view! {
        <div class="beside">
            <div class="stack">{panel}</div>
            <div class="stack">{sharing(credential, principal)}</div>
        </div>
    }
    .into_any()
}

/// Of a credential of a cluster, whose address nobody chooses.
fn kubeconfig() -> AnyView {
    view! {
        <section class="card" aria-labelledby="addresses-title">
            <h2 id="addresses-title">"Allowed addresses"</h2>
            <p class="muted">"Sent only to the API server that its kubeconfig names."</p>
        </section>
    }
    .into_any()
}

fn sharing(credential: &CredentialDetail, principal: &Principal) -> AnyView {
    let reach = match credential.reach {
        CredentialScope::Shared => "All projects".to_owned(),
        CredentialScope::Project(_) => credential.project.clone(),
    };
    let purposes: Vec<_> = credential.purposes.iter().map(|one| in_words(*one)).collect();
    let purposes = (!purposes.is_empty()).then(|| {
        view! {
            <dt>"Used for"</dt>
            <dd>{purposes.join(", ")}</dd>
        }
    });
    let is_matched = credential.provider.facts().kind != CredentialKind::Cluster;
    let pattern = is_matched.then(|| {
        let pattern = match (credential.pattern.as_str(), credential.pattern_kind) {
            ("", _) => {
                view! { <span class="muted">"None: used only where selected"</span> }.into_any()
            }
            (pattern, kind) => {
                let kind = (kind == PatternKind::Regex).then_some(" (regular expression)");
                view! { <code class="url">{pattern.to_owned()}</code> {kind} }.into_any()
            }
        };
        view! {
            <dt>"URL pattern"</dt>
            <dd>{pattern}</dd>
        }
    });
    let change = principal.role.includes(Action::ManageCredentials).then(|| {
        let href = format!("{}#place", Tab::Settings.at(&path_of(credential.id)));
        view! { <a href=href>"Change"</a> }
    });
    view! {
        <section class="card first" aria-labelledby="sharing-title">
            <div class="card-head">
                <h2 id="sharing-title">"Sharing and matching"</h2>
                {change}
            </div>
            <dl class="facts">
                <dt>"Project"</dt>
                <dd>{reach}</dd>
                {purposes}
                {pattern}
            </dl>
            <p><a href="/credentials/explain">"Explain a URL"</a></p>
        </section>
    }
    .into_any()
}

const fn in_words(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Git => "Git",
        Purpose::Helm => "Helm charts",
        Purpose::Image => "Container images",
    }
}
