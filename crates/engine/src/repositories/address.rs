//! Whether a credential may be used at the address of a repository, and who has to agree first.

use domain::{
    Action, CredentialId, FormChoice, Grant, Principal, ServiceError, Timestamp,
    audit::{AuditAction, AuditTarget},
    credentials::{AllowedAddresses, Route, readable_origin},
    repositories::{RepositoryFields, RepositoryUrl},
};
use storage::{Scope, Tx};

use super::usable::gone;
use crate::{
    Engine, Error,
    audit::{self, person},
    credentials::addresses::{self, Allowing, allow_in},
};

/// Where a repository is: the origin of its URL and the route there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) origin: String,
    pub(super) route: Route,
    /// Host and port as people read them.
    authority: String,
}

impl Address {
    pub(super) fn of(url: &RepositoryUrl, fields: &RepositoryFields) -> Self {
        let route = Route { ca: fields.ca.clone(), proxy: fields.proxy.clone() };
        Self { origin: url.origin(), route, authority: url.authority().to_owned() }
    }
}

/// Whether the login of a credential may go to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Permission {
    /// It may.
    Given,
    /// It may as soon as this is saved: the person has the right and agreed.
    Agreed,
    /// It may not.
    Missing,
}

/// What the login of a chosen credential may go to; a credential that was deleted just now is a problem of
/// its field.
pub(super) async fn allowed_for(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
) -> Result<AllowedAddresses, Error> {
    storage::credentials::allowed_addresses(&engine.db, scope, credential)
        .await?
        .ok_or_else(|| gone().into())
}

/// What the form and the rights of a person make of an address.
pub(super) fn permission(
    principal: &Principal,
    allowed: &AllowedAddresses,
    address: &Address,
    agreed: &str,
) -> Permission {
    if allowed.permits(&address.origin, &address.route) {
        return Permission::Given;
    }
    // Another way to an origin that is allowed is what the person has just typed.
    let knows = agreed == address.authority || allowed.permits(&address.origin, &Route::default());
    if knows && principal.role.includes(Action::AllowOrigins) {
        Permission::Agreed
    } else {
        Permission::Missing
    }
}

/// Allows the address in the transaction that links the credential, or refuses the link: what was seen
/// before the transaction may have been withdrawn since.
pub(super) async fn settle(
    tx: &mut Tx,
    principal: &Principal,
    scope: Scope,
    credential: CredentialId,
    address: &Address,
    permission: &Permission,
    now: Timestamp,
) -> Result<(), Error> {
    let Address { origin, route, .. } = address;
    if *permission == Permission::Agreed {
        let allowing = Allowing { credential, origin, route };
        return allow_in(tx, principal, scope, &allowing, now).await;
    }
    if addresses::held(tx, scope, credential).await?.permits(origin, route) {
        Ok(())
    } else {
        let message = format!("{} was withdrawn just now.", readable_origin(origin));
        Err(ServiceError::Choose { message, ways: Vec::new() }.into())
    }
}

/// What is asked of a person who links a credential at an address where it may not go: those with the
/// right may agree, the others ask them, and the request is kept for those.
pub(super) async fn refusal(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    (credential, name): (CredentialId, &str),
    address: &Address,
    done: Done,
) -> Result<Error, Error> {
    let origin = readable_origin(&address.origin);
    let way = match address.route.words().as_str() {
        "" => String::new(),
        words => format!(" {words}"),
    };
    let message = format!("{origin}{way} is not yet an allowed address of {name}.");
    if principal.role.includes(Action::AllowOrigins) {
        let label = format!("{} and allow {}", done.verb(), address.authority);
        let ways =
            vec![FormChoice { label, name: "allow".to_owned(), value: address.authority.clone() }];
        return Ok(ServiceError::Choose { message, ways }.into());
    }
    request(engine, principal, grant, (credential, name), address).await?;
    let people =
        storage::credentials::who_may_allow(&engine.db, Scope::of(&grant)).await?.join(", ");
    let message = format!("{message} Ask somebody who manages credentials: {people}.");
    let label = format!("{} without a login", done.verb());
    let without = FormChoice { label, name: "without".to_owned(), value: "login".to_owned() };
    Ok(ServiceError::Choose { message, ways: vec![without] }.into())
}

/// What the form does with the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Add,
    Save,
}

impl Done {
    const fn verb(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::Save => "Save",
        }
    }
}

/// Keeps what a person asked for, for those who may allow it.
pub(super) async fn request(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    (credential, name): (CredentialId, &str),
    address: &Address,
) -> Result<(), Error> {
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let place = (address.origin.as_str(), &address.route);
    storage::credentials::request(&mut tx, scope, credential, place, &principal.name, now).await?;
    let told = (AuditTarget::Credential(credential), name, readable_origin(&address.origin));
    let action = AuditAction::AddressRequested;
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
