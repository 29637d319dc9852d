//! Confirming an origin that was taken over from the links of before.

use domain::{
    Action, AllowedAddressId, CredentialId, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
    credentials::readable_origin,
};
use storage::Scope;

use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

pub(in crate::credentials) async fn confirm(
    engine: &Engine,
    principal: &Principal,
    credential: CredentialId,
    id: AllowedAddressId,
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::AllowOrigins, "confirm an address").await?;
    let scope = Scope::of(&grant);
    let existing = storage::credentials::existing(&engine.db, scope, credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let confirmed =
        storage::credentials::confirm(&mut tx, scope, credential, id, &principal.name, now).await?;
    // Somebody else confirmed or withdrew it; the page shows which.
    let Some(origin) = confirmed else { return Ok(()) };
    let told = (
        AuditTarget::Credential(credential),
        existing.draft.name.as_str(),
        readable_origin(&origin),
    );
    let action = AuditAction::AddressConfirmed;
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
