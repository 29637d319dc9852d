//! People and things, as the log names them.

use domain::{
    UserId,
    audit::{AuditActor, AuditTarget},
};
use leptos::prelude::*;

/// Who did it. Two people may share a name, so the id stands behind it.
pub(crate) fn who(actor: &AuditActor, id: Option<UserId>) -> AnyView {
    let name = match actor {
        AuditActor::Person(name) => name.clone(),
        AuditActor::Hawser => "Hawser".to_owned(),
        AuditActor::Nobody => "Nobody known".to_owned(),
    };
    view! { <span title=id.map(|id| id.to_string())>{name}</span> }.into_any()
}

/// What it was done to, with the way there. What was deleted has its name alone left.
pub(crate) fn target(id: Option<AuditTarget>, name: &str) -> AnyView {
    let name = name.to_owned();
    let Some(id) = id else { return view! { <span>{name}</span> }.into_any() };
    let title = id.uuid().to_string();
    match page(id) {
        Some(href) => view! { <a href=href title=title>{name}</a> }.into_any(),
        None => view! { <span title=title>{name}</span> }.into_any(),
    }
}

fn page(id: AuditTarget) -> Option<String> {
    let folder = match id {
        AuditTarget::Credential(_) => "/credentials",
        AuditTarget::Repository(_) => "/charts/repositories",
        AuditTarget::Project(_) => "/settings/projects",
        AuditTarget::Export(_) => "/gitops/exports",
        AuditTarget::GitTarget(_) => "/gitops/targets",
        AuditTarget::Cluster(_) => "/gitops/clusters",
        AuditTarget::Person(_) => return None,
    };
    Some(format!("{folder}/{}", id.uuid()))
}
