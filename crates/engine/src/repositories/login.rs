//! The login of a repository: what lies in Vault, read once for all that need the same version, and
//! what the provider makes of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as Lock, PoisonError},
    time::Duration,
};

use domain::{
    Cause, CredentialId, ServiceError, credentials::SecretMaterial, repositories::RepositoryUrl,
};
use egress::{EgressProfile, Failure, Login, LoginKey};
use storage::Scope;
use token_exchange::Owner;
use tokio::{sync::Mutex, time::Instant};
use vault::VaultError;

use crate::{
    Engine, Error,
    credentials::{ReadKind, SecretRead, Use, audit_read},
    error::{chain, vault_cause},
};

/// How long what lies in Vault stays in memory.
const KEPT: Duration = Duration::from_mins(1);

/// A committed version of a credential. SQL is asked for it before every use, so a login of a
/// deleted or newer credential is never taken from memory (F19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CommittedVersion {
    pub(crate) scope: Scope,
    pub(crate) credential: CredentialId,
    pub(crate) vault_version: i64,
    pub(crate) epoch: i64,
}

/// A credential at the epoch it was used in.
pub(super) type Used = (Scope, CredentialId, i64);

impl CommittedVersion {
    /// As SQL compares it.
    pub(super) const fn used(self) -> Used {
        (self.scope, self.credential, self.epoch)
    }

    /// As the caches of tokens are keyed.
    pub(crate) const fn key(self) -> LoginKey {
        LoginKey {
            organization: self.scope.organization(),
            credential: self.credential,
            vault_version: self.vault_version,
        }
    }
}

/// A login that is ready to be sent, and whose it is.
pub(crate) struct Ready {
    pub(crate) login: Login,
    pub(crate) stored: Arc<StoredLogin>,
}

/// What lies in Vault, and whose it is.
pub(crate) struct StoredLogin {
    name: String,
    pub(crate) material: SecretMaterial,
    pub(crate) owner: Owner,
}

/// Why there is no login.
pub(crate) enum Unready {
    /// What lies in Vault could not be read.
    Unread(Cause),
    /// The provider did not make one of it.
    NotExchanged(Failure),
}

impl Unready {
    /// As the page shows it.
    pub(crate) const fn cause(&self) -> Cause {
        match self {
            Self::Unread(cause) => *cause,
            Self::NotExchanged(failure) => failure.cause,
        }
    }
}

struct CachedSecret {
    stored: Arc<StoredLogin>,
    until: Instant,
}

type Slot = Arc<Mutex<Option<CachedSecret>>>;

/// The secrets in memory, wiped when dropped. Whoever asks for one that is being read waits for it.
#[derive(Clone, Default)]
pub(crate) struct Logins(Arc<Lock<HashMap<CommittedVersion, Slot>>>);

impl Logins {
    /// The login of this version for the registry at `url`, which is reached by `egress`.
    ///
    /// # Errors
    /// Why there is none, as the page shows it. A failure of Vault says nothing about the
    /// credential (F4, F5).
    pub(crate) async fn get(
        &self,
        engine: &Engine,
        version: CommittedVersion,
        (url, egress): (&RepositoryUrl, &EgressProfile),
        used: &Use,
    ) -> Result<Ready, Unready> {
        let used = used.at(&url.origin());
        let stored = self.stored(engine, version, &used).await.map_err(Unready::Unread)?;
        let login = engine
            .exchanges
            .login(&stored.material, &stored.owner, url, egress, engine.clock.now())
            .await
            .map_err(Unready::NotExchanged)?;
        Ok(Ready { login, stored })
    }

    async fn stored(
        &self,
        engine: &Engine,
        version: CommittedVersion,
        used: &Use,
    ) -> Result<Arc<StoredLogin>, Cause> {
        let slot = self.slot(version);
        let mut held = slot.lock().await;
        let scope = version.scope;
        if let Some(held) = held.as_ref().filter(|held| held.until > Instant::now()) {
            let read = SecretRead {
                credential: version.credential,
                name: &held.stored.name,
                version: version.vault_version,
                remark: "",
            };
            let noted = audit_read(engine, scope, read, used, ReadKind::Use).await;
            noted.map_err(|error| cause_of(&error))?;
            return Ok(Arc::clone(&held.stored));
        }
        let secret = engine
            .secret_for_use(scope, version.credential, used)
            .await
            .map_err(|error| cause_of(&error))?;
        let of_this_version =
            (secret.vault_version, secret.epoch) == (version.vault_version, version.epoch);
        let stored =
            StoredLogin { name: secret.name, material: secret.material, owner: secret.owner };
        let stored = Arc::new(stored);
        // A newer version than SQL told a moment ago is right to use, but belongs to another key.
        if of_this_version {
            *held =
                Some(CachedSecret { stored: Arc::clone(&stored), until: Instant::now() + KEPT });
        }
        Ok(stored)
    }

    /// Forgets a secret that a registry refused.
    pub(crate) fn evict(&self, version: CommittedVersion) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&version);
    }

    fn slot(&self, version: CommittedVersion) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !slots.contains_key(&version) {
            let now = Instant::now();
            slots.retain(|_, slot| {
                slot.try_lock()
                    .map_or(true, |held| held.as_ref().is_some_and(|held| held.until > now))
            });
        }
        Arc::clone(slots.entry(version).or_default())
    }
}

/// What the page shows when a secret cannot be read.
pub(crate) fn cause_of(error: &Error) -> Cause {
    match error {
        // Vault answered, and what SQL committed is gone or belongs to something else.
        Error::Vault(VaultError::NotFound | VaultError::Binding | VaultError::Malformed) => {
            tracing::error!(error = %chain(error), "stored version of a secret is missing in Vault");
            Cause::SecretLost
        }
        Error::Vault(vault) => {
            tracing::warn!(error = %chain(error), "failed to read a secret for use");
            vault_cause(*vault)
        }
        Error::Refused(ServiceError::Unavailable { .. }) => {
            tracing::warn!(error = %chain(error), "failed to read a secret for use");
            Cause::VaultUnavailable
        }
        Error::Refused(_) => Cause::NoCredential,
        _ => {
            tracing::error!(error = %chain(error), "failed to read a secret for use");
            Cause::Internal
        }
    }
}
