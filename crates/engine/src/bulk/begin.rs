//! Beginning a bulk run.

use domain::{
    Action, BulkRunId, Principal, ServiceError, Timestamp,
    bulk::{BulkAction, SelectedRows},
};
use storage::{Scope, Tx, bulk::NewRun, jobs};

use crate::{
    Engine, Error,
    audit::{allowed, reading},
};

pub(super) async fn begin(
    engine: &Engine,
    principal: &Principal,
    action: BulkAction,
    rows: &SelectedRows,
) -> Result<BulkRunId, Error> {
    if action.thing() != rows.thing() {
        return Err(ServiceError::NotFound.into());
    }
    let grant = allowed(engine, principal, action.needs(), attempt(action)).await?;
    let scope = Scope::of(&grant);
    if action.is_test() {
        engine.limits.connection_test(principal.user)?;
    }
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let (id, _) = take(&mut tx, scope, principal, (action, 0), rows, now).await?;
    if !action.destroys() {
        queue(&mut tx, scope, principal, id, now).await?;
    }
    tx.commit().await?;
    engine.changes.tell_workers();
    Ok(id)
}

pub(super) async fn confirm(
    engine: &Engine,
    principal: &Principal,
    id: BulkRunId,
) -> Result<(), Error> {
    // Whoever may do none of it is told so before a run is looked for.
    allowed(engine, principal, Action::ManageRepositories, "begin a bulk run").await?;
    let action = action_of(engine, principal, id).await?;
    let grant = allowed(engine, principal, action.needs(), attempt(action)).await?;
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    // Whoever says yes twice begins it once.
    queue(&mut tx, scope, principal, id, now).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(())
}

/// What a run of one's own organization does. That it is there is no secret to any member.
pub(super) async fn action_of(
    engine: &Engine,
    principal: &Principal,
    id: BulkRunId,
) -> Result<BulkAction, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see a bulk run").await?;
    let begun = storage::bulk::begun(&engine.db, scope, id).await?;
    Ok(begun.ok_or(ServiceError::NotFound)?.action)
}

/// Takes the rows that are there into a new run; answers it and how many there are.
pub(super) async fn take(
    tx: &mut Tx,
    scope: Scope,
    principal: &Principal,
    (action, value): (BulkAction, u32),
    rows: &SelectedRows,
    now: Timestamp,
) -> Result<(BulkRunId, u32), Error> {
    let id = BulkRunId::new();
    let run = NewRun { id, action, user: principal.user, by: &principal.name, value, now };
    storage::bulk::insert(tx, scope, &run).await?;
    let found = number(match rows {
        SelectedRows::Repositories(rows) => {
            storage::bulk::fill_repositories(tx, scope, id, rows).await?
        }
        SelectedRows::Credentials(rows) => {
            storage::bulk::fill_credentials(tx, scope, id, rows).await?
        }
    });
    if found == 0 {
        return Err(ServiceError::NotFound.into());
    }
    storage::bulk::miss(tx, scope, id, rows.missing(found)).await?;
    Ok((id, found))
}

async fn queue(
    tx: &mut Tx,
    scope: Scope,
    principal: &Principal,
    id: BulkRunId,
    now: Timestamp,
) -> Result<(), Error> {
    let by = (principal.user, principal.name.as_str());
    if storage::bulk::queue(tx, scope, id, by, now).await? > 0 {
        jobs::queue(tx, scope, jobs::Kind::Bulk, id.uuid(), "person", now, now).await?;
    }
    Ok(())
}

pub(super) fn number(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// For the audit log, when it is refused.
const fn attempt(action: BulkAction) -> &'static str {
    match action {
        BulkAction::TestRepositories => "test repositories",
        BulkAction::DeleteRepositories => "delete repositories",
        BulkAction::SetInterval => "set the interval of repositories",
        BulkAction::TestCredentials => "test credentials",
        BulkAction::DeleteCredentials => "delete credentials",
        BulkAction::Import => "import a file",
    }
}
