//! Server functions of Git targets: who is asking, call the service.

use domain::gitops::{GitTargetForm, GitTargetSaved};
use leptos::prelude::*;

use super::{delete_form::staying, path_of};
use crate::{
    answer::{Answered, Redirect, Sent, act},
    gitops::PATH,
    services::known,
    ui::{conflict::SaveOver, path, tabs},
};

/// Adds a Git target, or changes one.
#[server(prefix = "/actions", endpoint = "gitops/targets/save")]
pub(crate) async fn save_target(
    #[server(default)] from: String,
    #[server(flatten)] form: GitTargetForm,
    #[server(flatten)] over: SaveOver,
) -> Answered {
    let mut form = form;
    over.agree(&mut form.row_version);
    let is_new = form.target.is_empty();
    act(
        Sent::of("target-save", &from, &form),
        async move |services, principal| services.git_targets.save(&principal, form).await,
        |GitTargetSaved { id, left }| {
            let page = path_of(id);
            if is_new {
                Redirect::to(format!("{page}/preview"))
                    .flash("The Git target is added. Review the preview, then press Sync now.")
            } else {
                let left = left.map(|left| format!(" {}.", staying(&left)));
                Redirect::to(tabs::back(&from, page))
                    .flash(format!("Saved.{}", left.unwrap_or_default()))
            }
        },
    )
    .await
}

/// Forgets a Git target.
#[server(prefix = "/actions", endpoint = "gitops/targets/delete")]
pub(crate) async fn delete_target(
    #[server(default)] from: String,
    #[server(default)] target: String,
) -> Answered {
    act(
        Sent::new("target-delete", &from),
        async move |services, principal| {
            services.git_targets.delete(&principal, known(&target)?).await
        },
        |()| Redirect::to(PATH).flash("The Git target is deleted."),
    )
    .await
}

/// Queues a push.
#[server(prefix = "/actions", endpoint = "gitops/targets/push")]
pub(crate) async fn push_target(
    #[server(default)] from: String,
    #[server(default)] target: String,
) -> Answered {
    let from = path::ours(&from, PATH);
    act(
        Sent::new("target-push", from),
        async move |services, principal| {
            let id = known(&target)?;
            services.git_targets.push(&principal, id).await.map(|()| id)
        },
        |id| {
            let back = if from == PATH { from.to_owned() } else { tabs::back(from, path_of(id)) };
            Redirect::to(back).beginning("Sync started.")
        },
    )
    .await
}
