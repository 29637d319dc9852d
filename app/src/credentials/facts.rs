//! The facts of a credential.

use domain::{
    Field, Timestamp,
    credentials::{CredentialDetail, CredentialScope},
};
use leptos::prelude::*;

use super::path_of;
use crate::ui::moment::Moment;

/// What is known about it.
pub(super) fn facts(credential: &CredentialDetail, now: Timestamp) -> AnyView {
    let facts = credential.provider.facts();
    view! {
        <section class="card first" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts" data-live="facts">
                <dt>"Type"</dt>
                <dd>{facts.kind.label()}</dd>
                <dt>"Sign-in method"</dt>
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
                {parameters(credential)}
                <dt>"Secret"</dt>
                <dd>{secret(credential)}</dd>
                <dt>"Environment"</dt>
                <dd>{credential.environment.label()}</dd>
                {(!credential.remarks.description.is_empty())
                    .then(|| {
                        view! {
                            <dt>"Description"</dt>
                            <dd>{credential.remarks.description.clone()}</dd>
                        }
                    })}
                <dt>"Created"</dt>
                <dd>
                    <Moment at=credential.created_at now/>
                    {format!(" by {}", credential.created_by)}
                </dd>
                <dt>"Changed"</dt>
                <dd><Moment at=credential.updated_at now/></dd>
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
        format!("In Vault, version {}", credential.vault_version)
    }
}

/// What the auth method needs besides; of a certificate nobody reads the text.
fn parameters(credential: &CredentialDetail) -> AnyView {
    let known = credential.shape.facts().fields.iter().filter_map(|known| {
        let value = credential.parameters.get(known.field);
        let is_told = !value.is_empty() && known.field != Field::Certificate;
        let value = value.lines().collect::<Vec<_>>().join(", ");
        is_told.then(|| {
            view! {
                <dt>{known.label}</dt>
                <dd>{value}</dd>
            }
        })
    });
    known.collect_view().into_any()
}
