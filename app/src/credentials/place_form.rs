//! The form that says where a credential applies.

use domain::{
    Principal, Timestamp,
    credentials::{CredentialDetail, CredentialScope, ExpirySource, Placement},
    projects::Project,
};
use leptos::prelude::*;

use super::placement_fields::PlacementContext;
use crate::ui::{
    form::{Form, FormState, Submit},
    input::hidden,
    moment::Moment,
    page::Request,
};

/// What is stored, as a form holds it.
fn stored(credential: &CredentialDetail) -> Placement {
    let purposes: Vec<_> = credential.purposes.iter().map(|purpose| purpose.as_str()).collect();
    // What the provider told is not typed, so that the next token may tell another day.
    let typed = credential.expiry.filter(|expiry| expiry.source == ExpirySource::Typed);
    Placement {
        project: match credential.reach {
            CredentialScope::Project(project) => project.to_string(),
            CredentialScope::Shared => "shared".to_owned(),
        },
        purposes: purposes.join(","),
        pattern: credential.pattern.clone(),
        pattern_kind: credential.pattern_kind.as_str().to_owned(),
        environment: credential.environment.as_str().to_owned(),
        expires: typed.map(|expiry| expiry.at.day()).unwrap_or_default(),
        access: credential.access.map_or_else(String::new, |access| access.as_str().to_owned()),
    }
}

/// The form.
pub(super) fn place_form(
    request: &Request,
    principal: &Principal,
    credential: &CredentialDetail,
    projects: &[Project],
) -> AnyView {
    let stored = stored(credential);
    let state = FormState::new("credential-place", request).over(&stored, credential.row_version);
    let place = PlacementContext {
        state: &state,
        principal,
        provider: credential.provider,
        projects,
        stored: &stored,
    };
    let (fields, access) = (place.fields(), place.access());
    let id = credential.id.to_string();
    let row_version = state.row_version(request, credential.row_version);
    view! {
        <section class="card" id="place" aria-labelledby="place-title">
            <h2 id="place-title">"Matching and expiry"</h2>
            {expiry_of_provider(credential, request.now)}
            <Form state action="/actions/credentials/place">
                {hidden("credential", id)}
                {hidden("row_version", row_version)}
                {access}
                {fields}
                <div class="actions">
                    <Submit>"Save"</Submit>
                    <a class="button quiet" href="/credentials/explain">
                        "Explain a URL"
                    </a>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

/// The end that the provider told, which nobody has to type.
fn expiry_of_provider(credential: &CredentialDetail, now: Timestamp) -> Option<AnyView> {
    let expiry = credential.expiry.filter(|expiry| expiry.source == ExpirySource::Provider)?;
    Some(
        view! {
            <p class="muted">
                "The provider gives the expiry: "
                <Moment at=expiry.at now/>
                ". A date set here counts instead."
            </p>
        }
        .into_any(),
    )
}
