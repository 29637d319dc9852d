//! Forgetting a Git target.

use domain::{
    Action, GitTargetId, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
};
use storage::{Scope, gitops::destinations};

use super::save::{leave, stale};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

/// What it wrote stays in the repository. A push that is under way finds nothing to write its result
/// to.
pub(super) async fn delete(
    engine: &Engine,
    principal: &Principal,
    id: GitTargetId,
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::ManageExports, "delete a Git target").await?;
    let scope = Scope::of(&grant);
    let target = storage::gitops::targets::target(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    // Held first, as a push that ends does it, so that the two never wait for each other.
    if !destinations::lock_epoch(&mut tx, scope, id, target.epoch).await? {
        drop(tx);
        return Err(stale(engine, scope, id).await?);
    }
    destinations::clear_exports(&mut tx, scope, id).await?;
    leave(&mut tx, scope, &target).await?;
    destinations::forget(&mut tx, scope, id, now).await?;
    let name = destinations::delete(&mut tx, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let detail = "what it wrote stays in the repository";
    let told = (AuditTarget::GitTarget(id), name.as_str(), detail);
    audit::record(&mut tx, person(principal), scope, now, AuditAction::GitTargetDeleted, told)
        .await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
