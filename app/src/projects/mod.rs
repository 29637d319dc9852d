//! Projects: the page Settings → Projects.

mod delete_form;
mod list;
mod rename_form;
mod server_fns;

pub(crate) use delete_form::delete;
pub(crate) use list::list;
pub(crate) use rename_form::rename;

use domain::{ProjectId, ServiceError, projects::Project};

use crate::ui::page::Request;

/// The page of all projects.
const PATH: &str = "/settings/projects";

/// The path of one project.
fn path_of(id: ProjectId) -> String {
    format!("{PATH}/{id}")
}

/// The project that the path names.
async fn asked(request: &Request, actor: &domain::Actor) -> Result<Project, ServiceError> {
    let id: ProjectId = request.id()?;
    let all = request.services().projects.list(actor).await?;
    all.into_iter().find(|project| project.id == id).ok_or(ServiceError::NotFound)
}
