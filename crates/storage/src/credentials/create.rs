//! New credentials.

use domain::{CredentialId, OperationId, Provider, Scope, Timestamp};

use crate::{Db, Result, Tx, on, sql};

/// A credential whose first secret is about to be written.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct NewRow<'a> {
    pub id: CredentialId,
    pub provider: Provider,
    pub name: &'a str,
    pub name_key: &'a str,
    pub username: &'a str,
    pub description: &'a str,
    pub operation: OperationId,
    pub actor: &'a str,
    pub now: Timestamp,
}

/// Inserts a credential in state `creating`.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn insert(tx: &mut Tx, scope: Scope, row: &NewRow<'_>) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into credentials (organization_id, id, provider, name, name_key, username, description,
               state, operation_id, created_at, created_by, updated_at, updated_by)
             values ($1, $2, $3, $4, $5, $6, $7, 'creating', $8, $9, $10, $9, $10)"
        ))
        .bind(scope.organization().uuid())
        .bind(row.id.uuid())
        .bind(row.provider.facts().code)
        .bind(row.name)
        .bind(row.name_key)
        .bind(row.username)
        .bind(row.description)
        .bind(row.operation.uuid())
        .bind(row.now.millis())
        .bind(row.actor)
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
