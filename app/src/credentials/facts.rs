//! The facts of a credential.

use domain::{
    Timestamp,
    credentials::{CredentialDetail, CredentialScope, Expiry, ExpirySource},
};
use leptos::prelude::*;

use super::path_of;
use crate::ui::moment::{Moment, moment_or};

/// What is known about it.
pub(super) fn facts(credential: &CredentialDetail, now: Timestamp) -> AnyView {
    let facts = credential.provider.facts();
    view! {
        <section class="card first" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts" data-live="facts">
                <dt>"Type"</dt>
                <dd>{facts.kind.label()}</dd>
                <dt>"Authenticates by"</dt>
                <dd>{credential.provider.shape_label(credential.shape)}</dd>
                <dt>"Access"</dt>
                <dd>
                    {credential
                        .access
                        .map_or("Not said", |access| credential.provider.access_label(access))}
                </dd>
                <dt>"Project"</dt>
                <dd>{project(credential)}</dd>
                <dt>"Username"</dt>
                <dd>
                    {if credential.username.is_empty() {
                        view! { <span class="muted">"None"</span> }.into_any()
                    } else {
                        view! { <code>{credential.username.clone()}</code> }.into_any()
                    }}
                </dd>
                <dt>"Secret"</dt>
                <dd>{secret(credential)}</dd>
                <dt>"Expires"</dt>
                <dd>{expires(credential.expiry, now)}</dd>
                <dt>"Environment"</dt>
                <dd>{credential.environment.label()}</dd>
                <dt>"Created"</dt>
                <dd>
                    <Moment at=credential.created_at now/>
                    {format!(" by {}", credential.created_by)}
                </dd>
                <dt>"Changed"</dt>
                <dd><Moment at=credential.updated_at now/></dd>
                <dt>"Last used"</dt>
                <dd>{moment_or(credential.last_used_at, now, "Never")}</dd>
            </dl>
            <p>
                <a href=format!("{}/document", path_of(credential.id))>"View as YAML"</a>
                " · "
                <a href=format!("{}/document?as=json", path_of(credential.id))>"JSON"</a>
            </p>
        </section>
    }
    .into_any()
}

fn project(credential: &CredentialDetail) -> String {
    match credential.reach {
        CredentialScope::Project(_) => credential.project.clone(),
        CredentialScope::Shared => "Shared with all projects".to_owned(),
    }
}

fn secret(credential: &CredentialDetail) -> String {
    if credential.shape.is_ambient() {
        "None: the identity of this server".to_owned()
    } else {
        format!("Kept in Vault, version {}", credential.vault_version)
    }
}

fn expires(expiry: Option<Expiry>, now: Timestamp) -> AnyView {
    let Some(expiry) = expiry else {
        return view! { <span class="muted">"Not known"</span> }.into_any();
    };
    let source = match expiry.source {
        ExpirySource::Typed => ", as typed",
        ExpirySource::Provider => ", says the provider",
    };
    view! {
        <Moment at=expiry.at now/>
        {source}
    }
    .into_any()
}
