//! Places that are to be looked at again, so that what somebody changed there is brought back.

use domain::{OrganizationId, Timestamp};
use uuid::Uuid;

use crate::{Db, Result, Tx, on, sql};

/// What may be due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationKind {
    /// Git targets.
    GitTargets,
    /// Clusters.
    Clusters,
}

/// Whether any is due.
///
/// # Errors
/// When the database does not answer.
pub async fn any_due(db: &Db, places: DestinationKind, now: Timestamp) -> Result<bool> {
    let text = match places {
        DestinationKind::GitTargets => sql!(
            "select check_at from git_targets where check_at is not null and check_at <= $1 limit 1"
        ),
        DestinationKind::Clusters => sql!(
            "select check_at from clusters where check_at is not null and check_at <= $1 limit 1"
        ),
    };
    let due: Option<i64> = on!(db.read(), pool => {
        sqlx::query_scalar(text).bind(now.millis()).fetch_optional(pool).await
    })?;
    Ok(due.is_some())
}

/// Takes up to `limit` that are due; the caller queues their work in the same transaction, and that sets
/// the time of the next look.
///
/// # Errors
/// When the database refuses.
pub async fn take_due(
    tx: &mut Tx,
    places: DestinationKind,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(OrganizationId, Uuid)>> {
    let text = match places {
        DestinationKind::GitTargets => sql!(
            "update git_targets set check_at = null
             where check_at <= $1 and (organization_id, id) in (
               select p.organization_id, p.id from git_targets p
               where p.check_at is not null and p.check_at <= $1 order by p.check_at limit $2)
             returning organization_id, id"
        ),
        DestinationKind::Clusters => sql!(
            "update clusters set check_at = null
             where check_at <= $1 and (organization_id, id) in (
               select p.organization_id, p.id from clusters p
               where p.check_at is not null and p.check_at <= $1 order by p.check_at limit $2)
             returning organization_id, id"
        ),
    };
    let rows: Vec<(Uuid, Uuid)> = on!(tx.inner(), tx => {
        sqlx::query_as(text).bind(now.millis()).bind(i64::from(limit)).fetch_all(&mut **tx).await
    })?;
    Ok(rows.into_iter().map(|(organization, id)| (organization.into(), id)).collect())
}
