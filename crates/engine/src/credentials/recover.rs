//! Deciding operations that were left between prepare and commit: by a crash, or by a Vault that did not
//! answer.

use domain::{audit::AuditActor, credentials::CredentialState};
use storage::credentials::Operation;
use vault::{SecretPath, VaultError};

use super::{commit::abort, newest::newest, path, store::settled};
use crate::{Engine, Error, error::chain};

impl Engine {
    /// Rolls every overdue operation forward when Vault holds its secret (a candidate to its test),
    /// and gives it up when it does not; answers how many were decided. While Vault does not answer, or holds less than SQL
    /// committed, they are left alone. One that cannot be decided keeps no other from it.
    ///
    /// # Errors
    /// The last failure of the database, after all of them were tried.
    pub async fn recover_operations(&self) -> Result<u32, Error> {
        let (mut decided, mut failed) = (0, None);
        for operation in storage::credentials::overdue(&self.db, self.clock.now()).await? {
            match decide(self, &operation).await {
                Ok(()) => decided += 1,
                Err(Error::Vault(error)) => {
                    tracing::warn!(
                        operation = %operation.id,
                        credential = %operation.credential,
                        error = %chain(&error),
                        "failed to recover an operation; will retry"
                    );
                }
                Err(error) => {
                    tracing::error!(
                        operation = %operation.id,
                        credential = %operation.credential,
                        error = %chain(&error),
                        "failed to recover an operation"
                    );
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(decided), Err)
    }
}

async fn decide(engine: &Engine, operation: &Operation) -> Result<(), Error> {
    let path = path(operation.scope, operation.credential);
    let newest = newest(engine, operation, &AuditActor::Hawser.into()).await?;
    if newest.is_none() && is_expected(engine, operation).await? {
        return Err(VaultError::NotFound.into());
    }
    match newest.filter(|newest| newest.operation == Some(operation.id)) {
        Some(newest) => {
            let settled = settled(engine, operation, newest.version, AuditActor::Hawser).await?;
            if settled.is_none() {
                overtaken(engine, operation, &path).await?;
            }
            Ok(())
        }
        None => {
            abort(engine, operation, AuditActor::Hawser, "the secret did not reach Vault").await
        }
    }
}

/// Whether Vault must hold something: SQL committed a version of a credential that lives. A Vault
/// that holds nothing then is the wrong one or an empty one, and decides nothing (F5).
async fn is_expected(engine: &Engine, operation: &Operation) -> Result<bool, Error> {
    let scope = operation.scope;
    let existing = storage::credentials::existing(&engine.db, scope, operation.credential).await?;
    Ok(operation.prior_state != CredentialState::Lost
        && existing.is_some_and(|existing| existing.vault_version > 0))
}

/// Another replica decided it, or the credential was deleted meanwhile; then its secret goes too,
/// even when it arrived after the others had been destroyed (F9).
async fn overtaken(engine: &Engine, operation: &Operation, path: &SecretPath) -> Result<(), Error> {
    let scope = operation.scope;
    if storage::credentials::deleted(&engine.db, scope, operation.credential).await?.is_some() {
        engine.vault.destroy_all(path).await?;
    }
    abort(engine, operation, AuditActor::Hawser, "deleted meanwhile").await
}
