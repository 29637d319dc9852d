//! What the clock asks for.

use domain::Timestamp;
use uuid::Uuid;

use crate::{Db, Result, Scope, Tx, exec, rows, value};

/// Whether any sync is due.
pub async fn any_due(db: &Db, now: Timestamp) -> Result<bool> {
    let due: Option<i64> = value!(
        db,
        "select next_sync_at from repositories
         where deleted_at is null and next_sync_at is not null and next_sync_at <= $1 limit 1",
        [now]
    )?;
    Ok(due.is_some())
}

/// Takes up to `limit` repositories whose next sync is due; the caller queues it in the same
/// transaction. The sync itself sets the time of the one after.
pub async fn take_due(tx: &mut Tx, now: Timestamp, limit: u32) -> Result<Vec<(Scope, Uuid)>> {
    let rows: Vec<(Uuid, Uuid)> = rows!(
        tx,
        "update repositories set next_sync_at = null
         where deleted_at is null and next_sync_at <= $1 and (organization_id, id) in (
           select r.organization_id, r.id from repositories r
           where r.deleted_at is null and r.next_sync_at is not null and r.next_sync_at <= $1
           order by r.next_sync_at limit $2)
         returning organization_id, id",
        [now, limit]
    )?;
    Ok(rows.into_iter().map(|(organization, id)| (Scope::of_row(organization), id)).collect())
}

/// Forgets the runs that started before `before`.
pub async fn forget_old_runs(db: &Db, before: Timestamp) -> Result<u64> {
    exec!(db.write(), "delete from sync_runs where started_at < $1", [before])
}
