//! Deleting a cluster: first what Hawser made there, then what it knows of it.

use domain::{
    ClusterId, Principal, ServiceError, Timestamp,
    audit::{AuditAction, AuditTarget},
    counted,
    gitops::DestinationState,
};
use storage::{
    Scope, Tx,
    gitops::{clusters, destinations},
    jobs,
};

use super::may_write;
use crate::{
    Engine, Error,
    audit::{self, By, person},
};

/// The objects are deleted by a worker, which tries again while the API server is away. Whoever
/// deletes the cluster once more after that failed has it forgotten with its objects left there.
pub(super) async fn delete(
    engine: &Engine,
    principal: &Principal,
    id: ClusterId,
) -> Result<(), Error> {
    let grant = may_write(engine, principal, "delete a cluster").await?;
    let scope = Scope::of(&grant);
    let cluster = clusters::cluster(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    // The new epoch keeps a worker that is applying from noting or making objects after they are
    // counted here.
    let is_first = clusters::set_deleting(&mut tx, scope, id, &principal.name, now).await? > 0;
    if !is_first && !destinations::lock_epoch(&mut tx, scope, id, cluster.epoch).await? {
        return Err(ServiceError::NotFound.into());
    }
    let left = clusters::count_objects(&mut tx, scope, id).await?;
    let gives_up = cluster.deleting && cluster.state == DestinationState::Failing;
    if left == 0 || gives_up {
        let detail = match left {
            0 => String::new(),
            left => format!(
                "forgotten; {} may be left in the cluster",
                counted(left, "object", "objects")
            ),
        };
        if !delete_rows(&mut tx, scope, id, person(principal), detail, now).await? {
            return Err(ServiceError::NotFound.into());
        }
    } else if is_first {
        let kind = jobs::Kind::Apply;
        jobs::queue(&mut tx, scope, kind, id.uuid(), "deleted", now, now).await?;
        let told = (
            AuditTarget::Cluster(id),
            cluster.name.as_str(),
            format!("{} to be deleted first", counted(left, "object is", "objects are")),
        );
        audit::record(&mut tx, person(principal), scope, now, AuditAction::ClusterDeleted, told)
            .await?;
    }
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(())
}

/// Removes all that is known of a cluster; `false` when nothing was. A job of it that is left finds
/// nothing to do.
pub(super) async fn delete_rows(
    tx: &mut Tx,
    scope: Scope,
    id: ClusterId,
    by: impl Into<By>,
    detail: String,
    now: Timestamp,
) -> Result<bool, Error> {
    destinations::clear_exports(tx, scope, id).await?;
    clusters::forget_objects(tx, scope, id).await?;
    destinations::forget(tx, scope, id, now).await?;
    let Some(name) = destinations::delete(tx, scope, id).await? else { return Ok(false) };
    let told = (AuditTarget::Cluster(id), name.as_str(), detail);
    audit::record(tx, by, scope, now, AuditAction::ClusterDeleted, told).await?;
    Ok(true)
}
