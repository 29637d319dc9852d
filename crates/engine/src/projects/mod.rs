//! Projects: scopes inside an organization.

mod delete;
mod save;

use async_trait::async_trait;
use domain::{
    Action, Principal, ProjectId,
    projects::{Project, ProjectForm},
    service::{Answer, Projects},
};

use crate::{Engine, Error, audit::reading, error::answer};

#[async_trait]
impl Projects for Engine {
    async fn list(&self, principal: &Principal) -> Answer<Vec<Project>> {
        list(self, principal).await.map_err(answer)
    }

    async fn save(&self, principal: &Principal, form: ProjectForm) -> Answer<ProjectId> {
        save::save(self, principal, &form).await.map_err(answer)
    }

    async fn delete(&self, principal: &Principal, id: ProjectId) -> Answer<()> {
        delete::delete(self, principal, id).await.map_err(answer)
    }
}

async fn list(engine: &Engine, principal: &Principal) -> Result<Vec<Project>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the projects").await?;
    let engine = &engine;
    Ok(storage::projects::list(&engine.db, scope).await?)
}
