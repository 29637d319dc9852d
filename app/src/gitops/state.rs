//! How a Git target or cluster is doing, why, and where a person mends it.

use domain::{
    Action, Cause, CredentialId, ExportId, Role, cause::Remedy, gitops::GitTargetSummary,
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use crate::ui::{icon::Icon, tabs::Tab};

/// Why a Git target is out of sync.
pub(super) fn waits(target: &GitTargetSummary) -> AnyView {
    let merge = target.is_waiting.then_some("Waits to be merged");
    let push = target.is_pending.then_some("Changes not pushed yet");
    let lines = merge.into_iter().chain(push);
    lines.map(|text| view! { <span class="muted">{text}</span> }).collect_view().into_any()
}

/// The reason in a few words, for a row of a list.
pub(super) fn why(cause: Option<Cause>, place: DeliveryTarget) -> Option<AnyView> {
    let words = cause?.words(place.asked());
    Some(view! { <span class="cause" title=words.message>{words.title}</span> }.into_any())
}

/// The way to mend it, for the menu of a row and for whom it is open.
pub(super) fn mend(
    cause: Cause,
    place: DeliveryTarget,
    credential: CredentialId,
    role: Role,
) -> Option<AnyView> {
    let (href, label) = remedy(cause, place, credential, &[]).filter(|_| may_go(role, cause))?;
    Some(view! { <a href=href>{label}</a> }.into_any())
}

/// Title, explanation, what was tried, and the way to mend it, for the top of a page.
pub(super) fn banner(
    cause: Option<Cause>,
    detail: &str,
    place: DeliveryTarget,
    credential: CredentialId,
    exports: &[(ExportId, String)],
    role: Role,
) -> AnyView {
    let Some(cause) = cause else { return ().into_any() };
    let link = remedy(cause, place, credential, exports)
        .filter(|_| may_go(role, cause))
        .map(|(href, label)| view! { <a class="button" href=href>{label}</a> });
    let detail = (!detail.is_empty()).then(|| {
        view! { <pre tabindex="0" role="region" aria-label="What was said">{detail.to_owned()}</pre> }
    });
    let words = cause.words(place.asked());
    let waits = (cause.remedy() == Remedy::Wait)
        .then(|| view! { <p class="muted">"Hawser tries again by itself."</p> });
    view! {
        <div class="notice bad">
            <Icon name="circle-alert"/>
            <div>
                <h2>{words.title}</h2>
                <p>{words.message}</p>
                {detail}
                {waits}
                <div class="actions">{link}</div>
            </div>
        </div>
    }
    .into_any()
}

/// The exports that a Git target or cluster takes.
pub(super) fn taken_exports(exports: &[(ExportId, String)]) -> AnyView {
    let rows = exports.iter().map(|(id, name)| {
        view! {
            <li class="line">
                <div>
                    <a href=crate::exports::path_of(*id)>{name.clone()}</a>
                </div>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="card" aria-labelledby="exports-title">
            <h2 id="exports-title">"Exports"</h2>
            <ul class="lines" data-live="exports">
                {rows}
            </ul>
        </section>
    }
    .into_any()
}

/// Whether the way to mend `cause` is open to this role: some ways lead to what everybody sees.
fn may_go(role: Role, cause: Cause) -> bool {
    let only_shows = matches!(
        cause,
        Cause::ExportIncomplete
            | Cause::SecretInOutput
            | Cause::ClusterConflict
            | Cause::ClusterRefused
            | Cause::ClusterApiMissing
            | Cause::NamespaceMissing
    );
    only_shows || role.includes(Action::ManageExports)
}

/// Where a person mends `cause`, and the words of the link; `None` when there is nothing to change.
pub(crate) fn remedy(
    cause: Cause,
    place: DeliveryTarget,
    credential: CredentialId,
    exports: &[(ExportId, String)],
) -> Option<(String, &'static str)> {
    let settings = Tab::Settings.at(&place.path());
    let field = |name: &str| format!("{settings}#field-{name}");
    let objects = || format!("{}#objects", Tab::Objects.at(&place.path()));
    let secret = format!("{}#change", Tab::Versions.at(&crate::credentials::path_of(credential)));
    let connections = || super::git_accounts::PATH.to_owned();
    match (cause, cause.remedy()) {
        (Cause::ConnectionRevoked | Cause::ScopeMissing, _) => {
            Some((connections(), "Connect again"))
        }
        (Cause::BranchProtected | Cause::PushRejected, _) => {
            Some((field("mode"), "Open pull requests instead"))
        }
        (Cause::BaseMissing, _) => Some((field("base"), "Choose the base branch")),
        (Cause::BranchMissing, _) => Some((field("branch"), "Choose another branch")),
        // Sync now stands at the top of the page, and in the menu of the row.
        (Cause::RequestClosed, _) => None,
        (Cause::FileNotOurs, _) => Some((field("folder"), "Choose another folder")),
        (Cause::ExportIncomplete | Cause::SecretInOutput, _) => Some(match exports {
            [(only, _)] => (crate::exports::path_of(*only), "Look at the export"),
            _ => (crate::exports::PATH.to_owned(), "Look at the exports"),
        }),
        (
            Cause::ClusterConflict
            | Cause::ClusterRefused
            | Cause::ClusterApiMissing
            | Cause::NamespaceMissing,
            _,
        ) => Some((objects(), "See the objects")),
        // What the account may do is said in the cluster, not in its kubeconfig.
        (Cause::InsufficientScope, _) if matches!(place, DeliveryTarget::Cluster(_)) => {
            Some((objects(), "See what it may not do"))
        }
        (_, Remedy::Credential) => Some((secret, "Update the credential")),
        (_, Remedy::Link) => Some((field("credential"), "Select a credential")),
        // The address and the authority of an API server stand in the kubeconfig.
        (_, Remedy::Url | Remedy::Authority) if matches!(place, DeliveryTarget::Cluster(_)) => {
            Some((secret, "Check the kubeconfig"))
        }
        (_, Remedy::Url) => Some((field("url"), "Check the URL")),
        (_, Remedy::Authority) if matches!(place, DeliveryTarget::GitTarget(_)) => {
            Some((field("ca"), "Add its authority"))
        }
        (_, Remedy::Proxy) if matches!(place, DeliveryTarget::GitTarget(_)) => {
            Some((field("proxy"), "Check the proxy"))
        }
        (_, Remedy::Place) => Some((format!("{settings}#edit"), "Change it")),
        (
            _,
            Remedy::Kind
            | Remedy::Charts
            | Remedy::Authority
            | Remedy::Proxy
            | Remedy::Wait
            | Remedy::Operator,
        ) => None,
    }
}
