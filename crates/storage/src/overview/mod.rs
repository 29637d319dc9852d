//! What the first page shows. Each statement reads an index or few rows, however large the
//! organization is.

mod attention;

use domain::{
    CredentialKind, Provider, Status, Timestamp,
    overview::{Begun, ExpiringCredential, SyncHour},
};
use uuid::Uuid;

pub use attention::{
    AtRisk, BrokenAccount, ClusterStanding, FailingGroup, GroupRow, PausedAt, WaitingTarget,
    at_risk, broken_accounts, clusters, failing, paused, targets as waiting_targets,
};

use crate::{
    Db, Error, Json, Result, Scope, Tx, credentials::expiry, exec, one_row, one_value, rows,
};

/// An hour in milliseconds.
const HOUR: i64 = 3_600_000;

/// How many repositories are in a state, and how many charts they have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InState {
    /// As it is stored.
    pub state: String,
    /// How many.
    pub count: u32,
    /// Their charts.
    pub charts: u32,
}

/// The repositories by state.
pub async fn repositories(db: &Db, scope: Scope) -> Result<Vec<InState>> {
    let rows: Vec<(String, i64, i64)> = rows!(
        db,
        "select state, count(*), cast(coalesce(sum(charts), 0) as bigint) from repositories
         where organization_id = $1 and deleted_at is null group by state",
        [scope]
    )?;
    rows.into_iter()
        .map(|(state, count, charts)| {
            Ok(InState { state, count: count_of(count)?, charts: count_of(charts)? })
        })
        .collect()
}

/// How many credentials there are.
pub async fn credentials(db: &Db, scope: Scope) -> Result<u32> {
    let n: i64 = one_value!(
        db,
        "select count(*) from credentials where organization_id = $1 and deleted_at is null",
        [scope]
    )?;
    count_of(n)
}

/// The credentials that expire before `until`, soonest first.
pub async fn expiring(
    db: &Db,
    scope: Scope,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<ExpiringCredential>> {
    type Row = (Uuid, String, Option<i64>, Option<String>, Option<i64>, i64);
    let rows: Vec<Row> = rows!(
        db,
        "select id, name, expires_at, expiry_source, secret_at, created_at from credentials
         where organization_id = $1 and deleted_at is null and expires_at is not null and expires_at <= $2
         order by expires_at, name_key limit $3",
        [scope, until, limit]
    )?;
    rows.into_iter()
        .map(|(id, name, at, source, secret_at, created_at)| {
            let expiry = expiry(at, source.as_deref(), secret_at, created_at)?;
            Ok(ExpiringCredential {
                credential: id.into(),
                name,
                expiry: expiry.ok_or(Error::Value { column: "expires_at" })?,
            })
        })
        .collect()
}

/// How many Git targets are in each state. What waits, to be pushed or to be merged, is out of sync.
pub async fn targets(db: &Db, scope: Scope) -> Result<Vec<(Status, u32)>> {
    let rows: Vec<(String, i64)> = rows!(
        db,
        "select f.state, count(*) from (
           select case when state = 'in_step' and (pending_at is not null or waits_since is not null)
             then 'waits' else state end as state
           from git_targets where organization_id = $1) f
         group by f.state",
        [scope]
    )?;
    rows.into_iter()
        .map(|(state, count)| {
            let status = match state.as_str() {
                "waits" => Status::OutOfSync,
                stored => domain::gitops::DestinationState::parse(stored)
                    .ok_or(Error::Value { column: "git_targets.state" })?
                    .status(),
            };
            Ok((status, count_of(count)?))
        })
        .collect()
}

/// The syncs of the hours from `since` on; an hour without one has no row.
pub async fn hours(db: &Db, scope: Scope, since: Timestamp) -> Result<Vec<SyncHour>> {
    let rows: Vec<(i64, i64, i64)> = rows!(
        db,
        "select hour, syncs, failures from sync_hours where organization_id = $1 and hour >= $2 order by hour",
        [scope, since.millis() / HOUR]
    )?;
    rows.into_iter()
        .map(|(hour, syncs, failures)| {
            Ok(SyncHour {
                at: Timestamp::from_millis(hour * HOUR),
                syncs: count_of(syncs)?,
                failures: count_of(failures)?,
            })
        })
        .collect()
}

/// Counts syncs that ended, by the hour: organization, time of the end, and whether it failed.
pub async fn count_syncs(
    tx: &mut Tx,
    ended: impl Iterator<Item = (Scope, Timestamp, bool)>,
) -> Result<()> {
    let mut counts = std::collections::BTreeMap::<(Scope, i64), (u32, u32)>::new();
    for (scope, at, failed) in ended {
        let (syncs, failures) = counts.entry((scope, at.millis() / HOUR)).or_default();
        *syncs += 1;
        *failures += u32::from(failed);
    }
    if counts.is_empty() {
        return Ok(());
    }
    // In one order everywhere, so that replicas do not wait for each other in a circle.
    let records: Vec<_> = counts
        .into_iter()
        .map(|((scope, hour), (syncs, failures))| {
            serde_json::json!({ "organization": scope, "hour": hour, "syncs": syncs, "failures": failures })
        })
        .collect();
    exec!(
        tx,
        ["insert into sync_hours (organization_id, hour, syncs, failures)
          select " id("organization") ", " int("hour") ", " int("syncs") ", " int("failures") " from "
            records(1) " as r where true
          on conflict (organization_id, hour) do update set
            syncs = sync_hours.syncs + excluded.syncs, failures = sync_hours.failures + excluded.failures"],
        [Json(records)]
    )?;
    Ok(())
}

/// Forgets the hours before this one.
pub async fn forget_old_hours(db: &Db, before: Timestamp) -> Result<u64> {
    exec!(db.write(), "delete from sync_hours where hour < $1", [before.millis() / HOUR])
}

/// What there is already on the way in.
pub async fn begun(db: &Db, scope: Scope) -> Result<Begun> {
    let of_git: Vec<_> = Provider::ALL
        .into_iter()
        .filter(|provider| provider.facts().kind == CredentialKind::Git)
        .map(Provider::as_str)
        .collect();
    let (credentials, repositories, git, exports, destinations): (bool, bool, bool, bool, bool) = one_row!(
        db,
        ["select
            exists (select 1 from credentials where organization_id = $1 and deleted_at is null
              and provider not in " texts(2) "),
            exists (select 1 from repositories where organization_id = $1 and deleted_at is null),
            exists (select 1 from credentials where organization_id = $1 and deleted_at is null
              and provider in " texts(2) "),
            exists (select 1 from exports where organization_id = $1),
            exists (select 1 from git_targets where organization_id = $1)
              or exists (select 1 from clusters where organization_id = $1)"],
        [scope, Json(of_git)]
    )?;
    Ok(Begun { credentials, repositories, git, exports, destinations })
}

fn count_of(n: i64) -> Result<u32> {
    u32::try_from(n).map_err(|_| Error::Value { column: "count" })
}
