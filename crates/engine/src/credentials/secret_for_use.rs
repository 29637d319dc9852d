//! Reading a secret to open a registry with it.

use std::sync::Arc;

use domain::{
    CredentialId, ServiceError,
    credentials::{AllowedAddresses, Route, SecretMaterial},
};
use egress::LoginKey;
use storage::{Scope, credentials::Committed};
use token_exchange::{LoginReach, Owner};
use vault::{SecretEnvelope, VaultError};

use super::{
    addresses, path,
    uses::{self, ReadKind, SecretRead, Use},
};
use crate::{Engine, Error};

/// A stored version, and whose it is.
#[derive(Debug, Clone)]
pub struct SecretForUse {
    /// Whose it is.
    pub credential: CredentialId,
    /// Its name.
    pub name: String,
    /// What lies in Vault: what a registry takes, or what a token exchange starts from.
    pub material: SecretMaterial,
    /// Whose login is made from it.
    pub owner: Owner,
    /// The version it is.
    pub vault_version: i64,
    /// The epoch it was committed in; results of an older one do not count.
    pub epoch: i64,
}

impl SecretForUse {
    /// As the audit log names what was read.
    pub(crate) fn read(&self) -> SecretRead<'_> {
        let (credential, version) = (self.credential, self.vault_version);
        SecretRead { credential, name: &self.name, version, remark: "" }
    }

    /// The same with an address that a person with the right agreed to, and that is stored with what they
    /// save.
    pub(crate) fn also_at(mut self, origin: String, route: Route) -> Self {
        if let LoginReach::Allowed(allowed) = &self.owner.reach {
            let wider = AllowedAddresses::clone(allowed).and(origin, route);
            self.owner.reach = LoginReach::Allowed(Arc::new(wider));
        }
        self
    }
}

impl Engine {
    /// The committed version of a credential, read from Vault. That it is used, by whom, what for and
    /// at which host, is in the audit log before anybody has it; uses that are alike once a minute.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the credential is deleted, lost, or was never stored;
    /// otherwise when Vault or the database do not answer, which says nothing about the credential.
    pub async fn secret_for_use(
        &self,
        scope: Scope,
        credential: CredentialId,
        used: &Use,
    ) -> Result<SecretForUse, Error> {
        let secret = read(self, scope, credential).await?;
        uses::audit_read(self, scope, secret.read(), used, ReadKind::Use).await?;
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
        read(self, scope, credential).await
    }
}

async fn read(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
) -> Result<SecretForUse, Error> {
    let committed = storage::credentials::committed(&engine.db, scope, credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let version = u64::try_from(committed.vault_version).map_err(|_| VaultError::NotFound)?;
    // Vault's client compares organization and credential inside the secret with the path (INV-4).
    let sealed = engine.vault.read(&path(scope, credential), version).await?;
    let reach = reach(engine, scope, credential).await?;
    Ok(SecretForUse {
        credential,
        material: opened(sealed)?,
        owner: owner(scope, credential, &committed, committed.vault_version, reach),
        vault_version: committed.vault_version,
        epoch: committed.epoch,
        name: committed.name,
    })
}

/// What a stored version is made of. One that does not fit its auth method was not written by Hawser.
pub(super) fn opened(sealed: SecretEnvelope) -> Result<SecretMaterial, VaultError> {
    SecretMaterial::parse(sealed.shape, &sealed.username, sealed.password, &sealed.parameters)
        .map_err(|_| VaultError::Malformed)
}

pub(super) fn owner(
    scope: Scope,
    credential: CredentialId,
    committed: &Committed,
    vault_version: i64,
    reach: LoginReach,
) -> Owner {
    let organization = scope.organization();
    Owner {
        key: Some(LoginKey { organization, credential, vault_version }),
        organization,
        organization_name: committed.organization_name.clone(),
        project_name: committed.project_name.clone(),
        reach,
    }
}

/// Where the login of a stored credential may go. Read after its version, whose epoch every change of
/// the addresses ends, so that what is kept for a version is never wider than what counts for it.
pub(super) async fn reach(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
) -> Result<LoginReach, Error> {
    Ok(LoginReach::Allowed(Arc::new(addresses::of(engine, scope, credential).await?)))
}
