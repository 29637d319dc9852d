//! The login of a repository, read from Vault once for all that need the same version.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as Lock, PoisonError},
    time::Duration,
};

use connectors::{http::Login, vault::VaultError};
use domain::{Cause, CredentialId, OrganizationId, Scope, ServiceError};
use storage::propagation::Used;
use tokio::{sync::Mutex, time::Instant};

use crate::{Engine, Error, error::chain};

/// How long a login stays in memory.
const KEPT: Duration = Duration::from_mins(1);

/// A committed version of a credential. SQL is asked for it before every use, so a login of a
/// deleted or newer credential is never taken from memory (F19).
#[expect(clippy::struct_field_names, reason = "a version of Vault, as everywhere else")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Version {
    pub(crate) organization: OrganizationId,
    pub(crate) credential: CredentialId,
    pub(crate) vault_version: i64,
    pub(crate) epoch: i64,
}

impl Version {
    /// As SQL compares it.
    pub(super) const fn used(self) -> Used {
        (self.organization, self.credential, self.epoch)
    }
}

struct Held {
    login: Login,
    until: Instant,
}

type Slot = Arc<Mutex<Option<Held>>>;

/// The logins in memory, wiped when dropped. Whoever asks for one that is being read waits for it.
#[derive(Clone, Default)]
pub(crate) struct Logins(Arc<Lock<HashMap<Version, Slot>>>);

impl Logins {
    /// The login of this version.
    ///
    /// # Errors
    /// Why there is none, as the page shows it. A failure of Vault says nothing about the
    /// credential (F4, F5).
    pub(crate) async fn get(&self, engine: &Engine, version: Version) -> Result<Login, Cause> {
        let slot = self.slot(version);
        let mut held = slot.lock().await;
        if let Some(held) = held.as_ref().filter(|held| held.until > Instant::now()) {
            return Ok(held.login.clone());
        }
        let scope = Scope::of_worker(version.organization);
        let secret = engine
            .secret_for_use(scope, version.credential)
            .await
            .map_err(|error| cause_of(&error))?;
        let login = Login { username: secret.username.clone(), password: secret.password.clone() };
        // A newer version than SQL told a moment ago is right to use, but belongs to another key.
        if (secret.vault_version, secret.epoch) == (version.vault_version, version.epoch) {
            *held = Some(Held { login: login.clone(), until: Instant::now() + KEPT });
        }
        Ok(login)
    }

    /// Forgets a login that a registry refused.
    pub(crate) fn forget(&self, version: Version) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&version);
    }

    fn slot(&self, version: Version) -> Slot {
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

fn cause_of(error: &Error) -> Cause {
    match error {
        // Vault answered, and what SQL committed is gone or belongs to something else.
        Error::Vault(VaultError::NotFound | VaultError::Binding | VaultError::Malformed) => {
            tracing::error!(error = %chain(error), "the stored version of a secret is lost");
            Cause::SecretLost
        }
        Error::Refused(ServiceError::Unavailable { .. }) | Error::Vault(_) => {
            tracing::warn!(error = %chain(error), "a secret cannot be read for use");
            Cause::VaultUnavailable
        }
        Error::Refused(_) => Cause::NoCredential,
        _ => {
            tracing::error!(error = %chain(error), "a secret cannot be read for use");
            Cause::Internal
        }
    }
}
