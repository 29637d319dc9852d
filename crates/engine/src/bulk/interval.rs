//! Setting the interval of many repositories, and undoing it.

use domain::{
    Action, BulkRunId, Principal, ServiceError,
    audit::AuditAction,
    bulk::{BulkAction, IntervalSet, SelectedRows},
    counted,
    repositories::{RepositorySelection, interval},
};
use storage::Scope;

use super::begin::{action_of, number, take};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

pub(super) async fn set(
    engine: &Engine,
    principal: &Principal,
    rows: RepositorySelection,
    seconds: &str,
) -> Result<IntervalSet, Error> {
    let attempt = "set the interval of repositories";
    let grant = allowed(engine, principal, Action::ManageRepositories, attempt).await?;
    let scope = Scope::of(&grant);
    let seconds = interval(seconds)?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    storage::repositories::hold_all(&mut tx, scope).await?;
    let selected = SelectedRows::Repositories(rows);
    let what = (BulkAction::SetInterval, seconds);
    let (run, rows) = take(&mut tx, scope, principal, what, &selected, now).await?;
    let by = &principal.name;
    let changed = storage::bulk::set_intervals(&mut tx, scope, run, seconds, by, now).await?;
    storage::bulk::finish(&mut tx, scope, run, now).await?;
    let detail = format!("sync interval of {}", repositories(changed));
    let action = AuditAction::RepositoryChanged;
    audit::record(&mut tx, person(principal), scope, now, action, ("", detail)).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(IntervalSet { run, changed: number(changed), rows, missing: selected.missing(rows) })
}

pub(super) async fn undo(
    engine: &Engine,
    principal: &Principal,
    run: BulkRunId,
) -> Result<u32, Error> {
    let attempt = "undo the interval of repositories";
    let grant = allowed(engine, principal, Action::ManageRepositories, attempt).await?;
    let scope = Scope::of(&grant);
    if action_of(engine, principal, run).await? != BulkAction::SetInterval {
        return Err(ServiceError::NotFound.into());
    }
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    storage::repositories::hold_all(&mut tx, scope).await?;
    let restored =
        storage::bulk::restore_intervals(&mut tx, scope, run, &principal.name, now).await?;
    let detail = format!("sync interval of {} undone", repositories(restored));
    let action = AuditAction::RepositoryChanged;
    audit::record(&mut tx, person(principal), scope, now, action, ("", detail)).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(number(restored))
}

fn repositories(count: u64) -> String {
    counted(number(count), "repository", "repositories")
}
