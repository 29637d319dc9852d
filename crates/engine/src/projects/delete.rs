//! Deleting a project that is empty.

use domain::{
    Action, Field, Grant, Principal, ProjectId, ServiceError,
    audit::{AuditAction, AuditTarget},
};
use storage::Scope;

use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

pub(super) async fn delete(
    engine: &Engine,
    principal: &Principal,
    id: ProjectId,
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::ManageProjects, "delete a project").await?;
    let scope = Scope::of(&grant);
    if storage::projects::default_id(&engine.db, scope).await? == id {
        return Err(Field::Project
            .problem(
                "The default project cannot be deleted. It takes what is not put into another one.",
            )
            .into());
    }
    let contents = storage::projects::contents(&engine.db, scope, id).await?;
    if !contents.is_empty() {
        return Err(ServiceError::InUse(contents).into());
    }
    let deleted = remove(engine, principal, grant, id).await;
    // Something was put into it since it was looked at.
    if matches!(&deleted, Err(Error::Storage(error)) if error.is_dangling()) {
        let contents = storage::projects::contents(&engine.db, scope, id).await?;
        return Err(ServiceError::InUse(contents).into());
    }
    deleted
}

async fn remove(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    id: ProjectId,
) -> Result<(), Error> {
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    storage::projects::clear_credentials(&mut tx, scope, id).await?;
    storage::projects::clear_repositories(&mut tx, scope, id).await?;
    let name =
        storage::projects::delete(&mut tx, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let told = (AuditTarget::Project(id), name.as_str(), String::new());
    audit::record(&mut tx, person(principal), scope, now, AuditAction::ProjectDeleted, told)
        .await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
