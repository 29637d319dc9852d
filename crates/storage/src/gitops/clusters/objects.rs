//! The objects that Hawser keeps in a cluster. A row is there before the object is, so that a process
//! that is killed in between leaves nothing behind that nobody knows of.

use domain::{
    Cause, ClusterId, Timestamp,
    gitops::{ClusterObject, ObjectState},
};
use serde_json::json;

use crate::{Db, Error, Json, Result, Scope, Tx, exec, one_value, rows};

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
pub async fn objects(db: &Db, scope: Scope, cluster: ClusterId) -> Result<Vec<ClusterObject>> {
    let rows: Vec<Row> = rows!(
        db,
        "select api_version, kind, namespace, name, state, cause, detail, compared_at from cluster_objects
         where organization_id = $1 and cluster_id = $2 order by namespace, kind, name, api_version",
        [scope, cluster]
    )?;
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
pub async fn count_objects(tx: &mut Tx, scope: Scope, cluster: ClusterId) -> Result<i64> {
    one_value!(
        tx,
        "select count(*) from cluster_objects where organization_id = $1 and cluster_id = $2",
        [scope, cluster]
    )
}

/// Notes objects that are about to be applied; what is known of one stays.
pub async fn intend(
    tx: &mut Tx,
    scope: Scope,
    cluster: ClusterId,
    objects: &[ClusterObject],
) -> Result<()> {
    put(tx, scope, cluster, objects, OnConflict::Keep).await
}

/// Notes how objects stand, also of those that were not known; what was found later is kept.
pub async fn set_states(
    tx: &mut Tx,
    scope: Scope,
    cluster: ClusterId,
    objects: &[ClusterObject],
) -> Result<()> {
    put(tx, scope, cluster, objects, OnConflict::Update).await
}

/// What becomes of an object that is known already.
#[derive(Clone, Copy)]
enum OnConflict {
    Keep,
    Update,
}

macro_rules! objects {
    () => {
        "insert into cluster_objects
           (organization_id, cluster_id, api_version, kind, namespace, name, state, cause, detail, compared_at)
         select $1, $2, r.value ->> 'api_version', r.value ->> 'kind', r.value ->> 'namespace', r.value ->> 'name',
           r.value ->> 'state', r.value ->> 'cause', r.value ->> 'detail', cast(r.value ->> 'compared_at' as bigint) from "
    };
}

async fn put(
    tx: &mut Tx,
    scope: Scope,
    cluster: ClusterId,
    objects: &[ClusterObject],
    on_conflict: OnConflict,
) -> Result<()> {
    if objects.is_empty() {
        return Ok(());
    }
    let records: Vec<_> = objects
        .iter()
        .map(|object| {
            json!({
                "api_version": object.api_version, "kind": object.kind, "namespace": object.namespace,
                "name": object.name, "state": object.state.as_str(), "cause": object.cause.map(Cause::as_str),
                "detail": object.detail, "compared_at": object.compared_at.map(Timestamp::millis),
            })
        })
        .collect();
    let values = Json(records);
    match on_conflict {
        OnConflict::Keep => exec!(
            tx,
            [objects!() records(3) " as r where true on conflict (organization_id, cluster_id, api_version, kind, namespace, name)
              do nothing"],
            [scope, cluster, values]
        ),
        OnConflict::Update => exec!(
            tx,
            [objects!() records(3) " as r where true on conflict (organization_id, cluster_id, api_version, kind, namespace, name)
              do update set state = excluded.state, cause = excluded.cause, detail = excluded.detail,
                compared_at = excluded.compared_at
              where cluster_objects.compared_at is null or cluster_objects.compared_at <= excluded.compared_at"],
            [scope, cluster, values]
        ),
    }?;
    Ok(())
}

/// Forgets objects that are not in the cluster any more, or were never ours.
pub async fn remove_objects(
    tx: &mut Tx,
    scope: Scope,
    cluster: ClusterId,
    objects: &[ClusterObject],
) -> Result<()> {
    for object in objects {
        exec!(
            tx,
            "delete from cluster_objects where organization_id = $1 and cluster_id = $2
             and api_version = $3 and kind = $4 and namespace = $5 and name = $6",
            [
                scope,
                cluster,
                object.api_version.as_str(),
                object.kind.as_str(),
                object.namespace.as_str(),
                object.name.as_str(),
            ]
        )?;
    }
    Ok(())
}

/// Forgets all objects of a cluster.
pub async fn forget_objects(tx: &mut Tx, scope: Scope, cluster: ClusterId) -> Result<()> {
    exec!(
        tx,
        "delete from cluster_objects where organization_id = $1 and cluster_id = $2",
        [scope, cluster]
    )?;
    Ok(())
}
