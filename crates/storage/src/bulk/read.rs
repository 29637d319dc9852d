//! What there is to know of a run.

use domain::{
    BulkRunId, Timestamp, UserId,
    bulk::{BulkAction, BulkCounts, BulkRow, BulkRowState},
};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, one_row, row, rows, values};

/// A run without its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Begun {
    pub action: BulkAction,
    pub user: UserId,
    pub by: String,
    pub missing: u32,
    pub started_at: Timestamp,
    /// `None` while nobody said yes to it.
    pub queued_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

/// A row whose turn has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextRow {
    /// Its place in the run.
    pub position: i64,
    /// What it is a row of.
    pub target: Uuid,
}

/// A run; `None` when there is none.
pub async fn begun(db: &Db, scope: Scope, run: BulkRunId) -> Result<Option<Begun>> {
    type Row = (String, Uuid, String, i64, i64, Option<i64>, Option<i64>);
    let row: Option<Row> = row!(
        db,
        "select action, user_id, started_by, missing, started_at, queued_at, finished_at
         from bulk_runs where organization_id = $1 and id = $2",
        [scope, run]
    )?;
    row.map(|(action, user, by, missing, started_at, queued_at, finished_at)| {
        Ok(Begun {
            action: BulkAction::parse(&action).ok_or(Error::Value { column: "action" })?,
            user: user.into(),
            by,
            missing: number(missing),
            started_at: Timestamp::from_millis(started_at),
            queued_at: queued_at.map(Timestamp::from_millis),
            finished_at: finished_at.map(Timestamp::from_millis),
        })
    })
    .transpose()
}

/// How many rows are in which state.
pub async fn counts(db: &Db, scope: Scope, run: BulkRunId) -> Result<BulkCounts> {
    let rows: Vec<(String, i64)> = rows!(
        db,
        "select state, count(*) from bulk_rows where organization_id = $1 and run_id = $2 group by state",
        [scope, run]
    )?;
    let mut counts = BulkCounts::default();
    for (state, count) in rows {
        let state = BulkRowState::parse(&state).ok_or(Error::Value { column: "state" })?;
        let place = match state {
            BulkRowState::Waiting => &mut counts.waiting,
            BulkRowState::Done => &mut counts.done,
            BulkRowState::Failed => &mut counts.failed,
            BulkRowState::Skipped => &mut counts.skipped,
        };
        *place = number(count);
    }
    Ok(counts)
}

/// The first rows in a state, in their order.
pub async fn rows_in(
    db: &Db,
    scope: Scope,
    run: BulkRunId,
    state: BulkRowState,
    limit: u32,
) -> Result<Vec<BulkRow>> {
    let rows: Vec<(String, Option<Uuid>, String)> = rows!(
        db,
        "select name, target_id, detail from bulk_rows
         where organization_id = $1 and run_id = $2 and state = $3 order by position limit $4",
        [scope, run, state.as_str(), limit]
    )?;
    Ok(rows
        .into_iter()
        .map(|(name, target, detail)| BulkRow { name, target, state, detail })
        .collect())
}

/// The next rows whose turn has come.
pub async fn next(db: &Db, scope: Scope, run: BulkRunId, limit: u32) -> Result<Vec<NextRow>> {
    let rows: Vec<(i64, Option<Uuid>)> = rows!(
        db,
        "select position, target_id from bulk_rows
         where organization_id = $1 and run_id = $2 and state = 'waiting' order by position limit $3",
        [scope, run, limit]
    )?;
    Ok(rows
        .into_iter()
        .map(|(position, target)| NextRow { position, target: target.unwrap_or_default() })
        .collect())
}

/// What the repositories of a run hold: how many charts, and how many of them are in an export.
pub async fn repositories_hold(db: &Db, scope: Scope, run: BulkRunId) -> Result<(u32, u32)> {
    let (charts, exported): (i64, i64) = one_row!(
        db,
        "select cast(coalesce(sum(r.charts), 0) as bigint), count(case when exists (
             select 1 from export_repositories e
             where e.organization_id = r.organization_id and e.repository_id = r.id) then 1 end)
         from bulk_rows w
         join repositories r on r.organization_id = w.organization_id and r.id = w.target_id
         where w.organization_id = $1 and w.run_id = $2 and r.deleted_at is null",
        [scope, run]
    )?;
    Ok((number(charts), number(exported)))
}

/// The names of the credentials of a run that something uses, so that deleting them is refused.
pub async fn credentials_in_use(db: &Db, scope: Scope, run: BulkRunId) -> Result<Vec<String>> {
    values!(
        db,
        "select w.name from bulk_rows w where w.organization_id = $1 and w.run_id = $2 and (
           exists (select 1 from links l
             where l.organization_id = w.organization_id and l.credential_id = w.target_id)
           or exists (select 1 from export_credentials e
             where e.organization_id = w.organization_id and e.credential_id = w.target_id)
           or exists (select 1 from git_targets d
             where d.organization_id = w.organization_id and d.credential_id = w.target_id)
           or exists (select 1 from clusters k
             where k.organization_id = w.organization_id and k.credential_id = w.target_id))
         order by w.position",
        [scope, run]
    )
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
