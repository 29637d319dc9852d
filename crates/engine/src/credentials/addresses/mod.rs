//! Allowed addresses: who says to which origins the login of a credential may go.
//!
//! The address is compared where the login is built ([`token_exchange::Exchanges::login`]);
//! here people change what it is compared with. Every change counts for all replicas at once, because
//! it begins a new epoch of the credential.

mod allow;
mod confirm;
mod dismiss;
mod token_service;
mod withdraw;

use domain::{CredentialId, ServiceError, credentials::AllowedAddresses};
use storage::{Scope, Tx};

use crate::{Engine, Error};

pub(super) use allow::allow;
pub(crate) use allow::{Allowing, allow_in};
pub(super) use confirm::confirm;
pub(super) use dismiss::dismiss;
pub(crate) use token_service::allow_token_service;
pub(super) use token_service::withdraw_token_service;
pub(super) use withdraw::withdraw;

/// What the login of a credential may go to.
///
/// # Errors
/// [`ServiceError::NotFound`] when there is no such credential, or the database does not answer.
pub(crate) async fn of(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
) -> Result<AllowedAddresses, Error> {
    storage::credentials::allowed_addresses(&engine.db, scope, credential)
        .await?
        .ok_or_else(|| ServiceError::NotFound.into())
}

/// The same in a transaction that holds the credential.
///
/// # Errors
/// As [`of`].
pub(crate) async fn held(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
) -> Result<AllowedAddresses, Error> {
    storage::credentials::allowed_addresses_held(tx, scope, credential)
        .await?
        .ok_or_else(|| ServiceError::NotFound.into())
}
