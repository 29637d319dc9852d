//! The form that changes a credential.

use domain::{Field, credentials::CredentialDetail};
use leptos::prelude::*;

use super::create_form::password;
use crate::ui::{
    form::{Form, FormState, Submit},
    input::{Input, hidden},
    page::Request,
    table::counted,
};

/// The form; an empty password keeps the stored one.
pub(super) fn update_form(request: &Request, credential: &CredentialDetail) -> AnyView {
    let state = FormState::new("credential-update", request);
    let reach = match u32::try_from(credential.links.len()).unwrap_or(u32::MAX) {
        0 => "No repository uses it yet.".to_owned(),
        links => format!(
            "A new user name or password is tried at {} right away.",
            counted(links, "linked repository", "linked repositories")
        ),
    };
    let (id, row_version) = (credential.id.to_string(), credential.row_version.to_string());
    let provider = credential.provider;
    let name = Input::new(&state, Field::Name, "Name").value(&credential.name).required().line();
    let username = Input::new(&state, Field::Username, "Username")
        .value(&credential.username)
        .hint(provider.facts().username_hint)
        .line();
    let password = password(&state, provider, "Leave it empty to keep the stored one");
    let description = Input::new(&state, Field::Description, "Description")
        .value(&credential.description)
        .lines("2");
    view! {
        <section class="card" aria-labelledby="change-title">
            <h2 id="change-title">"Change"</h2>
            <p class="muted">{reach}</p>
            <Form state action="/actions/credentials/update">
                {hidden("credential", id)}
                {hidden("row_version", row_version)}
                {name}
                {username}
                {password}
                {description}
                <div class="actions">
                    <Submit>"Save"</Submit>
                </div>
            </Form>
        </section>
    }
    .into_any()
}
