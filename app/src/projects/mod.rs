//! Projects: the page Settings → Projects.

mod delete_form;
mod detail;
mod list;
mod server_fns;
mod sharing_field;

pub(crate) use delete_form::delete;
pub(crate) use detail::detail;
pub(crate) use list::list;

use domain::{
    ProjectId, ServiceError,
    projects::{Project, Sharing},
};
use leptos::prelude::*;

use crate::ui::{
    badge::{Badge, Tone},
    page::Request,
};

/// The page of all projects.
const PATH: &str = "/settings/projects";

/// The path of one project.
pub(crate) fn path_of(id: ProjectId) -> String {
    format!("{PATH}/{id}")
}

/// The project that the path names.
async fn asked(request: &Request, principal: &domain::Principal) -> Result<Project, ServiceError> {
    let id: ProjectId = request.id()?;
    let all = request.services().projects.list(principal).await?;
    all.into_iter().find(|project| project.id == id).ok_or(ServiceError::NotFound)
}

/// A list with what belongs to a project.
fn found(list: &str, project: ProjectId) -> String {
    crate::ui::path::with(list, &[("project", &project.to_string())])
}

/// What marks a project in a list or on its page.
fn badges(project: &Project) -> AnyView {
    let default = project.is_default.then(|| view! { <Badge tone=Tone::Quiet label="Default"/> });
    let shared = (project.sharing == Sharing::Shared)
        .then(|| view! { <Badge tone=Tone::Warn label="Shared"/> });
    view! { {default} " " {shared} }.into_any()
}
