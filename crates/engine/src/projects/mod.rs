//! Projects: scopes inside an organization.

mod delete;
mod save;

use async_trait::async_trait;
use domain::{
    Action, Actor, ProjectId,
    projects::{Project, ProjectForm},
    service::{Answer, Projects},
};

use crate::{Engine, Error, audit::reading, error::answer};

#[async_trait]
impl Projects for Engine {
    async fn list(&self, actor: &Actor) -> Answer<Vec<Project>> {
        list(self, actor).await.map_err(answer)
    }

    async fn save(&self, actor: &Actor, form: ProjectForm) -> Answer<ProjectId> {
        save::save(self, actor, &form).await.map_err(answer)
    }

    async fn delete(&self, actor: &Actor, id: ProjectId) -> Answer<()> {
        delete::delete(self, actor, id).await.map_err(answer)
    }
}

async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<Project>, Error> {
    let (engine, scope) = reading(engine, actor, Action::View, "see the projects").await?;
    let engine = &engine;
    Ok(storage::projects::list(&engine.db, scope).await?)
}
