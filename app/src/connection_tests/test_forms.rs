//! The forms that test what is stored.

use domain::{CredentialId, RepositoryId};
use leptos::prelude::*;

use super::place::results;
use crate::ui::{
    form::{Form, FormState},
    icon::Icon,
    input::hidden,
    page::Request,
};

/// Tests a stored credential at every repository that uses it.
pub(crate) fn test_credential_form(request: &Request, id: CredentialId) -> AnyView {
    let hidden = hidden("credential", id.to_string());
    test_form(request, "credential-test", "/actions/connections/test-credential", hidden)
}

/// Tests a repository with the credential it is linked to, which `credential` names for the links
/// of the result.
pub(crate) fn test_repository_form(
    request: &Request,
    id: RepositoryId,
    credential: Option<CredentialId>,
) -> AnyView {
    let credential = credential.map(|id| id.to_string()).unwrap_or_default();
    let hidden = view! {
        {hidden("repository", id.to_string())}
        {hidden("credential", credential)}
    };
    test_form(request, "repository-test", "/actions/connections/test-repository", hidden.into_any())
}

fn test_form(
    request: &Request,
    form: &'static str,
    action: &'static str,
    hidden: AnyView,
) -> AnyView {
    let state = FormState::new(form, request);
    let results = results(request, form);
    view! {
        <Form state action>
            {hidden}
            <div class="actions">
                <button class="button" type="submit" data-test>
                    <span class="spinner" aria-hidden="true"></span>
                    <Icon name="activity"/>
                    "Test connection"
                </button>
            </div>
            {results}
        </Form>
    }
    .into_any()
}
