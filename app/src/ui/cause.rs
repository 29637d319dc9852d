//! A cause of failure with what to do about it and the link to the field to change.

use domain::{Cause, CredentialId, RepositoryId, cause::Remedy};
use leptos::prelude::*;

use super::icon::Icon;

/// Where a person mends `cause`, and the words of the link; `None` when there is nothing to change.
pub(crate) fn remedy(
    cause: Cause,
    repository: RepositoryId,
    credential: Option<CredentialId>,
) -> Option<(String, &'static str)> {
    let field = |name: &str| format!("/charts/repositories/{repository}#field-{name}");
    match (cause.remedy(), credential) {
        (Remedy::Credential, Some(id)) => {
            Some((format!("/credentials/{id}#field-password"), "Update the credential"))
        }
        (Remedy::Credential | Remedy::Link, _) => {
            Some((field("credential"), "Select a credential"))
        }
        (Remedy::Url, _) => Some((field("url"), "Check the URL")),
        (Remedy::Kind, _) => Some((field("kind"), "Change the kind")),
        (Remedy::Charts, _) => Some((field("charts"), "Type the chart names")),
        (Remedy::Wait | Remedy::Operator, _) => None,
    }
}

/// Title and remedy, for a table cell.
#[component]
pub(crate) fn CauseLine(
    cause: Cause,
    repository: RepositoryId,
    credential: Option<CredentialId>,
) -> impl IntoView {
    let link = remedy(cause, repository, credential)
        .map(|(href, label)| view! { " " <a href=href>{label}</a> });
    view! { <p class="cause" title=cause.message()>{cause.title()}"." {link}</p> }
}

/// Title, explanation and remedy, for the top of a page.
#[component]
pub(crate) fn CauseBanner(
    cause: Cause,
    repository: RepositoryId,
    credential: Option<CredentialId>,
    children: Children,
) -> impl IntoView {
    let link = remedy(cause, repository, credential)
        .map(|(href, label)| view! { <a class="button" href=href>{label}</a> });
    view! {
        <div class="notice bad">
            <Icon name="circle-alert"/>
            <div>
                <h2>{cause.title()}</h2>
                <p>{cause.message()}</p>
                <div class="actions">{link}{children()}</div>
            </div>
        </div>
    }
}
