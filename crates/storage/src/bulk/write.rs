//! Beginning a run, and how its rows end.

use domain::{
    BulkRunId, Timestamp, UserId,
    bulk::{BulkAction, BulkRowState},
};

use crate::{Db, Result, Scope, Tx, exec};

/// A run to begin.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct NewRun<'a> {
    pub id: BulkRunId,
    pub action: BulkAction,
    pub user: UserId,
    pub by: &'a str,
    /// What is set, for actions that set something.
    pub value: u32,
    pub now: Timestamp,
}

/// Begins a run, which has no rows yet and does not wait for its turn.
pub async fn insert(tx: &mut Tx, scope: Scope, new: &NewRun<'_>) -> Result<()> {
    exec!(
        tx,
        "insert into bulk_runs (organization_id, id, action, user_id, started_by, missing, value, started_at)
         values ($1, $2, $3, $4, $5, 0, $6, $7)",
        [scope, new.id, new.action.as_str(), new.user, new.by, new.value, new.now]
    )?;
    Ok(())
}

/// From now on a run waits for its turn, on behalf of this person. Answers how many there are that did not wait
/// before: 0 or 1.
pub async fn queue(
    tx: &mut Tx,
    scope: Scope,
    run: BulkRunId,
    (user, by): (UserId, &str),
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "update bulk_runs set queued_at = $3, user_id = $4, started_by = $5
         where organization_id = $1 and id = $2 and queued_at is null",
        [scope, run, now, user, by]
    )
}

/// Writes down how many of the named rows are not there.
pub async fn miss(tx: &mut Tx, scope: Scope, run: BulkRunId, missing: u32) -> Result<()> {
    exec!(
        tx,
        "update bulk_runs set missing = $3 where organization_id = $1 and id = $2",
        [scope, run, missing]
    )?;
    Ok(())
}

/// Writes down how a row ended.
pub async fn settle(
    db: &Db,
    scope: Scope,
    (run, position): (BulkRunId, i64),
    state: BulkRowState,
    detail: &str,
) -> Result<()> {
    exec!(
        db.write(),
        "update bulk_rows set state = $4, detail = $5
         where organization_id = $1 and run_id = $2 and position = $3 and state = 'waiting'",
        [scope, run, position, state.as_str(), detail]
    )?;
    Ok(())
}

/// Ends every row that still waits, for one reason.
pub async fn settle_rest(
    tx: &mut Tx,
    scope: Scope,
    run: BulkRunId,
    state: BulkRowState,
    detail: &str,
) -> Result<()> {
    exec!(
        tx,
        "update bulk_rows set state = $3, detail = $4
         where organization_id = $1 and run_id = $2 and state = 'waiting'",
        [scope, run, state.as_str(), detail]
    )?;
    Ok(())
}

/// Ends a run.
pub async fn finish(tx: &mut Tx, scope: Scope, run: BulkRunId, now: Timestamp) -> Result<()> {
    exec!(
        tx,
        "update bulk_runs set finished_at = $3
         where organization_id = $1 and id = $2 and finished_at is null",
        [scope, run, now]
    )?;
    Ok(())
}

/// Forgets the runs that began before `before`, with their rows.
pub async fn forget_old(db: &Db, before: Timestamp) -> Result<u64> {
    exec!(db.write(), "delete from bulk_runs where started_at < $1", [before])
}
