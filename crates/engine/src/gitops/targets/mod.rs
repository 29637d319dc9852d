//! Git targets: exports written to a branch and folder.

mod bind;
mod by_request;
mod delete;
mod end;
mod get;
mod preview;
mod push;
mod push_now;
mod record;
mod request;
mod run;
mod save;

use async_trait::async_trait;
use domain::{
    Action, Actor, GitTargetId, ServiceError,
    cause::RemoteKind,
    gitops::{GitTargetDetail, GitTargetForm, GitTargetSaved, GitTargetSummary, TargetPreview},
    service::{Answer, GitTargets},
};

use crate::{Engine, Error, audit::reading, error::answer_of};

pub(crate) use run::{LOOK_AGAIN_REASON, push_target};

#[async_trait]
impl GitTargets for Engine {
    async fn list(&self, actor: &Actor) -> Answer<Vec<GitTargetSummary>> {
        let (engine, scope) = reading(self, actor, Action::View, "see the Git targets").await?;
        storage::gitops::targets::list(&engine.db, scope)
            .await
            .map_err(|error| answer_of_git_server(error.into()))
    }

    async fn get(&self, actor: &Actor, id: GitTargetId) -> Answer<GitTargetDetail> {
        get::get(self, actor, id).await.map_err(answer_of_git_server)
    }

    async fn save(&self, actor: &Actor, form: GitTargetForm) -> Answer<GitTargetSaved> {
        save::save(self, actor, &form).await.map_err(answer_of_git_server)
    }

    async fn delete(&self, actor: &Actor, id: GitTargetId) -> Answer<()> {
        delete::delete(self, actor, id).await.map_err(answer_of_git_server)
    }

    async fn preview(&self, actor: &Actor, id: GitTargetId) -> Answer<TargetPreview> {
        preview::preview(self, actor, id).await.map_err(answer_of_git_server)
    }

    async fn push(&self, actor: &Actor, id: GitTargetId) -> Answer<()> {
        push_now::push_now(self, actor, id).await.map_err(answer_of_git_server)
    }
}

/// What fails here is told of the Git server.
fn answer_of_git_server(error: Error) -> ServiceError {
    answer_of(RemoteKind::GitServer, error)
}
