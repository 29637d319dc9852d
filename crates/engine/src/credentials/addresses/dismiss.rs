//! Forgetting a request for an origin.

use domain::{
    Action, AddressRequestId, CredentialId, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
    credentials::readable_origin,
};
use storage::Scope;

use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

pub(in crate::credentials) async fn dismiss(
    engine: &Engine,
    principal: &Principal,
    credential: CredentialId,
    id: AddressRequestId,
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::AllowOrigins, "dismiss a request").await?;
    let scope = Scope::of(&grant);
    let existing = storage::credentials::existing(&engine.db, scope, credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let dismissed = storage::credentials::dismiss_request(&mut tx, scope, credential, id).await?;
    let Some(origin) = dismissed else { return Ok(()) };
    let told = (
        AuditTarget::Credential(credential),
        existing.draft.name.as_str(),
        readable_origin(&origin),
    );
    let action = AuditAction::AddressRequestDismissed;
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
