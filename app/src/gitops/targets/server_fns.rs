//! Server functions of Git targets: who is asking, call the service.
#![expect(clippy::too_many_arguments, reason = "one argument for each field of the form")]

use domain::{
    ServiceError,
    gitops::{GitTargetForm, GitTargetSaved},
};
use leptos::prelude::*;

use super::{delete_form::staying, path_of};
use crate::{
    answer::{Answered, Redirect, Sent, answer},
    exports::joined,
    gitops::PATH,
    services::RequestContext,
    ui::{conflict::agreed_row_version, path, redact_url::harmless},
};

/// Adds a Git target, or changes one.
#[server(prefix = "/actions", endpoint = "gitops/targets/save")]
pub(crate) async fn save_target(
    #[server(default)] from: String,
    #[server(default)] target: String,
    #[server(default)] row_version: String,
    #[server(default)] over: String,
    #[server(default)] name: String,
    #[server(default)] credential: String,
    #[server(default)] url: String,
    #[server(default)] branch: String,
    #[server(default)] base: String,
    #[server(default)] folder: String,
    #[server(default)] mode: String,
    #[server(default)] ca: String,
    #[server(default)] proxy: String,
    #[server(default)] exports: Vec<String>,
) -> Answered {
    let row_version = agreed_row_version(row_version, over);
    let form = GitTargetForm {
        target,
        row_version,
        name,
        credential,
        url,
        branch,
        base,
        folder,
        mode,
        ca,
        proxy,
        exports,
    };
    let sent = Sent::new("target-save", &from)
        .with("row_version", &form.row_version)
        .with("name", &form.name)
        .with("credential", &form.credential)
        .with("url", &harmless(&form.url))
        .with("branch", &form.branch)
        .with("base", &form.base)
        .with("folder", &form.folder)
        .with("mode", &form.mode)
        .with("ca", &form.ca)
        .with("proxy", &form.proxy)
        .with("exports", &joined(&form.exports));
    let is_new = form.target.is_empty();
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.git_targets.save(&actor, form).await
    };
    answer(sent, result.await, |GitTargetSaved { id, left }| {
        let page = path_of(id);
        if is_new {
            Redirect::to(format!("{page}/preview"))
                .flash("The Git target is added. Look at the preview, then press Sync now.")
        } else {
            let left = left.map(|left| format!(" {}.", staying(&left)));
            Redirect::to(page).flash(format!("Saved.{}", left.unwrap_or_default()))
        }
    })
    .await
}

/// Forgets a Git target.
#[server(prefix = "/actions", endpoint = "gitops/targets/delete")]
pub(crate) async fn delete_target(
    #[server(default)] from: String,
    #[server(default)] target: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = target.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.git_targets.delete(&actor, id).await
    };
    let sent = Sent::new("target-delete", &from);
    answer(sent, result.await, |()| Redirect::to(PATH).flash("The Git target is deleted.")).await
}

/// Queues a push.
#[server(prefix = "/actions", endpoint = "gitops/targets/push")]
pub(crate) async fn push_target(
    #[server(default)] from: String,
    #[server(default)] target: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = target.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.git_targets.push(&actor, id).await.map(|()| id)
    };
    let from = path::ours(&from, PATH).to_owned();
    answer(Sent::new("target-push", &from), result.await, |id| {
        let back = if from == PATH { from.clone() } else { path_of(id) };
        Redirect::to(back).beginning("Sync started.")
    })
    .await
}
