//! New credentials.

use domain::{CredentialId, OperationId, Provider, Timestamp};

use super::{
    Operation, PlacedRow,
    draft::{draft_columns, draft_values},
    values::{access_text, project_of, purposes_text},
};
use crate::{Db, Result, Scope, Tx, exec, search, value};

/// A credential whose first secret is about to be written.
#[derive(Debug)]
pub struct NewRow<'a> {
    /// Where it comes from.
    pub provider: Provider,
    /// The write of its first secret, with what does not depend on the place.
    pub operation: &'a Operation,
    /// Where it applies.
    pub placed: &'a PlacedRow,
    /// When it is made.
    pub now: Timestamp,
}

/// Inserts a credential in state `creating`.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), the project is not there
/// ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn insert(tx: &mut Tx, scope: Scope, row: &NewRow<'_>) -> Result<()> {
    let (operation, placed) = (row.operation, row.placed);
    exec!(
        tx,
        ["insert into credentials (organization_id, id, provider, project_id, purposes, pattern, pattern_kind, environment,
            expires_at, expiry_source, state, operation_id, created_at, created_by, updated_at, updated_by, access, "
            draft_columns!("") ")
          select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'creating', $11, $12, $13, $12, $13, $14, " draft_values!() "
          from " records(15) " as r"],
        [
            scope,
            operation.credential,
            row.provider.as_str(),
            project_of(placed.reach),
            purposes_text(&placed.purposes),
            &placed.pattern,
            placed.pattern_kind.as_str(),
            placed.environment.as_str(),
            placed.expires.map(|(at, _)| at),
            placed.expires.map(|(_, source)| source.as_str()),
            operation.id,
            row.now,
            &operation.actor,
            access_text(placed.access),
            operation.draft.record()?,
        ]
    )?;
    search::credential(tx, scope, operation.credential).await
}

/// Whether a credential other than `except` has this name.
pub async fn name_is_taken(
    db: &Db,
    scope: Scope,
    name_key: &str,
    except: CredentialId,
) -> Result<bool> {
    let found: Option<i64> = value!(
        db,
        "select row_version from credentials
         where organization_id = $1 and name_key = $2 and deleted_at is null and id <> $3",
        [scope, name_key, except]
    )?;
    Ok(found.is_some())
}

/// Takes back a credential whose first secret never came to be; its name is free again. Answers
/// how many rows that was.
pub async fn remove_unborn(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    operation: OperationId,
    now: Timestamp,
) -> Result<u64> {
    let removed = exec!(
        tx,
        "update credentials set state = 'deleting', deleted_at = $4, operation_id = null, epoch = epoch + 1
         where organization_id = $1 and id = $2 and operation_id = $3 and state = 'creating'",
        [scope, id, operation, now]
    )?;
    search::credential(tx, scope, id).await?;
    Ok(removed)
}
