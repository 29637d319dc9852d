//! Reading a secret to open a registry with it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use connectors::{
    repository::LoginKey,
    token_exchange::Owner,
    vault::{Sealed, VaultError},
};
use domain::{
    CredentialId, Scope, ServiceError, Timestamp,
    audit::{AuditAction, AuditActor},
    credentials::Material,
};
use storage::credentials::Committed;

use super::path;
use crate::{Engine, Error, audit};

/// A version's uses within this time are one line of the audit log: an update that goes to
/// 10,000 repositories must not write 10,000 lines.
const ONE_USE: Duration = Duration::from_mins(1);

/// A stored version, and whose it is.
#[derive(Debug, Clone)]
pub struct SecretForUse {
    /// What lies in Vault: what a registry takes, or what a token exchange starts from.
    pub material: Material,
    /// Whose login is made from it.
    pub owner: Owner,
    /// The version it is.
    pub vault_version: i64,
    /// The epoch it was committed in; results of an older one do not count.
    pub epoch: i64,
}

/// When each version was last written down as used.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<(CredentialId, i64), Timestamp>>);

impl Uses {
    /// Whether this use is to be written down.
    fn is_new(&self, credential: CredentialId, version: i64, now: Timestamp) -> bool {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.get(&(credential, version)).is_some_and(|at| now.since(*at) < ONE_USE) {
            return false;
        }
        uses.retain(|_, at| now.since(*at) < ONE_USE);
        uses.insert((credential, version), now);
        true
    }

    fn forget(&self, credential: CredentialId, version: i64) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uses.remove(&(credential, version));
    }
}

impl Engine {
    /// The committed version of a credential, read from Vault. Uses are noted and audited, at most
    /// once a minute for a version.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the credential is deleted, lost, or was never stored;
    /// otherwise when Vault or the database do not answer, which says nothing about the credential.
    pub async fn secret_for_use(
        &self,
        scope: Scope,
        credential: CredentialId,
    ) -> Result<SecretForUse, Error> {
        let (committed, secret) = read(self, scope, credential).await?;
        let now = self.clock.now();
        if self.uses.is_new(credential, committed.vault_version, now)
            && let Err(error) = note_use(self, scope, credential, &committed, now).await
        {
            self.uses.forget(credential, committed.vault_version);
            return Err(error);
        }
        Ok(secret)
    }

    /// The same for a caller that audits the read itself.
    ///
    /// # Errors
    /// As [`Self::secret_for_use`].
    pub(crate) async fn committed_secret(
        &self,
        scope: Scope,
        credential: CredentialId,
    ) -> Result<SecretForUse, Error> {
        Ok(read(self, scope, credential).await?.1)
    }
}

async fn read(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
) -> Result<(Committed, SecretForUse), Error> {
    let committed = storage::credentials::committed(&engine.db, scope, credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let version = u64::try_from(committed.vault_version).map_err(|_| VaultError::NotFound)?;
    // Vault's client compares organization and credential inside the secret with the path (I-08).
    let sealed = engine.vault.read(&path(scope, credential), version).await?;
    let secret = SecretForUse {
        material: opened(sealed)?,
        owner: owner(scope, credential, &committed, committed.vault_version),
        vault_version: committed.vault_version,
        epoch: committed.epoch,
    };
    Ok((committed, secret))
}

/// What a stored version is made of. One that does not fit its shape was not written by Hawser.
pub(super) fn opened(sealed: Sealed) -> Result<Material, VaultError> {
    Material::parse(sealed.shape, &sealed.username, sealed.password, &sealed.parameters)
        .map_err(|_| VaultError::Malformed)
}

pub(super) fn owner(
    scope: Scope,
    credential: CredentialId,
    committed: &Committed,
    vault_version: i64,
) -> Owner {
    let organization = scope.organization();
    Owner {
        key: Some(LoginKey { organization, credential, vault_version }),
        organization,
        organization_name: committed.organization_name.clone(),
        project_name: committed.project_name.clone(),
    }
}

async fn note_use(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    committed: &Committed,
    now: Timestamp,
) -> Result<(), Error> {
    let mut tx = engine.db.begin().await?;
    storage::credentials::mark_used(&mut tx, scope, credential, now).await?;
    let (actor, action) = (AuditActor::Hawser, AuditAction::SecretRead);
    let detail = format!("version {}", committed.vault_version);
    let told = (committed.name.as_str(), detail);
    audit::record(&mut tx, actor, scope, now, action, told).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_uses_within_a_minute_are_one() {
        let (uses, id) = (Uses::default(), CredentialId::new());
        let start = Timestamp::from_millis(1_000_000);
        assert!(uses.is_new(id, 1, start));
        assert!(!uses.is_new(id, 1, start.plus(Duration::from_secs(59))));
        assert!(uses.is_new(id, 2, start.plus(Duration::from_secs(59))));
        assert!(uses.is_new(id, 1, start.plus(Duration::from_mins(1))));
    }
}
