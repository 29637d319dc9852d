//! The objects that Hawser keeps in a cluster. A row is there before the object is, so that a process
//! that is killed in between leaves nothing behind that nobody knows of.

use domain::{
    Cause, ClusterId, Scope, Timestamp,
    gitops::{ClusterObject, ObjectState},
};
use sqlx::QueryBuilder;

use crate::{Db, Error, Result, Tx, on, sql};

#[derive(sqlx::FromRow)]
struct Row {
    api_version: String,
    kind: String,
    namespace: String,
    name: String,
    state: String,
    cause: Option<String>,
    detail: String,
    compared_at: Option<i64>,
}

/// All of them, by namespace, kind and name.
///
/// # Errors
/// When the database does not answer, or holds a value this version does not know.
pub async fn objects(db: &Db, scope: Scope, cluster: ClusterId) -> Result<Vec<ClusterObject>> {
    let rows: Vec<Row> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select api_version, kind, namespace, name, state, cause, detail, compared_at from cluster_objects
             where organization_id = $1 and cluster_id = $2 order by namespace, kind, name, api_version"
        ))
        .bind(scope.organization().uuid())
        .bind(cluster.uuid())
        .fetch_all(pool)
        .await
    })?;
    rows.into_iter()
        .map(|row| {
            let state = ObjectState::parse(&row.state)
                .ok_or(Error::Value { column: "cluster_objects.state" })?;
            Ok(ClusterObject {
                api_version: row.api_version,
                kind: row.kind,
                namespace: row.namespace,
                name: row.name,
                state,
                cause: row.cause.as_deref().and_then(Cause::parse),
                detail: row.detail,
                compared_at: row.compared_at.map(Timestamp::from_millis),
            })
        })
        .collect()
}

/// How many there are, as the transaction sees it.
///
/// # Errors
/// When the database does not answer.
pub async fn count_objects(tx: &mut Tx, scope: Scope, cluster: ClusterId) -> Result<i64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "select count(*) from cluster_objects where organization_id = $1 and cluster_id = $2"
        ))
        .bind(scope.organization().uuid())
        .bind(cluster.uuid())
        .fetch_one(&mut **tx)
        .await
    })?)
}

/// Notes objects that are about to be applied; what is known of one stays.
///
/// # Errors
/// When the database refuses.
pub async fn intend(
    tx: &mut Tx,
    scope: Scope,
    cluster: ClusterId,
    objects: &[ClusterObject],
) -> Result<()> {
    put(tx, scope, cluster, objects, "nothing").await
}

/// Notes how objects stand, also of those that were not known; what was found later is kept.
///
/// # Errors
/// When the database refuses.
pub async fn set_states(
    tx: &mut Tx,
    scope: Scope,
    cluster: ClusterId,
    objects: &[ClusterObject],
) -> Result<()> {
    put(
        tx,
        scope,
        cluster,
        objects,
        "update set state = excluded.state, cause = excluded.cause, detail = excluded.detail,
           compared_at = excluded.compared_at
         where cluster_objects.compared_at is null or cluster_objects.compared_at <= excluded.compared_at",
    )
    .await
}

async fn put(
    tx: &mut Tx,
    scope: Scope,
    cluster: ClusterId,
    objects: &[ClusterObject],
    on_conflict: &'static str,
) -> Result<()> {
    for chunk in objects.chunks(100) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into cluster_objects
                   (organization_id, cluster_id, api_version, kind, namespace, name, state, cause, detail, compared_at) ",
            );
            query.push_values(chunk, |mut row, object| {
                row.push_bind(scope.organization().uuid())
                    .push_bind(cluster.uuid())
                    .push_bind(object.api_version.as_str())
                    .push_bind(object.kind.as_str())
                    .push_bind(object.namespace.as_str())
                    .push_bind(object.name.as_str())
                    .push_bind(object.state.as_str())
                    .push_bind(object.cause.map(Cause::code))
                    .push_bind(object.detail.as_str())
                    .push_bind(object.compared_at.map(Timestamp::millis));
            });
            query.push(" on conflict (organization_id, cluster_id, api_version, kind, namespace, name) do ");
            query.push(on_conflict);
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

/// Forgets objects that are not in the cluster any more, or were never ours.
///
/// # Errors
/// When the database refuses.
pub async fn remove_objects(
    tx: &mut Tx,
    scope: Scope,
    cluster: ClusterId,
    objects: &[ClusterObject],
) -> Result<()> {
    for object in objects {
        on!(tx.inner(), tx => {
            sqlx::query(sql!(
                "delete from cluster_objects where organization_id = $1 and cluster_id = $2
                   and api_version = $3 and kind = $4 and namespace = $5 and name = $6"
            ))
            .bind(scope.organization().uuid())
            .bind(cluster.uuid())
            .bind(object.api_version.as_str())
            .bind(object.kind.as_str())
            .bind(object.namespace.as_str())
            .bind(object.name.as_str())
            .execute(&mut **tx)
            .await
            .map(drop)
        })?;
    }
    Ok(())
}

/// Forgets all objects of a cluster.
///
/// # Errors
/// When the database refuses.
pub async fn forget_objects(tx: &mut Tx, scope: Scope, cluster: ClusterId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from cluster_objects where organization_id = $1 and cluster_id = $2"))
            .bind(scope.organization().uuid())
            .bind(cluster.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}
