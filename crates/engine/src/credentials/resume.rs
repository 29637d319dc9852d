//! Using a credential again where it was paused after refusals.

use domain::{
    Action, CredentialId, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
};
use storage::Scope;

use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

pub(super) async fn resume(
    engine: &Engine,
    principal: &Principal,
    id: CredentialId,
    origin: &str,
) -> Result<(), Error> {
    let grant =
        allowed(engine, principal, Action::ManageCredentials, "resume a credential").await?;
    let scope = Scope::of(&grant);
    let existing = storage::credentials::existing(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let mut tx = engine.db.begin_as(&grant).await?;
    if storage::circuit_breaker::resume(&mut tx, scope, id, origin).await? == 0 {
        return Ok(());
    }
    let detail = if origin.is_empty() { "everywhere" } else { origin }.to_owned();
    let action = AuditAction::CredentialResumed;
    let now = engine.clock.now();
    let told = (AuditTarget::Credential(id), existing.draft.name.as_str(), detail);
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(())
}
