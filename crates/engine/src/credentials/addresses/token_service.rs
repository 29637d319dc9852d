//! Token services at another host than their registry.

use domain::{
    Action, CredentialId, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
    credentials::readable_origin,
};
use storage::Scope;

use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

/// Allows the login of a credential at `service` for tokens of `registry`, both origins.
///
/// # Errors
/// When the person may not, the credential is deleted, or the database refuses.
pub(crate) async fn allow_token_service(
    engine: &Engine,
    principal: &Principal,
    credential: CredentialId,
    (registry, service): (&str, &str),
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::AllowOrigins, "allow a token service").await?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let scope = Scope::of(&grant);
    let name = storage::credentials::change_addresses(&mut tx, scope, credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let (pair, by) = ((registry, service), principal.name.as_str());
    let storage = storage::credentials::allow_token_service;
    if storage(&mut tx, scope, credential, pair, by, now).await? > 0 {
        let told = (AuditTarget::Credential(credential), name.as_str(), words(pair));
        let action = AuditAction::TokenServiceAllowed;
        audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    }
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}

pub(in crate::credentials) async fn withdraw_token_service(
    engine: &Engine,
    principal: &Principal,
    credential: CredentialId,
    (registry, service): (&str, &str),
) -> Result<(), Error> {
    let grant =
        allowed(engine, principal, Action::AllowOrigins, "withdraw a token service").await?;
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let name = storage::credentials::change_addresses(&mut tx, scope, credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let pair = (registry, service);
    let gone = storage::credentials::withdraw_token_service(&mut tx, scope, credential, pair);
    if gone.await? == 0 {
        return Ok(());
    }
    let told = (AuditTarget::Credential(credential), name.as_str(), words(pair));
    let action = AuditAction::TokenServiceWithdrawn;
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.exchanges.evict(credential);
    engine.registries.evict(credential);
    engine.changes.tell(scope.organization());
    Ok(())
}

fn words((registry, service): (&str, &str)) -> String {
    format!("{} for {}", readable_origin(service), readable_origin(registry))
}
