//! Deciding operations that were left between T1 and T2: by a crash, or by a Vault that did not
//! answer.

use connectors::vault::SecretPath;
use domain::{Scope, audit::AuditActor};
use storage::credentials::Operation;

use super::{
    commit::{abort, commit},
    path,
};
use crate::{Engine, Error, error::chain};

impl Engine {
    /// Rolls every overdue operation forward when Vault holds its secret, and gives it up when it
    /// does not; answers how many were decided. While Vault does not answer they are left alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recover_operations(&self) -> Result<u32, Error> {
        let mut decided = 0;
        for operation in storage::credentials::overdue(&self.db, self.clock.now()).await? {
            match decide(self, &operation).await {
                Ok(()) => decided += 1,
                Err(Error::Vault(error)) => {
                    tracing::warn!(error = %chain(&error), "an operation cannot be decided yet");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(decided)
    }
}

async fn decide(engine: &Engine, operation: &Operation) -> Result<(), Error> {
    let path = path(Scope::of_worker(operation.organization), operation.credential);
    let newest = engine.vault.newest(&path).await?;
    match newest.filter(|newest| newest.operation == Some(operation.id)) {
        Some(newest) => {
            let committed = commit(engine, operation, newest.version, AuditActor::Hawser).await?;
            if committed.is_none() {
                overtaken(engine, operation, &path).await?;
            }
            Ok(())
        }
        None => {
            abort(engine, operation, AuditActor::Hawser, "the secret did not reach Vault").await
        }
    }
}

/// Another replica decided it, or the credential was deleted meanwhile; then its secret goes too,
/// even when it arrived after the others had been destroyed (F9).
async fn overtaken(engine: &Engine, operation: &Operation, path: &SecretPath) -> Result<(), Error> {
    let scope = Scope::of_worker(operation.organization);
    if storage::credentials::deleted(&engine.db, scope, operation.credential).await?.is_some() {
        engine.vault.destroy_all(path).await?;
    }
    abort(engine, operation, AuditActor::Hawser, "deleted meanwhile").await
}
