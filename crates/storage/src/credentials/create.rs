//! New credentials.

use domain::{CredentialId, OperationId, Provider, Scope, Timestamp};

use super::{
    Operation, PlacedRow,
    values::{access_text, parameters_text, project_of, purposes_text},
};
use crate::{Db, Result, Tx, on, sql};

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
    let parameters = parameters_text(&row.operation.parameters)?;
    let (operation, placed) = (row.operation, row.placed);
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into credentials (organization_id, id, provider, shape, parameters, name, name_key, username,
               description, project_id, purposes, pattern, pattern_kind, environment, expires_at, expiry_source,
               state, operation_id, created_at, created_by, updated_at, updated_by, access)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'creating', $17, $18, $19,
               $18, $19, $20)"
        ))
        .bind(scope.organization().uuid())
        .bind(operation.credential.uuid())
        .bind(row.provider.facts().code)
        .bind(operation.shape.facts().code)
        .bind(parameters.as_str())
        .bind(operation.name.as_str())
        .bind(operation.name_key.as_str())
        .bind(operation.username.as_str())
        .bind(operation.description.as_str())
        .bind(project_of(placed.reach))
        .bind(purposes_text(&placed.purposes))
        .bind(placed.pattern.as_str())
        .bind(placed.pattern_kind.as_str())
        .bind(placed.environment.as_str())
        .bind(placed.expires.map(|(at, _)| at.millis()))
        .bind(placed.expires.map(|(_, source)| source.as_str()))
        .bind(operation.id.uuid())
        .bind(row.now.millis())
        .bind(operation.actor.as_str())
        .bind(access_text(placed.access))
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}
/// Whether a credential other than `except` has this name.
///
/// # Errors
/// When the database does not answer.
pub async fn name_is_taken(
    db: &Db,
    scope: Scope,
    name_key: &str,
    except: CredentialId,
) -> Result<bool> {
    let found: Option<i64> = on!(db.read(), pool => {
        sqlx::query_scalar(sql!(
            "select row_version from credentials
             where organization_id = $1 and name_key = $2 and deleted_at is null and id <> $3"
        ))
        .bind(scope.organization().uuid())
        .bind(name_key)
        .bind(except.uuid())
        .fetch_optional(pool)
        .await
    })?;
    Ok(found.is_some())
}

/// Takes back a credential whose first secret never came to be; its name is free again. Answers
/// how many rows that was.
///
/// # Errors
/// When the database refuses.
pub async fn remove_unborn(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    operation: OperationId,
    now: Timestamp,
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update credentials set state = 'deleting', deleted_at = $4, operation_id = null, epoch = epoch + 1
             where organization_id = $1 and id = $2 and operation_id = $3 and state = 'creating'"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(operation.uuid())
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}
