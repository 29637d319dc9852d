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
use connectors::vault::SecretPath;
use domain::{
    Actor, AddressRequestId, AllowedAddressId, CredentialId, CredentialKind, Field, Secret,
    ServiceError,
    credentials::{
        AllowAddress, CreateCredential, CredentialChoice, CredentialDetail, CredentialPage,
        CredentialQuery, CredentialState, CredentialSummary, DeleteCredential, PlaceCredential,
        Saved, UpdateCredential, VersionRef,
    },
    service::{Answer, Credentials},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use storage::{Scope, credentials::Existing};

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
    async fn list(&self, actor: &Actor, query: CredentialQuery) -> Answer<CredentialPage> {
        list::list(self, actor, &query).await.map_err(answer)
    }

    async fn get(&self, actor: &Actor, id: CredentialId) -> Answer<CredentialDetail> {
        get::get(self, actor, id).await.map_err(answer)
    }

    async fn choices(&self, actor: &Actor, url: &str) -> Answer<Vec<CredentialChoice>> {
        choices::choices(self, actor, url).await.map_err(answer)
    }

    async fn of_kind(&self, actor: &Actor, kind: CredentialKind) -> Answer<Vec<CredentialChoice>> {
        choices::of_kind(self, actor, kind).await.map_err(answer)
    }

    async fn create(&self, actor: &Actor, form: CreateCredential) -> Answer<Saved> {
        create::create(self, actor, form).await.map_err(answer)
    }

    async fn update(&self, actor: &Actor, form: UpdateCredential) -> Answer<Saved> {
        update::update(self, actor, form).await.map_err(answer)
    }

    async fn place(&self, actor: &Actor, form: PlaceCredential) -> Answer<Saved> {
        place::place(self, actor, &form).await.map_err(answer)
    }

    async fn roll_back(&self, actor: &Actor, form: VersionRef) -> Answer<Saved> {
        roll_back::roll_back(self, actor, &form).await.map_err(answer)
    }

    async fn promote(&self, actor: &Actor, form: VersionRef) -> Answer<Saved> {
        candidate::promote(self, actor, &form).await.map_err(answer)
    }

    async fn test_again(&self, actor: &Actor, form: VersionRef) -> Answer<Saved> {
        candidate::test_again(self, actor, &form).await.map_err(answer)
    }

    async fn discard(&self, actor: &Actor, form: VersionRef) -> Answer<Saved> {
        candidate::discard(self, actor, &form).await.map_err(answer)
    }

    async fn resume(&self, actor: &Actor, id: CredentialId, origin: &str) -> Answer<()> {
        resume::resume(self, actor, id, origin).await.map_err(answer)
    }

    async fn allow_address(&self, actor: &Actor, form: AllowAddress) -> Answer<()> {
        addresses::allow(self, actor, &form).await.map_err(answer)
    }

    async fn confirm_address(
        &self,
        actor: &Actor,
        credential: CredentialId,
        id: AllowedAddressId,
    ) -> Answer<()> {
        addresses::confirm(self, actor, credential, id).await.map_err(answer)
    }

    async fn withdraw_address(
        &self,
        actor: &Actor,
        credential: CredentialId,
        id: AllowedAddressId,
    ) -> Answer<Vec<String>> {
        addresses::withdraw(self, actor, credential, id).await.map_err(answer)
    }

    async fn withdraw_token_service(
        &self,
        actor: &Actor,
        credential: CredentialId,
        registry: &str,
        service: &str,
    ) -> Answer<()> {
        let pair = (registry, service);
        addresses::withdraw_token_service(self, actor, credential, pair).await.map_err(answer)
    }

    async fn dismiss_address_request(
        &self,
        actor: &Actor,
        credential: CredentialId,
        id: AddressRequestId,
    ) -> Answer<()> {
        addresses::dismiss(self, actor, credential, id).await.map_err(answer)
    }

    async fn expiring(&self, actor: &Actor) -> Answer<Vec<CredentialSummary>> {
        list::expiring(self, actor).await.map_err(answer)
    }

    async fn delete(&self, actor: &Actor, form: DeleteCredential) -> Answer<()> {
        delete::delete(self, actor, &form, Tokens::Revoke).await.map_err(answer)
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
