//! Asking for a sync.

use domain::{
    Action, Principal,
    audit::{AuditAction, AuditTarget},
    counted,
    repositories::{RepositorySelection, SyncTrigger},
};
use storage::{Scope, Tx, jobs};

use super::not_found;
use crate::{
    Engine, Error,
    audit::{self, Line, allowed, person},
};

pub(super) async fn sync_now(
    engine: &Engine,
    principal: &Principal,
    which: &RepositorySelection,
) -> Result<u32, Error> {
    let grant = allowed(engine, principal, Action::SyncRepositories, "sync repositories").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_attempt(principal.user)?;
    let one = match which.single() {
        Some(id) => {
            let found = storage::repositories::current(&engine.db, scope, id).await?;
            Some((id, found.ok_or_else(not_found)?.name))
        }
        None => None,
    };
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let targets: Vec<_> =
        mark(&mut tx, scope, which).await?.into_iter().map(|id| (scope, id)).collect();
    if targets.is_empty() && matches!(which, RepositorySelection::These(_)) {
        return Err(not_found());
    }
    let reason = SyncTrigger::Person.as_str();
    jobs::queue_many(&mut tx, jobs::Kind::Sync, &targets, reason, now, now).await?;
    let line: Line = match &one {
        Some((id, name)) => (AuditTarget::Repository(*id), name.as_str(), String::new()).into(),
        None => ("", counted(targets.len(), "repository", "repositories")).into(),
    };
    audit::record(
        &mut tx,
        person(principal),
        scope,
        now,
        AuditAction::RepositorySyncRequested,
        line,
    )
    .await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(u32::try_from(targets.len()).unwrap_or(u32::MAX))
}

async fn mark(
    tx: &mut Tx,
    scope: Scope,
    which: &RepositorySelection,
) -> Result<Vec<uuid::Uuid>, Error> {
    match which {
        RepositorySelection::These(ids) => {
            let held = ids.iter().map(|id| (scope, *id)).collect();
            storage::repositories::hold_these(tx, &held).await?;
            Ok(storage::repositories::mark_syncing(tx, scope, ids).await?)
        }
        RepositorySelection::Found(query) => {
            storage::repositories::hold_all(tx, scope).await?;
            Ok(storage::repositories::mark_found(tx, scope, query).await?)
        }
    }
}
