//! Asking for an apply; the first one makes the cluster follow its exports from then on.

use domain::{
    ClusterId, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
};
use storage::{Scope, gitops::clusters};

use super::{may_write, save::queue};
use crate::{
    Engine, Error,
    audit::{self, person},
};

pub(super) async fn apply(
    engine: &Engine,
    principal: &Principal,
    id: ClusterId,
) -> Result<(), Error> {
    let grant = may_write(engine, principal, "bring a cluster in step").await?;
    let scope = Scope::of(&grant);
    let cluster = clusters::cluster(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    queue(&mut tx, scope, id, now).await?;
    let action = AuditAction::ClusterApplyRequested;
    let told = (AuditTarget::Cluster(id), cluster.name.as_str(), String::new());
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(())
}
