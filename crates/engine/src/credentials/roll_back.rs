//! Bringing an earlier secret back.

use domain::{
    Action, CredentialId, Field, OperationId, Principal, ServiceError,
    access::parse_id,
    audit::ReadPurpose,
    credentials::{Saved, VersionRef},
};
use storage::{
    Scope,
    credentials::{CredentialDraft, Kind, Operation},
};
use vault::{SecretEnvelope, VaultError};

use super::{
    content::Content,
    path,
    secret_for_use::opened,
    store,
    update::{intend, is_settled, is_typed},
    uses::{self, ReadKind, SecretRead, Use},
};
use crate::{Engine, Error, audit::allowed};

/// Stores the secret of an earlier version as the newest one, through the same three steps as any
/// other, so that it is delivered to every link.
pub(super) async fn roll_back(
    engine: &Engine,
    principal: &Principal,
    form: &VersionRef,
) -> Result<Saved, Error> {
    let grant =
        allowed(engine, principal, Action::ManageCredentials, "roll back a credential").await?;
    let scope = Scope::of(&grant);
    let id: CredentialId = parse_id(Field::Credential, &form.credential)?;
    let row_version = form.row_version.parse().map_err(|_| ServiceError::NotFound)?;
    let number: i64 = form.vault_version.parse().map_err(|_| ServiceError::NotFound)?;
    let existing = storage::credentials::existing(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    is_settled(&existing, row_version)?;
    is_typed(&existing)?;
    if number == existing.vault_version {
        return Err(Field::Credential.problem("This version is the one that counts.").into());
    }
    // What SQL never committed is not brought back either (INV-2).
    let version =
        storage::credentials::version(&engine.db, scope, id, number).await?.ok_or_else(not_kept)?;
    let sealed = read_version(engine, scope, id, number).await?;
    let parameters = sealed.parameters.clone();
    let material = opened(sealed)?;
    let read = SecretRead {
        credential: id,
        name: &existing.draft.name,
        version: number,
        remark: ", to bring it back",
    };
    let used = Use::of(principal, grant, ReadPurpose::RollBack);
    uses::audit_read(engine, scope, read, &used, ReadKind::Look).await?;
    let content = Content::new(engine, existing.provider, &material, parameters)?;
    let (draft, secret) = content.of_existing(&existing);
    // Storing it again does not make it younger.
    let draft = CredentialDraft { expires_at: version.expires_at, ..draft };
    let operation = Operation {
        scope,
        id: OperationId::new(),
        credential: id,
        kind: Kind::Restore,
        prior_state: existing.state,
        draft,
        changed: format!("version {number} again"),
        actor: principal.name.clone(),
    };
    intend(engine, principal, grant, &operation, &existing).await?;
    store::to_the_end(engine, (principal, grant), operation, existing.vault_version, secret).await
}

async fn read_version(
    engine: &Engine,
    scope: Scope,
    id: CredentialId,
    number: i64,
) -> Result<SecretEnvelope, Error> {
    let version = u64::try_from(number).map_err(|_| ServiceError::NotFound)?;
    engine.vault.read(&path(scope, id), version).await.map_err(|error| match error {
        VaultError::NotFound => not_kept(),
        error => error.into(),
    })
}

fn not_kept() -> Error {
    Field::Credential.problem("Vault does not hold this version any more.").into()
}
