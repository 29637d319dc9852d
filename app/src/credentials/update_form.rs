//! The form that changes a credential, in the auth method it has or in another one.

use domain::{
    AuthMethod,
    credentials::{CredentialDetail, Parameters, UpdateCredential},
};
use leptos::prelude::*;

use super::{
    auth_method_fields::{StoredFields, shape_fields},
    create_form::{other_shapes, test_url},
    impact::Impact,
    secret_path,
    test_fields::test_fields,
};
use crate::{
    connection_tests::{results, test_button},
    ui::{
        form::{Form, FormState, Submit},
        input::hidden,
        page::Request,
        path,
    },
};

const FORM: &str = "credential-update";

/// The auth method the form is shown in: the stored one, unless the address names another of the provider.
pub(super) fn shape_of(request: &Request, credential: &CredentialDetail) -> AuthMethod {
    let shapes = credential.provider.facts().shapes;
    AuthMethod::parse(&request.query("shape"))
        .filter(|shape| shapes.contains(shape))
        .unwrap_or(credential.shape)
}

/// The address of this page with another auth method.
fn to(credential: &CredentialDetail, shape: AuthMethod) -> String {
    let shape = if shape == credential.shape { "" } else { shape.as_str() };
    path::with(&secret_path(credential.id), &[("shape", shape)])
}

/// The form; an empty secret keeps the stored one, but not in another auth method.
pub(super) fn update_form(
    request: &Request,
    credential: &CredentialDetail,
    reach: &Impact,
) -> AnyView {
    let provider = credential.provider;
    let shape = shape_of(request, credential);
    let state = FormState::new(FORM, request).over(&now(credential), credential.row_version);
    let changes_shape = shape != credential.shape;
    let id = credential.id.to_string();
    let row_version = state.row_version(request, credential.row_version);
    let none = Parameters::default();
    let stored = if changes_shape {
        StoredFields {
            username: provider_name(shape, credential),
            parameters: &none,
            secret_hint: "",
        }
    } else {
        StoredFields {
            username: &credential.username,
            parameters: &credential.parameters,
            secret_hint: "Leave empty to keep the current one.",
        }
    };
    let fields = shape_fields(&state, provider, shape, &stored);
    let url = credential.links.first().map(|link| link.url.clone()).unwrap_or_default();
    let others = other_shapes(provider, shape, |other| to(credential, other));
    let staged = (!credential.links.is_empty()).then(|| {
        view! {
            <button class="button" type="submit" name="mode" value="candidate">
                <span class="spinner" aria-hidden="true"></span>
                "Test, then switch"
            </button>
        }
    });
    let results = results(request, FORM);
    // A linked repository has an authority and a proxy of its own.
    let test_fields = url.is_empty().then(|| test_fields(&state, provider, "")).flatten();
    let test_url = url.is_empty().then(|| test_url(&state, provider, ""));
    let tested_at = (!url.is_empty()).then(|| hidden("url", url));
    view! {
        <section class="card" id="change" aria-labelledby="change-title">
            <h2 id="change-title">"New secret"</h2>
            <p class="muted">{reach.sentence()}</p>
            {changes_shape.then(|| conversion(credential, shape))}
            <Form state action="/actions/credentials/update">
                {hidden("credential", id)}
                {hidden("row_version", row_version)}
                {hidden("provider", provider.as_str())}
                {hidden("shape", shape.as_str())}
                {fields}
                {others}
                {test_url}
                {test_fields}
                {tested_at}
                <div class="actions">
                    <Submit>"Save"</Submit>
                    {staged}
                    {test_button(FORM)}
                </div>
                {results}
            </Form>
        </section>
    }
    .into_any()
}

/// What is stored, as the form holds it; never a secret.
fn now(credential: &CredentialDetail) -> UpdateCredential {
    UpdateCredential {
        username: credential.username.clone(),
        parameters: credential.parameters.clone(),
        ..UpdateCredential::default()
    }
}

/// What stands in the user name of another auth method: the one that the provider fixes, and nothing that
/// means something else there.
fn provider_name(shape: AuthMethod, credential: &CredentialDetail) -> &'static str {
    if shape == AuthMethod::Password { credential.provider.facts().fixed_username } else { "" }
}

fn conversion(credential: &CredentialDetail, shape: AuthMethod) -> AnyView {
    view! {
        <p class="notice warn">
            {format!(
                "From {} to {}: type the new secret. The repositories stay linked.",
                credential.provider.shape_label(credential.shape),
                credential.provider.shape_label(shape),
            )}
        </p>
    }
    .into_any()
}
