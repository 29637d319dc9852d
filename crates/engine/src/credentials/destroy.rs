//! Destroying the secret of a deleted credential; what the workers call.

use domain::{
    CredentialId, Scope, ServiceError,
    audit::{AuditAction, AuditActor},
    credentials::CredentialState,
};

use super::{audit, path};
use crate::{Engine, Error};

impl Engine {
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
        let mut tx = self.db.begin().await?;
        if storage::credentials::destroyed(&mut tx, scope, credential).await? > 0 {
            let (actor, action) = (AuditActor::Hawser, AuditAction::CredentialDestroyed);
            audit(self, &mut tx, scope, actor, action, &deleted.name, String::new()).await?;
        }
        Ok(tx.commit().await?)
    }
}
