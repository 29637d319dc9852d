//! Allowing an origin for the login of a credential.

use domain::{
    Action, CredentialId, Field, Principal, ServiceError, Timestamp,
    access::parse_id,
    audit::{AuditAction, AuditTarget},
    credentials::{AllowAddress, Route, readable_origin},
    origins_of_registry,
    repositories::{LinkState, RepositoryUrl, SyncTrigger},
};
use storage::{Scope, Tx, gitops::Touched, jobs};

use super::held;
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::{When, touch},
};

/// An origin that is to be allowed, and how it is reached.
pub(crate) struct Allowing<'a> {
    pub(crate) credential: CredentialId,
    pub(crate) origin: &'a str,
    pub(crate) route: &'a Route,
}

pub(in crate::credentials) async fn allow(
    engine: &Engine,
    principal: &Principal,
    form: &AllowAddress,
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::AllowOrigins, "allow an address").await?;
    let scope = Scope::of(&grant);
    let credential = form.credential.parse().map_err(|_| ServiceError::NotFound)?;
    let (origin, route) = wanted(engine, scope, credential, form).await?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let allowing = Allowing { credential, origin: &origin, route: &route };
    allow_in(&mut tx, principal, scope, &allowing, now).await?;
    resume_links(&mut tx, principal, scope, &allowing, now).await?;
    // Exports name what is allowed.
    touch(&mut tx, scope, Touched::Credential(credential), When::Settled, now).await?;
    tx.commit().await?;
    engine.exchanges.evict(credential);
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    crate::credentials::place::match_again(engine, scope).await;
    Ok(())
}

/// The origin and route that the form means: those of a request, or those of a typed URL.
async fn wanted(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    form: &AllowAddress,
) -> Result<(String, Route), Error> {
    if form.request.is_empty() {
        return Ok((RepositoryUrl::parse(&form.url)?.origin(), Route::default()));
    }
    let id: domain::AddressRequestId = parse_id(Field::Url, &form.request)?;
    let request = storage::credentials::requested(&engine.db, scope, credential)
        .await?
        .into_iter()
        .find(|request| request.id == id)
        .ok_or(ServiceError::NotFound)?;
    Ok((request.origin, request.route))
}

/// Allows an origin in the transaction of the change that needs it.
///
/// # Errors
/// [`ServiceError::NotFound`] when the credential is deleted, or when the database refuses.
pub(crate) async fn allow_in(
    tx: &mut Tx,
    principal: &Principal,
    scope: Scope,
    allowing: &Allowing<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let &Allowing { credential, origin, route } = allowing;
    let name = storage::credentials::change_addresses(tx, scope, credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let place = (origin, route);
    if storage::credentials::allow(tx, scope, credential, place, &principal.name, now).await? > 0 {
        for name in origins_of_registry(origin) {
            storage::credentials::forget_requests(tx, scope, credential, &name, route).await?;
        }
        let told = (AuditTarget::Credential(credential), name.as_str(), place_words(origin, route));
        let action = AuditAction::AddressAllowed;
        audit::record(tx, person(principal), scope, now, action, told).await?;
    }
    Ok(())
}

/// Resumes the suspended links that may be used now; each repository syncs.
async fn resume_links(
    tx: &mut Tx,
    principal: &Principal,
    scope: Scope,
    allowing: &Allowing<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let &Allowing { credential, origin, .. } = allowing;
    let addresses = held(tx, scope, credential).await?;
    let links = storage::repositories::links_at(tx, scope, credential, origin).await?;
    let resumed = links.into_iter().filter(|link| {
        link.state == LinkState::Suspended && addresses.permits(&link.origin, &link.route)
    });
    for link in resumed {
        let id = link.repository;
        storage::repositories::link(tx, scope, id, credential, &link.origin, now).await?;
        touch(tx, scope, Touched::Repository(id), When::Settled, now).await?;
        let reason = SyncTrigger::Changed.as_str();
        jobs::queue(tx, scope, jobs::Kind::Sync, id.uuid(), reason, now, now).await?;
        let told = (
            AuditTarget::Repository(id),
            link.name.as_str(),
            format!("{} is allowed now", readable_origin(origin)),
        );
        audit::record(tx, person(principal), scope, now, AuditAction::LinkSet, told).await?;
    }
    Ok(())
}

/// An origin and what is not ordinary about the way there, for the audit log.
pub(super) fn place_words(origin: &str, route: &Route) -> String {
    let origin = readable_origin(origin);
    match route.words().as_str() {
        "" => origin.to_owned(),
        words => format!("{origin}, {words}"),
    }
}
