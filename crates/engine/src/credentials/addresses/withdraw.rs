//! Withdrawing an origin: the login goes there no more.

use domain::{
    Action, AllowedAddressId, CredentialId, Principal, ServiceError, Timestamp,
    audit::{AuditAction, AuditTarget},
    credentials::readable_origin,
    repositories::{LinkState, SyncTrigger},
};
use storage::{Scope, Tx, gitops::Touched, jobs};

use super::held;
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::{When, touch},
};

pub(in crate::credentials) async fn withdraw(
    engine: &Engine,
    principal: &Principal,
    credential: CredentialId,
    id: AllowedAddressId,
) -> Result<Vec<String>, Error> {
    let grant = allowed(engine, principal, Action::AllowOrigins, "withdraw an address").await?;
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let name = storage::credentials::change_addresses(&mut tx, scope, credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let withdrawn = storage::credentials::withdraw(&mut tx, scope, credential, id).await?;
    let Some(origin) = withdrawn else { return Ok(Vec::new()) };
    let suspended = suspend_links(&mut tx, principal, scope, (credential, &origin), now).await?;
    // Exports name what is allowed, and no more, whatever was agreed to before.
    storage::exports::withdraw_agreements(&mut tx, scope, credential).await?;
    touch(&mut tx, scope, Touched::Credential(credential), When::Settled, now).await?;
    let told = (AuditTarget::Credential(credential), name.as_str(), readable_origin(&origin));
    let action = AuditAction::AddressWithdrawn;
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    // What was exchanged for the origin or granted by its registry must not be used again.
    engine.exchanges.evict(credential);
    engine.registries.evict(credential);
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    crate::credentials::place::match_again(engine, scope).await;
    Ok(suspended)
}

/// Suspends the links that may not be used any more; answers the names of their repositories, which
/// sync once more to say so.
async fn suspend_links(
    tx: &mut Tx,
    principal: &Principal,
    scope: Scope,
    (credential, origin): (CredentialId, &str),
    now: Timestamp,
) -> Result<Vec<String>, Error> {
    let addresses = held(tx, scope, credential).await?;
    let mut suspended = Vec::new();
    for link in storage::repositories::links_at(tx, scope, credential, origin).await? {
        if link.state == LinkState::Suspended || addresses.permits(&link.origin, &link.route) {
            continue;
        }
        let id = link.repository;
        // Before the link changes, since the exports of the credential name its address.
        touch(tx, scope, Touched::Repository(id), When::Settled, now).await?;
        storage::repositories::suspend(tx, scope, id).await?;
        let reason = SyncTrigger::Changed.as_str();
        jobs::queue(tx, scope, jobs::Kind::Sync, id.uuid(), reason, now, now).await?;
        let told = (
            AuditTarget::Repository(id),
            link.name.as_str(),
            format!("{} was withdrawn", readable_origin(origin)),
        );
        audit::record(tx, person(principal), scope, now, AuditAction::LinkSuspended, told).await?;
        suspended.push(link.name);
    }
    Ok(suspended)
}
