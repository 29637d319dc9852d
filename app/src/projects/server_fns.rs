//! Server functions of projects: who is asking, call the service.

use domain::projects::ProjectForm;
use leptos::prelude::*;

use super::{PATH, path_of};
use crate::{
    answer::{Answered, Redirect, Sent, act},
    services::known,
};

/// Adds a project, or renames or shares one.
#[server(prefix = "/actions", endpoint = "projects/save")]
pub(crate) async fn save_project(
    #[server(default)] from: String,
    #[server(flatten)] form: ProjectForm,
) -> Answered {
    let is_new = form.project.is_empty();
    let (name, notice) = if is_new {
        ("project-add", "The project is added.")
    } else {
        ("project-rename", "Saved.")
    };
    act(
        Sent::of(name, &from, &form),
        async move |services, principal| services.projects.save(&principal, form).await,
        |id| Redirect::to(if is_new { PATH.to_owned() } else { path_of(id) }).flash(notice),
    )
    .await
}

/// Deletes an empty project.
#[server(prefix = "/actions", endpoint = "projects/delete")]
pub(crate) async fn delete_project(
    #[server(default)] from: String,
    #[server(default)] project: String,
) -> Answered {
    act(
        Sent::new("project-delete", &from),
        async move |services, principal| {
            services.projects.delete(&principal, known(&project)?).await
        },
        |()| Redirect::to(PATH).flash("The project is deleted."),
    )
    .await
}
