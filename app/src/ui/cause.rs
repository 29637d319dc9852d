//! A cause of failure with what to do about it and the link to the field to change.

use domain::{
    Cause, CredentialId, RepositoryId,
    cause::{Remedy, RemoteKind},
};
use leptos::prelude::*;

use super::{icon::Icon, tabs::Tab};

/// Where a person mends `cause`, and the words of the link; `None` when there is nothing to change.
pub(crate) fn remedy(
    cause: Cause,
    repository: RepositoryId,
    credential: Option<CredentialId>,
) -> Option<(String, &'static str)> {
    let page = format!("/charts/repositories/{repository}");
    let field = |name: &str| format!("{}#field-{name}", Tab::Settings.at(&page));
    match (cause.remedy(), credential) {
        (Remedy::Credential, Some(id)) => Some(remedy_of_credential(cause, id)),
        (Remedy::Credential | Remedy::Link, _) => {
            Some((field("credential"), "Select a credential"))
        }
        (Remedy::Url, _) => Some((field("url"), "Check the URL")),
        (Remedy::Kind, _) => Some((field("kind"), "Change the kind")),
        (Remedy::Charts, _) => Some((field("charts"), "Type the chart names")),
        (Remedy::Authority, _) => Some((field("ca"), "Add its authority to the repository")),
        (Remedy::Proxy, _) => Some((field("proxy"), "Check the proxy")),
        (Remedy::Place | Remedy::Wait | Remedy::Operator, _) => None,
    }
}

/// Where a person mends what is wrong with a credential, and the words of the link.
pub(crate) fn remedy_of_credential(cause: Cause, id: CredentialId) -> (String, &'static str) {
    let (tab, place, label) = match cause {
        Cause::CredentialPaused => (Tab::Overview, "paused", "Resume the credential"),
        Cause::RegionUnknown => (Tab::Versions, "field-region", "Type the region"),
        Cause::LinkSuspended | Cause::AddressNotAllowed => {
            (Tab::Access, "addresses", "Review the allowed addresses")
        }
        _ => (Tab::Versions, "field-password", "Update the credential"),
    };
    (format!("{}#{place}", tab.at(&format!("/credentials/{id}"))), label)
}

/// A form that was tested before anything of it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsaved {
    /// A credential.
    Credential,
    /// A repository.
    Repository,
}

/// Where a person mends `cause` in the form on this page, and the words of the link.
pub(crate) fn remedy_in_form(cause: Cause, form: Unsaved) -> Option<(String, &'static str)> {
    let (field, label) = match (cause.remedy(), form) {
        (Remedy::Credential | Remedy::Link, Unsaved::Repository) => {
            ("credential", "Select a credential")
        }
        (Remedy::Credential, Unsaved::Credential) if cause == Cause::RegionUnknown => {
            ("region", "Type the region")
        }
        (Remedy::Credential | Remedy::Link, Unsaved::Credential) => ("password", "Go to Password"),
        (Remedy::Url, _) => ("url", "Check the URL"),
        (Remedy::Kind, Unsaved::Repository) => ("kind", "Change the kind"),
        (Remedy::Charts, _) => ("charts", "Type the chart names"),
        (Remedy::Authority, Unsaved::Repository) => ("ca", "Add its authority to the repository"),
        (Remedy::Authority, Unsaved::Credential) => ("ca", "Give its authority for this test"),
        (Remedy::Proxy, _) => ("proxy", "Check the proxy"),
        // That is a field of repositories.
        (Remedy::Kind, Unsaved::Credential)
        | (Remedy::Place | Remedy::Wait | Remedy::Operator, _) => return None,
    };
    Some((format!("#field-{field}"), label))
}

/// Title and remedy of what a registry answered, for a table cell.
#[component]
pub(crate) fn CauseLine(
    cause: Cause,
    repository: RepositoryId,
    credential: Option<CredentialId>,
) -> impl IntoView {
    let link = remedy(cause, repository, credential)
        .map(|(href, label)| view! { " " <a href=href>{label}</a> });
    let words = cause.words(RemoteKind::Registry);
    view! { <p class="cause" title=words.message>{words.title}"." {link}</p> }
}

/// Title, explanation and remedy of what a registry answered, for the top of a page.
#[component]
pub(crate) fn CauseBanner(
    cause: Cause,
    repository: RepositoryId,
    credential: Option<CredentialId>,
    children: Children,
) -> impl IntoView {
    let link = remedy(cause, repository, credential)
        .map(|(href, label)| view! { <a class="button" href=href>{label}</a> });
    let words = cause.words(RemoteKind::Registry);
    view! {
        <div class="notice bad">
            <Icon name="circle-alert"/>
            <div>
                <h2>{words.title}</h2>
                <p>{words.message}</p>
                <div class="actions">{link}{children()}</div>
            </div>
        </div>
    }
}
