//! Git targets that are to be looked at again, so that what somebody changed there is brought back.

use domain::{OrganizationId, Timestamp};
use uuid::Uuid;

use crate::{Db, Result, Tx, on, sql};

/// Whether any is due.
///
/// # Errors
/// When the database does not answer.
pub async fn any_due(db: &Db, now: Timestamp) -> Result<bool> {
    let due: Option<i64> = on!(db.read(), pool => {
        sqlx::query_scalar(sql!(
            "select check_at from git_targets where check_at is not null and check_at <= $1 limit 1"
        ))
        .bind(now.millis())
        .fetch_optional(pool)
        .await
    })?;
    Ok(due.is_some())
}

/// Takes up to `limit` that are due; the caller queues their push in the same transaction, and that
/// sets the time of the next look.
///
/// # Errors
/// When the database refuses.
pub async fn take_due(
    tx: &mut Tx,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(OrganizationId, Uuid)>> {
    let rows: Vec<(Uuid, Uuid)> = on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "update git_targets set check_at = null
             where check_at <= $1 and (organization_id, id) in (
               select t.organization_id, t.id from git_targets t
               where t.check_at is not null and t.check_at <= $1 order by t.check_at limit $2)
             returning organization_id, id"
        ))
        .bind(now.millis())
        .bind(i64::from(limit))
        .fetch_all(&mut **tx)
        .await
    })?;
    Ok(rows.into_iter().map(|(organization, id)| (organization.into(), id)).collect())
}
