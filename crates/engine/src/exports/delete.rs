//! Deleting an export that nobody takes.

use domain::{
    Action, ExportId, Grant, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
};
use storage::Scope;

use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

pub(super) async fn delete(
    engine: &Engine,
    principal: &Principal,
    id: ExportId,
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::ManageExports, "delete an export").await?;
    let scope = Scope::of(&grant);
    in_use(engine, scope, id).await?;
    let deleted = remove(engine, principal, grant, id).await;
    // Something took it since it was looked at.
    if matches!(&deleted, Err(Error::Storage(error)) if error.is_dangling()) {
        in_use(engine, scope, id).await?;
    }
    deleted
}

async fn in_use(engine: &Engine, scope: Scope, id: ExportId) -> Result<(), Error> {
    let places = storage::exports::places(&engine.db, scope, id).await?;
    if places.is_empty() {
        return Ok(());
    }
    Err(ServiceError::InUse(places.into_iter().map(|place| place.name).collect()).into())
}

async fn remove(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    id: ExportId,
) -> Result<(), Error> {
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    storage::exports::clear(&mut tx, scope, id).await?;
    let name = storage::exports::delete(&mut tx, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let told = (AuditTarget::Export(id), name.as_str(), String::new());
    audit::record(&mut tx, person(principal), scope, now, AuditAction::ExportDeleted, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
