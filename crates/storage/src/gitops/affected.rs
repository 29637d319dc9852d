//! Which places have to be written again when something changed.

use domain::{
    ClusterId, CredentialId, ExportId, GitTargetId, RepositoryId, Timestamp,
    propagation::DeliveryTarget,
};
use uuid::Uuid;

use crate::{Json, Result, Scope, Tx, exports::place, rows, values};

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
    rows!(
        tx,
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
         order by 1, 2",
        [scope, id]
    )
}

async fn by_repository(tx: &mut Tx, scope: Scope, id: Uuid) -> Result<Vec<Row>> {
    rows!(
        tx,
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
         order by 1, 2",
        [scope, id]
    )
}

async fn by_export(tx: &mut Tx, scope: Scope, id: Uuid) -> Result<Vec<Row>> {
    rows!(
        tx,
        "select 'git_target' as kind, t.id from git_targets t
         join git_target_exports m on m.organization_id = t.organization_id and m.target_id = t.id
         where t.organization_id = $1 and t.state <> 'new' and m.export_id = $2
         union all
         select 'cluster' as kind, c.id from clusters c
         join cluster_exports m on m.organization_id = c.organization_id and m.cluster_id = c.id
         where c.organization_id = $1 and c.state <> 'new' and not c.deleting and m.export_id = $2
         order by 1, 2",
        [scope, id]
    )
}

/// The names of the Git targets and clusters that are opened with a credential, at most 100.
pub async fn opened_by(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<Vec<String>> {
    values!(
        tx,
        "select name from (
           select 0 as kind, t.name, t.name_key from git_targets t
           where t.organization_id = $1 and t.credential_id = $2
           union all
           select 1 as kind, c.name, c.name_key from clusters c
           where c.organization_id = $1 and c.credential_id = $2) as everything
         order by kind, name_key limit 100",
        [scope, credential]
    )
}

/// Marks Git targets as waiting for a push, and answers which: one that moved elsewhere since it was
/// found waits for a person, as a new one does.
pub async fn targets_pending(
    tx: &mut Tx,
    scope: Scope,
    targets: &[GitTargetId],
    now: Timestamp,
) -> Result<Vec<GitTargetId>> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let marked: Vec<Uuid> = values!(
        tx,
        ["update git_targets set state = 'pushing', pending_at = coalesce(pending_at, $3)
          where organization_id = $1 and state <> 'new' and id in " ids(2) " returning id"],
        [scope, Json(targets), now]
    )?;
    Ok(marked.into_iter().map(Into::into).collect())
}

/// Marks clusters as waiting to be brought in step, and answers which: one that is being deleted takes
/// nothing more.
pub async fn clusters_pending(
    tx: &mut Tx,
    scope: Scope,
    clusters: &[ClusterId],
    now: Timestamp,
) -> Result<Vec<ClusterId>> {
    if clusters.is_empty() {
        return Ok(Vec::new());
    }
    let marked: Vec<Uuid> = values!(
        tx,
        ["update clusters set state = 'pushing', pending_at = coalesce(pending_at, $3)
          where organization_id = $1 and state <> 'new' and not deleting and id in " ids(2) " returning id"],
        [scope, Json(clusters), now]
    )?;
    Ok(marked.into_iter().map(Into::into).collect())
}
