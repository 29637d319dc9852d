//! Which places have to be written again when something changed.

use domain::{
    ClusterId, CredentialId, ExportId, GitTargetId, RepositoryId, Scope, Timestamp,
    propagation::DeliveryTarget,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Result, Tx, exports::place, on, sql};

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// A credential: its version, name or place, or the links that lead to it.
    Credential(CredentialId),
    /// A repository or its link.
    Repository(RepositoryId),
    /// An export.
    Export(ExportId),
}

/// The places that something reached, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Affected {
    /// Git targets.
    pub targets: Vec<GitTargetId>,
    /// Clusters.
    pub clusters: Vec<ClusterId>,
}

impl Affected {
    /// Every place.
    pub fn places(&self) -> impl Iterator<Item = DeliveryTarget> + '_ {
        let targets = self.targets.iter().map(|id| DeliveryTarget::GitTarget(*id));
        targets.chain(self.clusters.iter().map(|id| DeliveryTarget::Cluster(*id)))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty() && self.clusters.is_empty()
    }
}

/// The places that hold what was touched, or that are opened with it. Places that nobody brought in
/// step for the first time, and clusters that are being deleted, are not among them.
///
/// # Errors
/// When the database refuses.
pub async fn affected(tx: &mut Tx, scope: Scope, touched: Touched) -> Result<Affected> {
    let rows = match touched {
        Touched::Credential(id) => by_credential(tx, scope, id.uuid()).await?,
        Touched::Repository(id) => by_repository(tx, scope, id.uuid()).await?,
        Touched::Export(id) => by_export(tx, scope, id.uuid()).await?,
    };
    let mut affected = Affected::default();
    for (kind, id) in rows {
        match place(&kind, id)? {
            DeliveryTarget::GitTarget(id) => affected.targets.push(id),
            DeliveryTarget::Cluster(id) => affected.clusters.push(id),
            DeliveryTarget::Repository(_) => {}
        }
    }
    Ok(affected)
}

type Row = (String, Uuid);

async fn by_credential(tx: &mut Tx, scope: Scope, id: Uuid) -> Result<Vec<Row>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "with touched as (
               select m.export_id from export_credentials m where m.organization_id = $1 and m.credential_id = $2
               union
               select m.export_id from export_repositories m
               join links l on l.organization_id = m.organization_id and l.repository_id = m.repository_id
               where m.organization_id = $1 and l.credential_id = $2)
             select 'git_target' as kind, t.id from git_targets t
             where t.organization_id = $1 and t.state <> 'new' and (t.credential_id = $2 or exists (
               select 1 from git_target_exports m join touched on touched.export_id = m.export_id
               where m.organization_id = $1 and m.target_id = t.id))
             union all
             select 'cluster' as kind, c.id from clusters c
             where c.organization_id = $1 and c.state <> 'new' and not c.deleting and (c.credential_id = $2 or exists (
               select 1 from cluster_exports m join touched on touched.export_id = m.export_id
               where m.organization_id = $1 and m.cluster_id = c.id))
             order by 1, 2"
        ))
        .bind(scope.organization().uuid())
        .bind(id)
        .fetch_all(&mut **tx)
        .await
    })?)
}

async fn by_repository(tx: &mut Tx, scope: Scope, id: Uuid) -> Result<Vec<Row>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "with touched as (
               select m.export_id from export_repositories m where m.organization_id = $1 and m.repository_id = $2
               union
               select m.export_id from links l
               join export_credentials m on m.organization_id = l.organization_id and m.credential_id = l.credential_id
               where l.organization_id = $1 and l.repository_id = $2)
             select 'git_target' as kind, t.id from git_targets t
             where t.organization_id = $1 and t.state <> 'new' and exists (
               select 1 from git_target_exports m join touched on touched.export_id = m.export_id
               where m.organization_id = $1 and m.target_id = t.id)
             union all
             select 'cluster' as kind, c.id from clusters c
             where c.organization_id = $1 and c.state <> 'new' and not c.deleting and exists (
               select 1 from cluster_exports m join touched on touched.export_id = m.export_id
               where m.organization_id = $1 and m.cluster_id = c.id)
             order by 1, 2"
        ))
        .bind(scope.organization().uuid())
        .bind(id)
        .fetch_all(&mut **tx)
        .await
    })?)
}

async fn by_export(tx: &mut Tx, scope: Scope, id: Uuid) -> Result<Vec<Row>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "select 'git_target' as kind, t.id from git_targets t
             join git_target_exports m on m.organization_id = t.organization_id and m.target_id = t.id
             where t.organization_id = $1 and t.state <> 'new' and m.export_id = $2
             union all
             select 'cluster' as kind, c.id from clusters c
             join cluster_exports m on m.organization_id = c.organization_id and m.cluster_id = c.id
             where c.organization_id = $1 and c.state <> 'new' and not c.deleting and m.export_id = $2
             order by 1, 2"
        ))
        .bind(scope.organization().uuid())
        .bind(id)
        .fetch_all(&mut **tx)
        .await
    })?)
}

/// The names of the Git targets and clusters that are opened with a credential, at most 100.
///
/// # Errors
/// When the database refuses.
pub async fn opened_by(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<Vec<String>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "select name from (
               select 0 as kind, t.name, t.name_key from git_targets t
               where t.organization_id = $1 and t.credential_id = $2
               union all
               select 1 as kind, c.name, c.name_key from clusters c
               where c.organization_id = $1 and c.credential_id = $2) as everything
             order by kind, name_key limit 100"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .fetch_all(&mut **tx)
        .await
    })?)
}

/// Marks Git targets as waiting for a push, and answers which: one that moved elsewhere since it was
/// found waits for a person, as a new one does.
///
/// # Errors
/// When the database refuses.
pub async fn targets_pending(
    tx: &mut Tx,
    scope: Scope,
    targets: &[GitTargetId],
    now: Timestamp,
) -> Result<Vec<GitTargetId>> {
    let ids: Vec<_> = targets.iter().map(|id| id.uuid()).collect();
    let text = Pending { table: "git_targets", only: "state <> 'new'" };
    Ok(pending(tx, scope, text, &ids, now).await?.into_iter().map(Into::into).collect())
}

/// Marks clusters as waiting to be brought in step, and answers which: one that is being deleted takes
/// nothing more.
///
/// # Errors
/// When the database refuses.
pub async fn clusters_pending(
    tx: &mut Tx,
    scope: Scope,
    clusters: &[ClusterId],
    now: Timestamp,
) -> Result<Vec<ClusterId>> {
    let ids: Vec<_> = clusters.iter().map(|id| id.uuid()).collect();
    let text = Pending { table: "clusters", only: "state <> 'new' and not deleting" };
    Ok(pending(tx, scope, text, &ids, now).await?.into_iter().map(Into::into).collect())
}

/// The words in which the two statements differ.
#[derive(Clone, Copy)]
struct Pending {
    table: &'static str,
    only: &'static str,
}

async fn pending(
    tx: &mut Tx,
    scope: Scope,
    Pending { table, only }: Pending,
    ids: &[Uuid],
    now: Timestamp,
) -> Result<Vec<Uuid>> {
    let mut marked = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(100) {
        let rows: Vec<Uuid> = on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new("update ");
            query.push(table).push(" set state = 'pushing', pending_at = coalesce(pending_at, ");
            query.push_bind(now.millis()).push(") where organization_id = ");
            query.push_bind(scope.organization().uuid()).push(" and ").push(only).push(" and id in (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(*id);
            }
            query.push(") returning id");
            query.build_query_scalar().fetch_all(&mut **tx).await
        })?;
        marked.extend(rows);
    }
    Ok(marked)
}
