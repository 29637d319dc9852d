//! Which places have to be written again when something changed.

use domain::{
    ClusterId, CredentialId, ExportId, GitTargetId, RepositoryId, Scope, Timestamp,
    propagation::Place,
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
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        let targets = self.targets.iter().map(|id| Place::GitTarget(*id));
        targets.chain(self.clusters.iter().map(|id| Place::Cluster(*id)))
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
            Place::GitTarget(id) => affected.targets.push(id),
            Place::Cluster(id) => affected.clusters.push(id),
            Place::Repository(_) => {}
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

/// Marks Git targets as waiting for a push.
///
/// # Errors
/// When the database refuses.
pub async fn targets_pending(
    tx: &mut Tx,
    scope: Scope,
    targets: &[GitTargetId],
    now: Timestamp,
) -> Result<()> {
    let ids: Vec<_> = targets.iter().map(|id| id.uuid()).collect();
    pending(tx, scope, "update git_targets set state = 'pushing', pending_at = ", &ids, now).await
}

/// Marks clusters as waiting to be brought in step.
///
/// # Errors
/// When the database refuses.
pub async fn clusters_pending(
    tx: &mut Tx,
    scope: Scope,
    clusters: &[ClusterId],
    now: Timestamp,
) -> Result<()> {
    let ids: Vec<_> = clusters.iter().map(|id| id.uuid()).collect();
    pending(tx, scope, "update clusters set state = 'pushing', pending_at = ", &ids, now).await
}

async fn pending(
    tx: &mut Tx,
    scope: Scope,
    text: &'static str,
    ids: &[Uuid],
    now: Timestamp,
) -> Result<()> {
    for chunk in ids.chunks(100) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(text);
            query.push_bind(now.millis()).push(" where organization_id = ");
            query.push_bind(scope.organization().uuid()).push(" and id in (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(*id);
            }
            query.push(")");
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}
