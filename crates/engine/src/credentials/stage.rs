//! What takes the place of the commit for a candidate: it lies in Vault beside the version that counts,
//! until it is promoted or discarded.

use domain::{
    audit::{AuditAction, AuditTarget},
    credentials::Saved,
};
use storage::{credentials::Operation, jobs};

use crate::{
    Engine, Error,
    audit::{self, By},
};

/// Writes down where the candidate lies and queues its test; `None` when somebody else ended the
/// operation.
pub(super) async fn stage(
    engine: &Engine,
    operation: &Operation,
    version: u64,
    by: By,
) -> Result<Option<Saved>, Error> {
    let version = i64::try_from(version).map_err(|_| vault::VaultError::Malformed)?;
    let scope = operation.scope;
    let (id, now) = (operation.credential, engine.clock.now());
    let mut tx = engine.db.begin_work(scope).await?;
    if storage::credentials::stage(&mut tx, scope, operation.id, version, now).await? == 0
        || storage::credentials::rotating(&mut tx, scope, id, operation.id).await? == 0
    {
        return Ok(None);
    }
    jobs::queue(&mut tx, scope, jobs::Kind::Rotate, id.uuid(), "candidate", now, now).await?;
    let (action, detail) = (AuditAction::CandidateStored, format!("version {version}"));
    let told = (AuditTarget::Credential(id), operation.draft.name.as_str(), detail);
    audit::record(&mut tx, by, scope, engine.clock.now(), action, told).await?;
    tx.commit().await?;
    engine.changes.tell(operation.scope.organization());
    engine.changes.tell_workers();
    Ok(Some(Saved { id, propagation: None, warning: None }))
}
