//! Sync now: the push that a person asks for.

use domain::{
    Action, GitTargetId, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
    gitops::DestinationState,
};
use storage::{Scope, gitops::destinations};

use super::{bind, save::stale};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::enqueue,
};

/// Queues a push. The first one to a place says that a person looked, so it is for those who may
/// change the target; each with a person's account is for that person.
pub(super) async fn push_now(
    engine: &Engine,
    principal: &Principal,
    id: GitTargetId,
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::ManageExports, "push to a Git target").await?;
    let scope = Scope::of(&grant);
    let target = storage::gitops::targets::target(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if target.state == DestinationState::New {
        bind::check(engine, principal, scope, target.credential).await?;
    }
    bind::check_use(engine, principal, scope, target.credential).await?;
    engine.limits.connection_attempt(principal.user)?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    // What was judged above is what is pushed: not a target that somebody moved in between.
    if !destinations::lock_epoch(&mut tx, scope, id, target.epoch).await? {
        drop(tx);
        return Err(stale(engine, scope, id).await?);
    }
    enqueue(&mut tx, scope, id, "person", now).await?;
    let told = (AuditTarget::GitTarget(id), target.name.as_str(), String::new());
    audit::record(&mut tx, person(principal), scope, now, AuditAction::GitPushRequested, told)
        .await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(())
}
