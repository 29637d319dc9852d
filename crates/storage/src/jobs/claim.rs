//! Claiming work by lease, and handing it back.

use domain::{Cause, Timestamp};
use serde_json::json;
use uuid::Uuid;

use super::Kind;
use crate::{Db, Json, Result, Scope, Tx, exec, rows};

/// A piece of work that is ours until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Whose work it is.
    pub scope: Scope,
    /// The repository or credential.
    pub target: Uuid,
    /// What asked for it.
    pub reason: String,
    /// Tries, this one included.
    pub attempts: i64,
    /// Every write about this work must name it.
    pub fence: i64,
}

/// Takes up to `limit` pieces of due work; those whose lease ended are due as well. Organizations
/// take turns, counting what of this kind `owner` works on already, and none holds more than
/// `per_organization`.
pub async fn claim(
    db: &Db,
    kind: Kind,
    owner: &str,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
    per_organization: u32,
) -> Result<Vec<ClaimedJob>> {
    let rows: Vec<(Uuid, Uuid, String, i64, i64)> = rows!(
        db.write(),
        "update jobs set state = 'running', lease_owner = $1, run_at = $2, fence = fence + 1, attempts = attempts + 1
         where kind = $3 and run_at <= $4 and (organization_id, kind, target_id) in (
           select organization_id, kind, target_id from (
             select due.organization_id, due.kind, due.target_id, due.run_at,
               row_number() over (partition by due.organization_id order by due.run_at) + coalesce(held.n, 0) as turn
             from jobs due
             left join (select organization_id, count(*) as n from jobs
               where state = 'running' and lease_owner = $1 and kind = $3 and run_at > $4 group by organization_id) held
               on held.organization_id = due.organization_id
             where due.kind = $3 and due.run_at <= $4) turns
           where turn <= $5 order by turn, run_at limit $6)
         returning organization_id, target_id, reason, attempts, fence",
        [owner, lease_until, kind.as_str(), now, per_organization, limit]
    )?;
    Ok(rows
        .into_iter()
        .map(|(organization, target, reason, attempts, fence)| ClaimedJob {
            scope: Scope::of_row(organization),
            target,
            reason,
            attempts,
            fence,
        })
        .collect())
}

/// Moves the end of the leases of this work, each only while it is still ours; what has expired
/// stays expired. Answers how many were moved.
pub async fn renew(
    db: &Db,
    held: &[(Kind, ClaimedJob)],
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<u64> {
    if held.is_empty() {
        return Ok(0);
    }
    let records: Vec<_> = held
        .iter()
        .map(|(kind, work)| {
            json!({ "organization": work.scope, "kind": kind.as_str(), "target": work.target,
                "fence": work.fence })
        })
        .collect();
    exec!(
        db.write(),
        ["update jobs set run_at = $2 from (
            select " id("organization") " as organization, " text("kind") " as kind, " id("target") " as target, "
              int("fence") " as fence from " records(1) " as r) as v
          where jobs.organization_id = v.organization and jobs.kind = v.kind and jobs.target_id = v.target
            and jobs.fence = v.fence and jobs.state = 'running' and jobs.run_at > $3"],
        [Json(records), lease_until, now]
    )
}

/// Ends the leases of everything `owner` works on.
pub async fn release(db: &Db, owner: &str, now: Timestamp) -> Result<u64> {
    exec!(
        db.write(),
        "update jobs set run_at = $1 where state = 'running' and lease_owner = $2 and run_at > $1",
        [now, owner]
    )
}

/// Ends leases that reach further than any lease may: the clock was set back meanwhile.
pub async fn forget_far_leases(db: &Db, now: Timestamp, furthest: Timestamp) -> Result<u64> {
    exec!(
        db.write(),
        "update jobs set run_at = $1 where state = 'running' and run_at > $2",
        [now, furthest]
    )
}

/// Ends all leases on SQLite, which one process has for itself: at its start, whoever held them is
/// gone. PostgreSQL serves several replicas, so there leases run out by themselves.
pub async fn release_orphans(db: &Db, now: Timestamp) -> Result<u64> {
    if !db.is_of_one_process() {
        return Ok(0);
    }
    exec!(db.write(), "update jobs set run_at = $1 where state = 'running'", [now])
}

/// Holds claimed work until the transaction ends; `false` when it is no longer ours.
pub async fn lock(tx: &mut Tx, kind: Kind, work: &ClaimedJob) -> Result<bool> {
    Ok(exec!(
        tx,
        "update jobs set fence = fence where organization_id = $1 and kind = $2 and target_id = $3 and fence = $4
         and state = 'running'",
        [work.scope, kind.as_str(), work.target, work.fence]
    )? > 0)
}

/// Ends the work: the row goes, or runs once more when it was asked for meanwhile. `false` when the
/// work is no longer ours, so that nothing about it may be written.
pub async fn finish(tx: &mut Tx, kind: Kind, work: &ClaimedJob) -> Result<bool> {
    Ok(remove(tx, kind, work).await? > 0 || again(tx, kind, work).await? > 0)
}

async fn remove(tx: &mut Tx, kind: Kind, work: &ClaimedJob) -> Result<u64> {
    exec!(
        tx,
        "delete from jobs where organization_id = $1 and kind = $2 and target_id = $3 and fence = $4
         and state = 'running' and again_at is null",
        [work.scope, kind.as_str(), work.target, work.fence]
    )
}

async fn again(tx: &mut Tx, kind: Kind, work: &ClaimedJob) -> Result<u64> {
    exec!(
        tx,
        "update jobs set state = 'waiting', run_at = again_at, again_at = null, attempts = 0, lease_owner = null
         where organization_id = $1 and kind = $2 and target_id = $3 and fence = $4
         and state = 'running' and again_at is not null",
        [work.scope, kind.as_str(), work.target, work.fence]
    )
}

/// Hands the work back to be tried again at `run_at`, with why it came to nothing. `false` when it is
/// no longer ours.
pub async fn retry(
    db: &Db,
    kind: Kind,
    work: &ClaimedJob,
    run_at: Timestamp,
    cause: Cause,
) -> Result<bool> {
    let mut tx = db.begin().await?;
    let ours = retry_in(&mut tx, kind, work, run_at).await?;
    exec!(
        tx,
        "update jobs set cause = $5
         where organization_id = $1 and kind = $2 and target_id = $3 and fence = $4 and state = 'retrying'",
        [work.scope, kind.as_str(), work.target, work.fence, cause.as_str()]
    )?;
    tx.commit().await?;
    Ok(ours)
}

/// As [`retry`], beside what else becomes of the work.
pub async fn retry_in(
    tx: &mut Tx,
    kind: Kind,
    work: &ClaimedJob,
    run_at: Timestamp,
) -> Result<bool> {
    Ok(exec!(
        tx,
        "update jobs set state = 'retrying', lease_owner = null, again_at = null,
           run_at = case when again_at is null or again_at > $5 then $5 else again_at end
         where organization_id = $1 and kind = $2 and target_id = $3 and fence = $4 and state = 'running'",
        [work.scope, kind.as_str(), work.target, work.fence, run_at]
    )? > 0)
}
