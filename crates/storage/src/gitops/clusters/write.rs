//! Adding, changing and deleting clusters.

use domain::{
    ClusterId, ExportId, Scope, Timestamp,
    gitops::{ClusterFields, ClusterState},
};
use sqlx::QueryBuilder;

use super::list::state;
use crate::{Result, Tx, on, sql};

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
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into clusters (organization_id, id, name, name_key, credential_id, server, state, created_at, updated_by)
             values ($1, $2, $3, $4, $5, $6, 'new', $7, $8)"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(fields.name.as_str())
        .bind(fields.name.key())
        .bind(fields.credential.uuid())
        .bind(server)
        .bind(now.millis())
        .bind(by)
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
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
) -> Result<Option<ClusterState>> {
    let changed: Option<String> = on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "update clusters set name = $4, name_key = $5, credential_id = $6, server = $7, epoch = epoch + 1,
               row_version = row_version + 1, updated_by = $8
             where organization_id = $1 and id = $2 and row_version = $3 and not deleting
             returning state"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(row_version)
        .bind(fields.name.as_str())
        .bind(fields.name.key())
        .bind(fields.credential.uuid())
        .bind(server)
        .bind(by)
        .fetch_optional(&mut **tx)
        .await
    })?;
    changed.as_deref().map(state).transpose()
}

/// Takes every export away from a cluster.
///
/// # Errors
/// When the database refuses.
pub async fn clear_exports(tx: &mut Tx, scope: Scope, id: ClusterId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from cluster_exports where organization_id = $1 and cluster_id = $2"))
            .bind(scope.organization().uuid())
            .bind(id.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}

/// Gives exports to a cluster that has none.
///
/// # Errors
/// When one is not there ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn set_exports(
    tx: &mut Tx,
    scope: Scope,
    id: ClusterId,
    exports: &[ExportId],
) -> Result<()> {
    for chunk in exports.chunks(100) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into cluster_exports (organization_id, cluster_id, export_id) ",
            );
            query.push_values(chunk, |mut row, export| {
                row.push_bind(scope.organization().uuid()).push_bind(id.uuid()).push_bind(export.uuid());
            });
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

/// Says that what Hawser made there is to be deleted, and the cluster then forgotten; answers how
/// many rows that was.
///
/// # Errors
/// When the database refuses.
pub async fn set_deleting(
    tx: &mut Tx,
    scope: Scope,
    id: ClusterId,
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update clusters set deleting = true, state = 'pushing', cause = null, detail = '', pending_at = $3,
               failing_since = null,
               epoch = epoch + 1, row_version = row_version + 1, updated_by = $4
             where organization_id = $1 and id = $2 and not deleting"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(now.millis())
        .bind(by)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Deletes a cluster that has neither exports nor objects; answers its name, `None` when there was
/// none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(tx: &mut Tx, scope: Scope, id: ClusterId) -> Result<Option<String>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!("delete from clusters where organization_id = $1 and id = $2 returning name"))
            .bind(scope.organization().uuid())
            .bind(id.uuid())
            .fetch_optional(&mut **tx)
            .await
    })?)
}
