//! Changes of credentials.

use domain::{
    CredentialId, OperationId, Timestamp,
    credentials::{CredentialState, ExpirySource},
};

use super::{
    CredentialDraft, Operation,
    draft::{draft_changes, remarks_changes},
};
use crate::{Result, Scope, Tx, exec, search};

/// Changes name and remarks to those of `draft`, if nobody changed the row since `row_version` and no
/// secret is being written; answers how many rows that was.
///
/// # Errors
/// When the name is taken, or the database refuses.
pub async fn describe(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    row_version: i64,
    draft: &CredentialDraft,
    (by, now): (&str, Timestamp),
) -> Result<u64> {
    let changed = exec!(
        tx,
        ["update credentials set " remarks_changes!() ", updated_by = $4, updated_at = $5,
            row_version = row_version + 1
          from " records(6) " as r
          where organization_id = $1 and id = $2 and row_version = $3 and deleted_at is null
            and operation_id is null"],
        [scope, id, row_version, by, now, draft.record()?]
    )?;
    search::credential(tx, scope, id).await?;
    Ok(changed)
}

/// Takes a credential for the write of a new secret (prepare), if nobody changed the row since
/// `row_version` and no other write is open; answers how many rows that was.
pub async fn take(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    row_version: i64,
    operation: OperationId,
) -> Result<u64> {
    exec!(
        tx,
        "update credentials set state = 'updating', operation_id = $4
         where organization_id = $1 and id = $2 and row_version = $3 and deleted_at is null
           and operation_id is null and state in ('active', 'lost')",
        [scope, id, row_version, operation]
    )
}

/// Holds a credential that `operation` has taken until the end of the transaction, so that nobody makes
/// its secret count or gives it up: the statement changes nothing but takes the lock of the row. Answers
/// how many rows that was: 0 when somebody did already.
pub async fn lock_operation(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    operation: OperationId,
) -> Result<u64> {
    exec!(
        tx,
        "update credentials set epoch = epoch where organization_id = $1 and id = $2 and operation_id = $3",
        [scope, id, operation]
    )
}

/// Gives a credential back as it was before `take`; answers how many rows that was.
pub async fn give_back(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    operation: OperationId,
    prior_state: CredentialState,
) -> Result<u64> {
    exec!(
        tx,
        "update credentials set state = $4, operation_id = null
         where organization_id = $1 and id = $2 and operation_id = $3 and state in ('updating', 'rotating')",
        [scope, id, operation, prior_state.as_str()]
    )
}

/// Makes the version that `operation` wrote to Vault the one that counts (commit), if the credential
/// still waits for it; answers how many rows that was.
///
/// What was known of the expiry of another secret says nothing of this one. For the same secret, and
/// for a new credential, what is sooner counts: what was typed, or what the secret tells.
///
/// # Errors
/// When the name was taken meanwhile, or the database refuses.
pub async fn commit(
    tx: &mut Tx,
    scope: Scope,
    operation: &Operation,
    vault_version: i64,
    now: Timestamp,
) -> Result<u64> {
    let draft = &operation.draft;
    let source = draft.expires_at.map(|_| ExpirySource::Provider.as_str());
    let changed = exec!(
        tx,
        ["update credentials set vault_version = $4, updated_by = $6, updated_at = $7, " draft_changes!() ",
            secret_at = case when state = 'creating' or fingerprint <> $5 then $7 else secret_at end,
            expires_at = case when state <> 'creating' and fingerprint <> $5 then $8
              when expires_at is null or expires_at > $8 then $8 else expires_at end,
            expiry_source = case when state <> 'creating' and fingerprint <> $5 then $9
              when expires_at is null or expires_at > $8 then $9 else expiry_source end,
            fingerprint = $5, epoch = epoch + 1, operation_id = null,
            row_version = row_version + case state when 'creating' then 0 else 1 end, state = 'active'
          from " records(10) " as r
          where organization_id = $1 and id = $2 and operation_id = $3 and deleted_at is null
            and state in ('creating', 'updating', 'rotating')"],
        [
            scope,
            operation.credential,
            operation.id,
            vault_version,
            &draft.fingerprint,
            &operation.actor,
            now,
            draft.expires_at,
            source,
            draft.record()?,
        ]
    )?;
    search::credential(tx, scope, operation.credential).await?;
    Ok(changed)
}
