//! Deleting a repository.

use domain::{
    Action, Principal, RepositoryId,
    audit::{AuditAction, AuditTarget},
};
use storage::{Scope, gitops::Touched};

use super::not_found;
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::{When, touch},
};

/// The row stays as a tombstone, so that a sync or delivery under way finds nothing to write to (F8).
pub(crate) async fn delete(
    engine: &Engine,
    principal: &Principal,
    id: RepositoryId,
) -> Result<(), Error> {
    let grant =
        allowed(engine, principal, Action::ManageRepositories, "delete a repository").await?;
    let scope = Scope::of(&grant);
    let current =
        storage::repositories::current(&engine.db, scope, id).await?.ok_or_else(not_found)?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    if storage::repositories::tombstone(&mut tx, scope, id, now).await? == 0 {
        return Err(not_found());
    }
    touch(&mut tx, scope, Touched::Repository(id), When::Settled, now).await?;
    let unlinked = storage::repositories::unlink(&mut tx, scope, id).await?;
    storage::exports::drop_repository(&mut tx, scope, id).await?;
    storage::charts::delete_all(&mut tx, scope, id).await?;
    let told = (AuditTarget::Repository(id), current.name.as_str(), "");
    audit::record(&mut tx, person(principal), scope, now, AuditAction::RepositoryDeleted, told)
        .await?;
    if let Some(link) = current.link.filter(|_| unlinked > 0) {
        let told = (AuditTarget::Repository(id), current.name.as_str(), &link.name);
        audit::record(&mut tx, person(principal), scope, now, AuditAction::LinkRemoved, told)
            .await?;
    }
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(())
}
