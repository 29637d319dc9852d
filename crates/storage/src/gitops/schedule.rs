//! Places that are to be looked at again, so that what somebody changed there is brought back.

use domain::Timestamp;
use uuid::Uuid;

use crate::{Db, Result, Scope, Tx, rows, value};

/// What may be due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationKind {
    /// Git targets.
    GitTargets,
    /// Clusters.
    Clusters,
}

/// Whether any is due.
pub async fn any_due(db: &Db, places: DestinationKind, now: Timestamp) -> Result<bool> {
    let due: Option<i64> = match places {
        DestinationKind::GitTargets => value!(
            db,
            "select check_at from git_targets where check_at is not null and check_at <= $1 limit 1",
            [now]
        ),
        DestinationKind::Clusters => value!(
            db,
            "select check_at from clusters where check_at is not null and check_at <= $1 limit 1",
            [now]
        ),
    }?;
    Ok(due.is_some())
}

/// Takes up to `limit` that are due; the caller queues their work in the same transaction, and that sets
/// the time of the next look.
pub async fn take_due(
    tx: &mut Tx,
    places: DestinationKind,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(Scope, Uuid)>> {
    let rows: Vec<(Uuid, Uuid)> = match places {
        DestinationKind::GitTargets => rows!(
            tx,
            "update git_targets set check_at = null
             where check_at <= $1 and (organization_id, id) in (
               select p.organization_id, p.id from git_targets p
               where p.check_at is not null and p.check_at <= $1 order by p.check_at limit $2)
             returning organization_id, id",
            [now, limit]
        ),
        DestinationKind::Clusters => rows!(
            tx,
            "update clusters set check_at = null
             where check_at <= $1 and (organization_id, id) in (
               select p.organization_id, p.id from clusters p
               where p.check_at is not null and p.check_at <= $1 order by p.check_at limit $2)
             returning organization_id, id",
            [now, limit]
        ),
    }?;
    Ok(rows.into_iter().map(|(organization, id)| (Scope::of_row(organization), id)).collect())
}
