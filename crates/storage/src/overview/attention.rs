//! What needs attention.

use domain::{
    Cause, ClusterId, CredentialId, GitTargetId, RepositoryId, Status, Timestamp,
    credentials::{CredentialState, Environment},
    gitops::DestinationState,
    overview::Waits,
};
use uuid::Uuid;

use crate::{
    Db, Error, Result, Scope,
    credentials::{environment, state},
    repositories::found::present_cause,
    rows,
};

/// So many failing repositories are looked at; more of them make no other line than these do.
const LOOKED_AT: i64 = 1_000;
/// The most rows of each list.
const ROWS: i64 = 100;

/// Repositories that fail of one cause with one credential, or without one at one host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the rows")]
pub struct FailingGroup {
    pub cause: Cause,
    pub credential: Option<(CredentialId, String)>,
    pub count: u32,
    /// How many of them were never synced, so that nothing is kept of them.
    pub never: u32,
    /// The first three that failed.
    pub rows: Vec<GroupRow>,
}

/// One repository of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct GroupRow {
    pub id: RepositoryId,
    pub name: String,
    pub origin: String,
    pub environment: Environment,
    pub since: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    origin: String,
    environment: String,
    since: i64,
    cause: String,
    credential_id: Option<Uuid>,
    credential_name: Option<String>,
    nth: i64,
    total: i64,
    never: i64,
}

/// The groups of failing repositories, the largest first.
pub async fn failing(db: &Db, scope: Scope) -> Result<Vec<FailingGroup>> {
    let rows: Vec<Row> = rows!(
        db,
        ["select g.id, g.name, g.origin, g.environment, g.since, g.cause, g.credential_id,
            c.name as credential_name, g.nth, g.total, g.never
          from (
            select b.*,
              row_number() over (partition by b.cause, b.credential_id, b.place order by b.since, b.name_key, b.id)
                as nth,
              count(*) over (partition by b.cause, b.credential_id, b.place) as total,
              count(case when b.succeeded is null then 1 end)
                over (partition by b.cause, b.credential_id, b.place) as never
            from (
              select r.id, r.name, r.name_key, r.origin, r.environment, r.failing_since as since,
                r.last_success_at as succeeded, "
          present_cause!()
          " as cause, l.credential_id, case when l.credential_id is null then r.origin else '' end as place
              from repositories r
              left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
              where r.organization_id = $1 and r.failing_since is not null and r.cause is not null
                and r.deleted_at is null
              order by r.origin limit $2) b
          ) g
          left join credentials c on c.organization_id = $1 and c.id = g.credential_id
          where g.nth <= 3
          order by g.total desc, g.cause, g.credential_id, g.place, g.nth limit $3"],
        [scope, LOOKED_AT, ROWS * 3]
    )?;
    let mut groups: Vec<FailingGroup> = Vec::new();
    for row in rows {
        let found = GroupRow {
            id: row.id.into(),
            name: row.name,
            origin: row.origin,
            environment: environment(&row.environment)?,
            since: Timestamp::from_millis(row.since),
        };
        match groups.last_mut() {
            Some(group) if row.nth > 1 => group.rows.push(found),
            _ => groups.push(FailingGroup {
                // Another version may have written a cause that this one does not know.
                cause: Cause::parse(&row.cause).unwrap_or(Cause::Internal),
                credential: row
                    .credential_id
                    .map(|id| (id.into(), row.credential_name.unwrap_or_default())),
                count: u32::try_from(row.total).unwrap_or(u32::MAX),
                never: u32::try_from(row.never).unwrap_or(u32::MAX),
                rows: vec![found],
            }),
        }
    }
    Ok(groups)
}

/// A credential that is paused at a host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct PausedAt {
    pub credential: CredentialId,
    pub name: String,
    /// Scheme, host and port.
    pub origin: String,
    pub since: Timestamp,
}

/// Where credentials are paused, the longest first.
pub async fn paused(db: &Db, scope: Scope) -> Result<Vec<PausedAt>> {
    let rows: Vec<(Uuid, String, String, i64)> = rows!(
        db,
        "select f.credential_id, c.name, f.origin, f.paused_at from refusals f
         join credentials c on c.organization_id = f.organization_id and c.id = f.credential_id
         where f.organization_id = $1 and f.paused_at is not null and c.deleted_at is null
         order by f.paused_at, c.name_key limit $2",
        [scope, ROWS]
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, name, origin, since)| PausedAt {
            credential: id.into(),
            name,
            origin,
            since: Timestamp::from_millis(since),
        })
        .collect())
}

/// A credential whose secret is lost, or whose new secret is being tested or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct AtRisk {
    pub credential: CredentialId,
    pub name: String,
    pub state: CredentialState,
    /// Whether a job tests the new secret.
    pub is_testing: bool,
}

/// Those credentials, by name.
pub async fn at_risk(db: &Db, scope: Scope) -> Result<Vec<AtRisk>> {
    let rows: Vec<(Uuid, String, String, bool)> = rows!(
        db,
        "select c.id, c.name, c.state, exists (
           select 1 from jobs j where j.organization_id = c.organization_id and j.kind = 'rotate'
             and j.target_id = c.id)
         from credentials c
         where c.organization_id = $1 and c.state in ('rotating', 'lost') and c.deleted_at is null
         order by c.name_key limit $2",
        [scope, ROWS]
    )?;
    rows.into_iter()
        .map(|(id, name, stored, is_testing)| {
            Ok(AtRisk { credential: id.into(), name, state: state(&stored)?, is_testing })
        })
        .collect()
}

/// A connected account that GitHub does not take any more.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct BrokenAccount {
    pub credential: CredentialId,
    pub name: String,
    pub cause: Cause,
    pub since: Timestamp,
}

/// Those accounts, the longest first.
pub async fn broken_accounts(db: &Db, scope: Scope) -> Result<Vec<BrokenAccount>> {
    let rows: Vec<(Uuid, String, String, i64)> = rows!(
        db,
        "select g.credential_id, c.name, g.broken, g.broken_at from git_connections g
         join credentials c on c.organization_id = g.organization_id and c.id = g.credential_id
         where g.organization_id = $1 and g.broken_at is not null and g.broken is not null
           and c.deleted_at is null
         order by g.broken_at, c.name_key limit $2",
        [scope, ROWS]
    )?;
    rows.into_iter()
        .map(|(id, name, cause, since)| {
            Ok(BrokenAccount {
                credential: id.into(),
                name,
                cause: Cause::parse(&cause)
                    .ok_or(Error::Value { column: "git_connections.broken" })?,
                since: Timestamp::from_millis(since),
            })
        })
        .collect()
}

/// A Git target that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct WaitingTarget {
    pub id: GitTargetId,
    pub name: String,
    pub credential: CredentialId,
    pub waits: Waits,
    pub since: Option<Timestamp>,
}

/// Those targets, by name.
pub async fn targets(db: &Db, scope: Scope) -> Result<Vec<WaitingTarget>> {
    type Row = (Uuid, String, Uuid, String, Option<String>, Option<i64>, Option<i64>, Option<i64>);
    let rows: Vec<Row> = rows!(
        db,
        "select id, name, credential_id, state, cause, failing_since, waits_since, pending_at from git_targets
         where organization_id = $1 and (state = 'failing'
           or (state = 'in_step' and (waits_since is not null or pending_at is not null)))
         order by name_key limit $2",
        [scope, ROWS]
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, name, credential, state, cause, failing, waits, pending)| {
            let (waits, since) = if state == "failing" {
                let cause = cause.as_deref().and_then(Cause::parse).unwrap_or(Cause::Internal);
                (Waits::Mending(cause), failing)
            } else if waits.is_some() {
                (Waits::Merge, waits)
            } else {
                (Waits::Push, pending)
            };
            WaitingTarget {
                id: id.into(),
                name,
                credential: credential.into(),
                waits,
                since: since.map(Timestamp::from_millis),
            }
        })
        .collect())
}

/// How a cluster is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct ClusterStanding {
    pub id: ClusterId,
    pub name: String,
    pub credential: CredentialId,
    pub status: Status,
    pub cause: Option<Cause>,
    /// How many of its objects somebody else changed or deleted.
    pub drifted: u32,
    pub since: Option<Timestamp>,
}

/// All clusters, by name.
pub async fn clusters(db: &Db, scope: Scope) -> Result<Vec<ClusterStanding>> {
    type Row = (Uuid, String, Uuid, String, bool, Option<String>, Option<i64>, i64);
    let rows: Vec<Row> = rows!(
        db,
        "select k.id, k.name, k.credential_id, k.state, k.deleting, k.cause, k.failing_since,
           (select count(*) from cluster_objects o where o.organization_id = k.organization_id
              and o.cluster_id = k.id and o.state in ('changed', 'missing'))
         from clusters k where k.organization_id = $1 order by k.name_key",
        [scope]
    )?;
    rows.into_iter()
        .map(|(id, name, credential, stored, is_deleting, cause, since, drifted)| {
            let state = DestinationState::parse(&stored)
                .ok_or(Error::Value { column: "clusters.state" })?;
            Ok(ClusterStanding {
                id: id.into(),
                name,
                credential: credential.into(),
                status: match state {
                    _ if is_deleting => Status::Syncing,
                    DestinationState::InStep if drifted > 0 => Status::OutOfSync,
                    state => state.status(),
                },
                cause: cause.as_deref().and_then(Cause::parse),
                drifted: u32::try_from(drifted).unwrap_or(u32::MAX),
                since: since.map(Timestamp::from_millis),
            })
        })
        .collect()
}
