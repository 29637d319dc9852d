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
    Action, GitTargetId, Principal, ServiceError,
    cause::RemoteKind,
    gitops::{GitTargetDetail, GitTargetForm, GitTargetSaved, GitTargetSummary, TargetPreview},
    service::{Answer, GitTargets},
};

use crate::{Engine, Error, audit::reading, error::answer_of};

pub(crate) use run::{LOOK_AGAIN_REASON, push_target};

#[async_trait]
impl GitTargets for Engine {
    async fn list(&self, principal: &Principal) -> Answer<Vec<GitTargetSummary>> {
        let (engine, scope) = reading(self, principal, Action::View, "see the Git targets").await?;
        storage::gitops::targets::list(&engine.db, scope)
            .await
            .map_err(|error| answer_of_git_server(error.into()))
    }

    async fn get(&self, principal: &Principal, id: GitTargetId) -> Answer<GitTargetDetail> {
        get::get(self, principal, id).await.map_err(answer_of_git_server)
    }

    async fn save(&self, principal: &Principal, form: GitTargetForm) -> Answer<GitTargetSaved> {
        save::save(self, principal, &form).await.map_err(answer_of_git_server)
    }

    async fn delete(&self, principal: &Principal, id: GitTargetId) -> Answer<()> {
        delete::delete(self, principal, id).await.map_err(answer_of_git_server)
    }

    async fn preview(&self, principal: &Principal, id: GitTargetId) -> Answer<TargetPreview> {
        preview::preview(self, principal, id).await.map_err(answer_of_git_server)
    }

    async fn push(&self, principal: &Principal, id: GitTargetId) -> Answer<()> {
        push_now::push_now(self, principal, id).await.map_err(answer_of_git_server)
    }
}

/// What fails here is told of the Git server.
fn answer_of_git_server(error: Error) -> ServiceError {
    answer_of(RemoteKind::GitServer, error)
}
