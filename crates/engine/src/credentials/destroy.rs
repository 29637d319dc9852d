//! Destroying what is never used again: the secret of a deleted credential, the version of an operation
//! that was given up. What the workers call.

use domain::{
    CredentialId, OperationId, ServiceError,
    audit::{AuditAction, AuditActor, AuditTarget, ReadPurpose},
    credentials::CredentialState,
};
use vault::VaultError;

use storage::{Scope, credentials::GivenUp};
use uuid::Uuid;

use super::{
    path,
    uses::{self, ReadKind, SecretRead, Use},
};
use crate::{Engine, Error, audit};

impl Engine {
    /// Destroys what a job names: the secret of a deleted credential, or the version that an
    /// operation left in Vault which was given up.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for anything else; when Vault or the database do not answer, so
    /// that the job is tried again.
    pub(crate) async fn destroy(&self, scope: Scope, target: Uuid) -> Result<(), Error> {
        let given_up = storage::credentials::given_up(&self.db, scope, target.into()).await?;
        match given_up {
            Some(given_up) => self.destroy_version(scope, target.into(), given_up).await,
            None => self.destroy_secret(scope, target.into()).await,
        }
    }

    async fn destroy_version(
        &self,
        scope: Scope,
        operation: OperationId,
        given_up: GivenUp,
    ) -> Result<(), Error> {
        let path = path(scope, given_up.credential);
        let version = match given_up.vault_version {
            Some(version) => Some(u64::try_from(version).map_err(|_| VaultError::Malformed)?),
            None => self.written_by(scope, &given_up, operation).await?,
        };
        if let Some(version) = version {
            self.vault.destroy_version(&path, version).await?;
        }
        Ok(())
    }

    /// The version that an operation wrote, if it reached Vault after all.
    async fn written_by(
        &self,
        scope: Scope,
        given_up: &GivenUp,
        operation: OperationId,
    ) -> Result<Option<u64>, Error> {
        let path = path(scope, given_up.credential);
        let used = Use::of_hawser(ReadPurpose::Destruction);
        for version in self.vault.versions(&path).await?.into_iter().rev() {
            let sealed = self.vault.read(&path, version).await;
            if !matches!(sealed, Err(VaultError::NotFound)) {
                let number = i64::try_from(version).unwrap_or(i64::MAX);
                let (credential, name) = (given_up.credential, given_up.name.as_str());
                let read = SecretRead {
                    credential,
                    name,
                    version: number,
                    remark: ", to see who wrote it",
                };
                uses::audit_read(self, scope, read, &used, ReadKind::Look).await?;
            }
            match sealed {
                Ok(sealed) if sealed.operation == operation => return Ok(Some(version)),
                // Another one's, written by hand, or gone since.
                Ok(_) | Err(VaultError::NotFound | VaultError::Binding | VaultError::Malformed) => {
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Removes the secret of a deleted credential from Vault with all its versions.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for a credential that is not deleted; when Vault or the database
    /// do not answer, so that the job is tried again.
    pub async fn destroy_secret(
        &self,
        scope: Scope,
        credential: CredentialId,
    ) -> Result<(), Error> {
        let deleted = storage::credentials::deleted(&self.db, scope, credential)
            .await?
            .ok_or(ServiceError::NotFound)?;
        if deleted.state == CredentialState::Destroyed {
            return Ok(());
        }
        self.vault.destroy_all(&path(scope, credential)).await?;
        let mut tx = self.db.begin_work(scope).await?;
        if storage::credentials::destroyed(&mut tx, scope, credential).await? > 0 {
            let (principal, action) = (AuditActor::Hawser, AuditAction::CredentialDestroyed);
            let now = self.clock.now();
            let told = (AuditTarget::Credential(credential), deleted.name.as_str(), String::new());
            audit::record(&mut tx, principal, scope, now, action, told).await?;
        }
        Ok(tx.commit().await?)
    }
}
