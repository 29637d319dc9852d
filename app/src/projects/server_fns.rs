//! Server functions of projects: who is asking, call the service.

use domain::{ServiceError, projects::ProjectForm};
use leptos::prelude::*;

use super::{PATH, path_of};
use crate::{
    answer::{Answered, Redirect, Sent, answer},
    services::RequestContext,
};

/// Adds a project, or renames or shares one.
#[server(prefix = "/actions", endpoint = "projects/save")]
pub(crate) async fn save_project(
    #[server(default)] from: String,
    #[server(default)] project: String,
    #[server(default)] name: String,
    #[server(default)] sharing: String,
) -> Answered {
    let is_new = project.is_empty();
    let form = if is_new { "project-add" } else { "project-rename" };
    let sent = Sent::new(form, &from).with("name", &name).with("sharing", &sharing);
    let notice = if is_new { "The project is added." } else { "Saved." };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.projects.save(&actor, ProjectForm { project, name, sharing }).await
    };
    answer(sent, result.await, |id| {
        let to = if is_new { PATH.to_owned() } else { path_of(id) };
        Redirect::to(to).flash(notice)
    })
    .await
}

/// Deletes an empty project.
#[server(prefix = "/actions", endpoint = "projects/delete")]
pub(crate) async fn delete_project(
    #[server(default)] from: String,
    #[server(default)] project: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = project.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.projects.delete(&actor, id).await
    };
    let sent = Sent::new("project-delete", &from);
    answer(sent, result.await, |()| Redirect::to(PATH).flash("The project is deleted.")).await
}
