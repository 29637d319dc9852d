//! The interval of all repositories of a run, and what it was before.

use domain::{BulkRunId, Timestamp};

use crate::{Result, Scope, Tx, exec};

/// Sets the interval of the repositories of a run, and when each syncs next by it; answers how many had another.
pub async fn set_intervals(
    tx: &mut Tx,
    scope: Scope,
    run: BulkRunId,
    seconds: u32,
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "update repositories set interval_seconds = $3, updated_by = $4, row_version = row_version + 1,
           next_sync_at = case when state = 'syncing' then next_sync_at when $3 = 0 then null
             else coalesce(last_sync_at, $5) + $3 * 1000 end
         where organization_id = $1 and deleted_at is null and interval_seconds <> $3
           and id in (select target_id from bulk_rows where organization_id = $1 and run_id = $2)",
        [scope, run, seconds, by, now]
    )
}

/// Gives the repositories of a run the interval of before, where nobody set another one meanwhile; answers how many.
pub async fn restore_intervals(
    tx: &mut Tx,
    scope: Scope,
    run: BulkRunId,
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        // Read once before the update: PostgreSQL, which knows nothing of rows as new as these, would look through
        // all of them for each repository.
        "with v as materialized (select w.target_id, w.before, u.value as seconds from bulk_runs u
           join bulk_rows w on w.organization_id = u.organization_id and w.run_id = u.id
           where u.organization_id = $1 and u.id = $2 and u.action = 'set_interval')
         update repositories set interval_seconds = v.before, updated_by = $3, row_version = row_version + 1,
           next_sync_at = case when state = 'syncing' then next_sync_at when v.before = 0 then null
             else coalesce(last_sync_at, $4) + v.before * 1000 end
         from v
         where repositories.organization_id = $1 and repositories.id = v.target_id
           and repositories.deleted_at is null and repositories.interval_seconds = v.seconds
           and v.before <> v.seconds",
        [scope, run, by, now]
    )
}
