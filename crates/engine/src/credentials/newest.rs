//! Who wrote the newest version in Vault. That tells only the secret itself, so it is read for it.

use domain::audit::ReadPurpose;
use storage::credentials::Operation;
use vault::Newest;

use super::{
    path,
    uses::{self, ReadKind, SecretRead, Use},
};
use crate::{Engine, Error, audit::By};

/// The newest version of the credential that an operation is about; the look is in the audit log.
///
/// # Errors
/// When Vault or the database do not answer.
pub(super) async fn newest(
    engine: &Engine,
    operation: &Operation,
    by: &By,
) -> Result<Option<Newest>, Error> {
    let scope = operation.scope;
    let newest = engine.vault.newest(&path(scope, operation.credential)).await?;
    if let Some(newest) = newest.filter(|newest| !newest.destroyed) {
        let read = SecretRead {
            credential: operation.credential,
            name: &operation.draft.name,
            version: i64::try_from(newest.version).unwrap_or(i64::MAX),
            remark: ", to see who wrote it",
        };
        let used = Use::by(by.clone(), ReadPurpose::WriteCheck);
        uses::audit_read(engine, scope, read, &used, ReadKind::Look).await?;
    }
    Ok(newest)
}
