//! Adding, changing and deleting clusters.

use domain::{
    ClusterId, Timestamp,
    gitops::{ClusterFields, DestinationState},
};

use super::list::state;
use crate::{Result, Scope, Tx, exec, search, value};

/// Adds a cluster whose API server has this address.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    id: ClusterId,
    fields: &ClusterFields,
    server: &str,
    by: &str,
    now: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "insert into clusters (organization_id, id, name, name_key, credential_id, server, state, created_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, 'new', $7, $8)",
        [scope, id, fields.name.as_str(), fields.name.key(), fields.credential, server, now, by]
    )?;
    search::cluster(tx, scope, id).await
}

/// Changes a cluster, if nobody changed it since `row_version` and it is not being deleted; answers
/// its state, `None` when somebody did.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn update(
    tx: &mut Tx,
    scope: Scope,
    id: ClusterId,
    row_version: i64,
    fields: &ClusterFields,
    server: &str,
    by: &str,
) -> Result<Option<DestinationState>> {
    let changed: Option<String> = value!(
        tx,
        "update clusters set name = $4, name_key = $5, credential_id = $6, server = $7, epoch = epoch + 1,
           row_version = row_version + 1, updated_by = $8
         where organization_id = $1 and id = $2 and row_version = $3 and not deleting
         returning state",
        [
            scope,
            id,
            row_version,
            fields.name.as_str(),
            fields.name.key(),
            fields.credential,
            server,
            by,
        ]
    )?;
    search::cluster(tx, scope, id).await?;
    changed.as_deref().map(state).transpose()
}

/// Says that what Hawser made there is to be deleted, and the cluster then forgotten; answers how
/// many rows that was.
pub async fn set_deleting(
    tx: &mut Tx,
    scope: Scope,
    id: ClusterId,
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "update clusters set deleting = true, state = 'pushing', cause = null, detail = '', pending_at = $3,
           failing_since = null,
           epoch = epoch + 1, row_version = row_version + 1, updated_by = $4
         where organization_id = $1 and id = $2 and not deleting",
        [scope, id, now, by]
    )
}
