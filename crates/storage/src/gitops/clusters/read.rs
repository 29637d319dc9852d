//! Clusters as the engine works with them.

use domain::{ClusterId, CredentialId, ExportId, gitops::DestinationState};
use uuid::Uuid;

use super::super::destinations::exports_of;
use super::list::state;
use crate::{Db, Result, Scope, row};

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its id.
    pub id: ClusterId,
    /// Its name.
    pub name: String,
    /// The credential that holds its kubeconfig.
    pub credential: CredentialId,
    /// The address of its API server.
    pub server: String,
    /// How it is doing.
    pub state: DestinationState,
    /// Whether what Hawser made there is being deleted, and the cluster then forgotten.
    pub deleting: bool,
    /// Counts the changes that make older work worthless.
    pub epoch: i64,
    /// Counts every change.
    pub row_version: i64,
    /// Who saved or deleted it last; empty for one of an older version.
    pub updated_by: String,
    /// The exports that it takes.
    pub exports: Vec<ExportId>,
}

#[derive(sqlx::FromRow)]
struct Found {
    id: Uuid,
    name: String,
    credential_id: Uuid,
    server: String,
    state: String,
    deleting: bool,
    epoch: i64,
    row_version: i64,
    updated_by: String,
}

/// One cluster.
pub async fn cluster(db: &Db, scope: Scope, id: ClusterId) -> Result<Option<Cluster>> {
    let row: Option<Found> = row!(
        db,
        "select id, name, credential_id, server, state, deleting, epoch, row_version, updated_by
         from clusters where organization_id = $1 and id = $2",
        [scope, id]
    )?;
    let Some(row) = row else { return Ok(None) };
    let exports = exports_of(db, scope, id).await?;
    Ok(Some(Cluster {
        id: row.id.into(),
        name: row.name,
        credential: row.credential_id.into(),
        server: row.server,
        state: state(&row.state)?,
        deleting: row.deleting,
        epoch: row.epoch,
        row_version: row.row_version,
        updated_by: row.updated_by,
        exports: exports.into_iter().map(|(id, _)| id).collect(),
    }))
}
