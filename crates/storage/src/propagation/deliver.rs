//! Claiming deliveries by lease, and writing down how they ended.

use domain::Timestamp;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{ClaimedDelivery, DeliveryKey, Settlement};
use crate::{Db, Result, Tx, db::Inner, on, sql};

/// Takes up to `limit` due deliveries; those whose lease ended are due as well. Organizations take
/// turns, counting what `owner` works on already, and none holds more than `per_organization`.
///
/// # Errors
/// When the database refuses.
pub async fn claim(
    db: &Db,
    owner: &str,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
    per_organization: u32,
) -> Result<Vec<ClaimedDelivery>> {
    let rows: Vec<(Uuid, Uuid, Uuid, Uuid, i64, i64)> = on!(db.write(), pool => {
        sqlx::query_as(sql!(
            "update deliveries set state = 'running', lease_owner = $1, run_at = $2, fence = fence + 1, attempts = attempts + 1
             where state in ('waiting', 'running', 'retrying') and run_at <= $3
             and (organization_id, propagation_id, repository_id) in (
               select organization_id, propagation_id, repository_id from (
                 select due.organization_id, due.propagation_id, due.repository_id, due.run_at,
                   row_number() over (partition by due.organization_id order by due.run_at) + coalesce(held.n, 0) as turn
                 from deliveries due
                 left join (select organization_id, count(*) as n from deliveries
                   where state = 'running' and lease_owner = $1 and run_at > $3 group by organization_id) held
                   on held.organization_id = due.organization_id
                 where due.state in ('waiting', 'running', 'retrying') and due.run_at <= $3) turns
               where turn <= $4 order by turn, run_at limit $5)
             returning organization_id, propagation_id, repository_id, credential_id, attempts, fence"
        ))
        .bind(owner)
        .bind(lease_until.millis())
        .bind(now.millis())
        .bind(i64::from(per_organization))
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await
    })?;
    Ok(rows
        .into_iter()
        .map(|(organization, propagation, repository, credential, attempts, fence)| {
            ClaimedDelivery {
                organization: organization.into(),
                propagation: propagation.into(),
                repository: repository.into(),
                credential: credential.into(),
                attempts,
                fence,
            }
        })
        .collect())
}

/// Moves the end of the leases of this work, each only while it is still ours; what has expired
/// stays expired. Answers how many were moved.
///
/// # Errors
/// When the database refuses.
pub async fn renew(
    db: &Db,
    held: &[ClaimedDelivery],
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<u64> {
    let mut renewed = 0;
    for chunk in held.chunks(64) {
        renewed += on!(db.write(), pool => {
            let mut query = QueryBuilder::new("update deliveries set run_at = ");
            query.push_bind(lease_until.millis()).push(" from (");
            query.push_values(chunk, |mut row, work| {
                row.push_bind(work.organization.uuid())
                    .push_bind(work.propagation.uuid())
                    .push_bind(work.repository.uuid())
                    .push_bind(work.fence);
            });
            query.push(
                ") as v where deliveries.organization_id = v.column1 and deliveries.propagation_id = v.column2
                   and deliveries.repository_id = v.column3 and deliveries.fence = v.column4
                   and deliveries.state = 'running' and deliveries.run_at > ",
            );
            query.push_bind(now.millis());
            query.build().execute(pool).await.map(|done| done.rows_affected())
        })?;
    }
    Ok(renewed)
}

/// Ends the leases of everything `owner` works on.
///
/// # Errors
/// When the database refuses.
pub async fn release(db: &Db, owner: &str, now: Timestamp) -> Result<u64> {
    Ok(on!(db.write(), pool => {
        sqlx::query(sql!(
            "update deliveries set run_at = $1 where state = 'running' and lease_owner = $2 and run_at > $1"
        ))
        .bind(now.millis())
        .bind(owner)
        .execute(pool)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Ends leases that reach further than any lease may: the clock was set back meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn forget_far_leases(db: &Db, now: Timestamp, furthest: Timestamp) -> Result<u64> {
    Ok(on!(db.write(), pool => {
        sqlx::query(sql!("update deliveries set run_at = $1 where state = 'running' and run_at > $2"))
            .bind(now.millis())
            .bind(furthest.millis())
            .execute(pool)
            .await
            .map(|done| done.rows_affected())
    })?)
}

/// Ends all leases on SQLite, which one process has for itself: at its start, whoever held them is
/// gone. PostgreSQL serves several replicas, so there leases run out by themselves.
///
/// # Errors
/// When the database refuses.
pub async fn release_orphans(db: &Db, now: Timestamp) -> Result<u64> {
    let Inner::Sqlite(pool) = db.write() else { return Ok(0) };
    Ok(sqlx::query(sql!("update deliveries set run_at = $1 where state = 'running'"))
        .bind(now.millis())
        .execute(pool)
        .await?
        .rows_affected())
}

/// Opens a delivery again that [`settle`] ended in the same transaction: its repository changed
/// while it was delivered, so nothing was proven.
///
/// # Errors
/// When the database refuses.
pub async fn reopen(tx: &mut Tx, work: &ClaimedDelivery, now: Timestamp) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update deliveries set state = 'waiting', cause = null, run_at = $1, finished_at = null
             where organization_id = $2 and propagation_id = $3 and repository_id = $4 and fence = $5"
        ))
        .bind(now.millis())
        .bind(work.organization.uuid())
        .bind(work.propagation.uuid())
        .bind(work.repository.uuid())
        .bind(work.fence)
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Writes down how tries ended, each only if it is still ours (the fence): the answer names
/// those, and about the others nothing may be written.
///
/// # Errors
/// When the database refuses.
pub async fn settle(tx: &mut Tx, ended: &[&Settlement]) -> Result<Vec<DeliveryKey>> {
    let mut ours = Vec::with_capacity(ended.len());
    for chunk in ended.chunks(64) {
        let rows: Vec<(Uuid, Uuid, Uuid)> = on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "update deliveries set state = v.column5, cause = v.column6, run_at = v.column7,
                   finished_at = v.column8, lease_owner = null from (",
            );
            query.push_values(chunk, |mut row, end| {
                row.push_bind(end.work.organization.uuid())
                    .push_bind(end.work.propagation.uuid())
                    .push_bind(end.work.repository.uuid())
                    .push_bind(end.work.fence)
                    .push_bind(end.state.as_str())
                    .push_bind(end.cause.map(domain::Cause::code))
                    .push_bind(end.run_at.millis())
                    .push_bind(end.state.is_final().then_some(end.at.millis()));
            });
            query.push(
                ") as v where deliveries.organization_id = v.column1 and deliveries.propagation_id = v.column2
                   and deliveries.repository_id = v.column3 and deliveries.fence = v.column4
                   and deliveries.state = 'running'
                   returning deliveries.organization_id, deliveries.propagation_id, deliveries.repository_id",
            );
            query.build_query_as().fetch_all(&mut **tx).await
        })?;
        ours.extend(rows.into_iter().map(|(organization, propagation, repository)| {
            (organization.into(), propagation.into(), repository.into())
        }));
    }
    Ok(ours)
}
