//! Credentials: one file per verb, and the protocol that keeps SQL and Vault of one mind.
//!
//! A secret is stored in three steps. *Prepare*: a transaction records the intent. *Write to Vault*: the
//! secret is written under check-and-set, with the operation's id inside. *Commit*: a transaction makes the
//! written version the one that counts. Readers ask Vault for the version that SQL committed and no other,
//! and nobody is told "saved" before the commit. An operation that was left between prepare and commit is
//! decided by [`Engine::recover_operations`].
//!
//! A candidate is prepared and written to Vault as well, and then waits there beside the committed version:
//! it is tested at every link, and its promotion is the commit.

pub(crate) mod addresses;
mod candidate;
mod choices;
mod commit;
mod content;
mod create;
mod delete;
mod describe;
mod destroy;
mod expiry;
mod get;
mod list;
mod newest;
mod place;
mod reconnect;
mod recover;
mod renew;
mod resume;
mod roll_back;
mod rotate;
mod secret_for_use;
mod stage;
mod store;
mod update;
mod uses;
mod write;

use async_trait::async_trait;
use domain::{
    AddressRequestId, AllowedAddressId, CredentialId, CredentialKind, Field, Principal, Secret,
    ServiceError,
    credentials::{
        AllowAddress, CreateCredential, CredentialChoice, CredentialDetail, CredentialPage,
        CredentialPart, CredentialQuery, CredentialState, CredentialSummary, DeleteCredential,
        DescribeCredential, PlaceCredential, Saved, UpdateCredential, VersionRef,
    },
    service::{Answer, Credentials},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use storage::{Scope, credentials::Existing};
use vault::SecretPath;

use crate::{
    Engine, Error,
    error::{answer, name_taken},
    gitops::Tokens,
    secret_hash,
};

pub(crate) use create::add;
pub(crate) use delete::delete;
pub(crate) use place::match_again;
pub(crate) use reconnect::reconnect;
pub(crate) use renew::{RenewalResult, Turn, give_up, store_renewed, take_turn};
pub use secret_for_use::SecretForUse;
pub use uses::Use;
pub(crate) use uses::{ReadKind, SecretRead, Uses, audit_read};

#[async_trait]
impl Credentials for Engine {
    async fn list(&self, principal: &Principal, query: CredentialQuery) -> Answer<CredentialPage> {
        list::list(self, principal, &query).await.map_err(answer)
    }

    async fn part(
        &self,
        principal: &Principal,
        id: CredentialId,
        part: CredentialPart,
    ) -> Answer<CredentialDetail> {
        get::get(self, principal, id, part).await.map_err(answer)
    }

    async fn choices(
        &self,
        principal: &Principal,
        url: &str,
        chosen: Option<CredentialId>,
        search: &str,
    ) -> Answer<Vec<CredentialChoice>> {
        choices::choices(self, principal, url, chosen, search).await.map_err(answer)
    }

    async fn of_kind(
        &self,
        principal: &Principal,
        kind: CredentialKind,
    ) -> Answer<Vec<CredentialChoice>> {
        choices::of_kind(self, principal, kind).await.map_err(answer)
    }

    async fn any_of_kind(&self, principal: &Principal, kind: CredentialKind) -> Answer<bool> {
        choices::any_of_kind(self, principal, kind).await.map_err(answer)
    }

    async fn create(&self, principal: &Principal, form: CreateCredential) -> Answer<Saved> {
        create::create(self, principal, form).await.map_err(answer)
    }

    async fn update(&self, principal: &Principal, form: UpdateCredential) -> Answer<Saved> {
        update::update(self, principal, form).await.map_err(answer)
    }

    async fn describe(&self, principal: &Principal, form: DescribeCredential) -> Answer<Saved> {
        describe::describe(self, principal, form).await.map_err(answer)
    }

    async fn place(&self, principal: &Principal, form: PlaceCredential) -> Answer<Saved> {
        place::place(self, principal, &form).await.map_err(answer)
    }

    async fn roll_back(&self, principal: &Principal, form: VersionRef) -> Answer<Saved> {
        roll_back::roll_back(self, principal, &form).await.map_err(answer)
    }

    async fn promote(&self, principal: &Principal, form: VersionRef) -> Answer<Saved> {
        candidate::promote(self, principal, &form).await.map_err(answer)
    }

    async fn test_again(&self, principal: &Principal, form: VersionRef) -> Answer<Saved> {
        candidate::test_again(self, principal, &form).await.map_err(answer)
    }

    async fn discard(&self, principal: &Principal, form: VersionRef) -> Answer<Saved> {
        candidate::discard(self, principal, &form).await.map_err(answer)
    }

    async fn resume(&self, principal: &Principal, id: CredentialId, origin: &str) -> Answer<()> {
        resume::resume(self, principal, id, origin).await.map_err(answer)
    }

    async fn allow_address(&self, principal: &Principal, form: AllowAddress) -> Answer<()> {
        addresses::allow(self, principal, &form).await.map_err(answer)
    }

    async fn confirm_address(
        &self,
        principal: &Principal,
        credential: CredentialId,
        id: AllowedAddressId,
    ) -> Answer<()> {
        addresses::confirm(self, principal, credential, id).await.map_err(answer)
    }

    async fn withdraw_address(
        &self,
        principal: &Principal,
        credential: CredentialId,
        id: AllowedAddressId,
    ) -> Answer<Vec<String>> {
        addresses::withdraw(self, principal, credential, id).await.map_err(answer)
    }

    async fn withdraw_token_service(
        &self,
        principal: &Principal,
        credential: CredentialId,
        registry: &str,
        service: &str,
    ) -> Answer<()> {
        let pair = (registry, service);
        addresses::withdraw_token_service(self, principal, credential, pair).await.map_err(answer)
    }

    async fn dismiss_address_request(
        &self,
        principal: &Principal,
        credential: CredentialId,
        id: AddressRequestId,
    ) -> Answer<()> {
        addresses::dismiss(self, principal, credential, id).await.map_err(answer)
    }

    async fn expiring(&self, principal: &Principal) -> Answer<Vec<CredentialSummary>> {
        list::expiring(self, principal).await.map_err(answer)
    }

    async fn delete(&self, principal: &Principal, form: DeleteCredential) -> Answer<()> {
        delete::delete(self, principal, &form, Tokens::Revoke).await.map_err(answer)
    }
}

/// Tells whether two secrets are the same without telling anything about them; never shown.
fn fingerprint(engine: &Engine, secret: &Secret) -> Result<String, Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(engine.fingerprint_key.as_slice())
        .map_err(|_| Error::Setting("fingerprint_key"))?;
    secret_hash::update(&mut mac, secret);
    let digest = mac.finalize().into_bytes();
    Ok(hex::encode(digest.get(..8).unwrap_or_default()))
}

pub(crate) const fn path(scope: Scope, credential: CredentialId) -> SecretPath {
    SecretPath { organization: scope.organization(), credential }
}

/// A row that the database does not take because of what was typed.
fn refused_row(error: storage::Error) -> Error {
    if error.is_dangling() {
        Field::Project.problem("Choose a project from the list.").into()
    } else {
        name_taken(error)
    }
}

/// Why a change found no row.
async fn overtaken(engine: &Engine, scope: Scope, id: CredentialId) -> Result<Error, Error> {
    Ok(match storage::credentials::existing(&engine.db, scope, id).await? {
        None => ServiceError::NotFound.into(),
        Some(existing) if is_under_way(&existing) => ServiceError::UnderWay.into(),
        Some(existing) => stale(existing.changed_by),
    })
}

/// Whether a secret is on its way to Vault.
const fn is_under_way(existing: &Existing) -> bool {
    matches!(existing.state, CredentialState::Creating | CredentialState::Updating)
}

fn stale(changed_by: String) -> Error {
    ServiceError::Stale { changed_by }.into()
}
