//! The test of a stored credential: at each repository that uses it, or at its provider.

use domain::{AuthMethod, credentials::CredentialDetail};
use leptos::prelude::*;

use super::{path_of, test_fields::add_repository};
use crate::{
    connection_tests::test_credential_form,
    ui::{page::Request, tabs::Tab},
};

/// The tab; where there is nobody to ask, it says what comes first.
pub(super) fn test(request: &Request, credential: &CredentialDetail) -> AnyView {
    let provider = credential.provider;
    let of_token = provider.tells_of_tokens() && credential.shape == AuthMethod::Password;
    let asks = match (credential.links.is_empty(), of_token) {
        (false, _) => Some("Tests the stored secret at every linked repository.".to_owned()),
        (true, true) => Some(format!(
            "Asks {} what the stored token can do and when it expires.",
            provider.facts().label
        )),
        (true, false) => None,
    };
    let body = match asks {
        Some(asks) => view! {
            <p class="muted">{asks}</p>
            {test_credential_form(request, credential.id)}
        }
        .into_any(),
        None => nobody(request, credential),
    };
    view! {
        <section class="card narrow" aria-labelledby="tests-title">
            <h2 id="tests-title">"Connection test"</h2>
            {body}
        </section>
    }
    .into_any()
}

fn nobody(request: &Request, credential: &CredentialDetail) -> AnyView {
    let versions = Tab::Versions.at(&path_of(credential.id));
    view! {
        <p class="muted">
            "No repository uses this credential yet. "
            <a href=add_repository(request, &credential.id.to_string())>"Add a repository"</a>
            " to test it there, or "
            <a href=versions>"test a new secret"</a>
            " at a URL before you save it."
        </p>
    }
    .into_any()
}
