//! Claiming deliveries by lease, and writing down how they ended.

use domain::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{ClaimedDelivery, DeliveryKey, Settlement};
use crate::{Db, Json, Result, Scope, Tx, exec, rows};

/// Takes up to `limit` due deliveries; those whose lease ended are due as well. Organizations take
/// turns, counting what `owner` works on already, and none holds more than `per_organization`.
pub async fn claim(
    db: &Db,
    owner: &str,
    now: Timestamp,
    lease_until: Timestamp,
    limit: u32,
    per_organization: u32,
) -> Result<Vec<ClaimedDelivery>> {
    let rows: Vec<(Uuid, Uuid, Uuid, Uuid, i64, i64)> = rows!(
        db.write(),
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
         returning organization_id, propagation_id, repository_id, credential_id, attempts, fence",
        [owner, lease_until, now, per_organization, limit]
    )?;
    Ok(rows
        .into_iter()
        .map(|(organization, propagation, repository, credential, attempts, fence)| {
            ClaimedDelivery {
                scope: Scope::of_row(organization),
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
pub async fn renew(
    db: &Db,
    held: &[ClaimedDelivery],
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<u64> {
    if held.is_empty() {
        return Ok(0);
    }
    let records: Vec<_> = held
        .iter()
        .map(|work| {
            json!({ "organization": work.scope, "propagation": work.propagation,
                "repository": work.repository, "fence": work.fence })
        })
        .collect();
    exec!(
        db.write(),
        ["update deliveries set run_at = $2 from (
            select " id("organization") " as organization, " id("propagation") " as propagation, "
              id("repository") " as repository, " int("fence") " as fence from " records(1) " as r) as v
          where deliveries.organization_id = v.organization and deliveries.propagation_id = v.propagation
            and deliveries.repository_id = v.repository and deliveries.fence = v.fence
            and deliveries.state = 'running' and deliveries.run_at > $3"],
        [Json(records), lease_until, now]
    )
}

/// Ends the leases of everything `owner` works on.
pub async fn release(db: &Db, owner: &str, now: Timestamp) -> Result<u64> {
    exec!(
        db.write(),
        "update deliveries set run_at = $1 where state = 'running' and lease_owner = $2 and run_at > $1",
        [now, owner]
    )
}

/// Ends leases that reach further than any lease may: the clock was set back meanwhile.
pub async fn forget_far_leases(db: &Db, now: Timestamp, furthest: Timestamp) -> Result<u64> {
    exec!(
        db.write(),
        "update deliveries set run_at = $1 where state = 'running' and run_at > $2",
        [now, furthest]
    )
}

/// Ends all leases on SQLite, which one process has for itself: at its start, whoever held them is
/// gone. PostgreSQL serves several replicas, so there leases run out by themselves.
pub async fn release_orphans(db: &Db, now: Timestamp) -> Result<u64> {
    if !db.is_of_one_process() {
        return Ok(0);
    }
    exec!(db.write(), "update deliveries set run_at = $1 where state = 'running'", [now])
}

/// Opens a delivery again that [`settle`] ended in the same transaction: its repository changed
/// while it was delivered, so nothing was proven.
pub async fn reopen(tx: &mut Tx, work: &ClaimedDelivery, now: Timestamp) -> Result<()> {
    exec!(
        tx,
        "update deliveries set state = 'waiting', cause = null, run_at = $1, finished_at = null
         where organization_id = $2 and propagation_id = $3 and repository_id = $4 and fence = $5",
        [now, work.scope, work.propagation, work.repository, work.fence]
    )?;
    Ok(())
}

/// Writes down how tries ended, each only if it is still ours (the fence): the answer names
/// those, and about the others nothing may be written.
pub async fn settle(tx: &mut Tx, ended: &[&Settlement]) -> Result<Vec<DeliveryKey>> {
    if ended.is_empty() {
        return Ok(Vec::new());
    }
    let records: Vec<_> = ended
        .iter()
        .map(|end| {
            json!({
                "organization": end.work.scope, "propagation": end.work.propagation,
                "repository": end.work.repository, "fence": end.work.fence, "state": end.state.as_str(),
                "cause": end.cause.map(domain::Cause::as_str), "run_at": end.run_at.millis(),
                "finished_at": end.state.is_final().then_some(end.at.millis()),
            })
        })
        .collect();
    let rows: Vec<(Uuid, Uuid, Uuid)> = rows!(
        tx,
        ["update deliveries set state = v.state, cause = v.cause, run_at = v.run_at, finished_at = v.finished_at,
            lease_owner = null from (
            select " id("organization") " as organization, " id("propagation") " as propagation, "
              id("repository") " as repository, " int("fence") " as fence, " text("state") " as state, "
              text("cause") " as cause, " int("run_at") " as run_at, " int("finished_at") " as finished_at
            from " records(1) " as r) as v
          where deliveries.organization_id = v.organization and deliveries.propagation_id = v.propagation
            and deliveries.repository_id = v.repository and deliveries.fence = v.fence
            and deliveries.state = 'running'
          returning deliveries.organization_id, deliveries.propagation_id, deliveries.repository_id"],
        [Json(records)]
    )?;
    let key = |(organization, propagation, repository): (Uuid, Uuid, Uuid)| {
        (Scope::of_row(organization), propagation.into(), repository.into())
    };
    Ok(rows.into_iter().map(key).collect())
}
