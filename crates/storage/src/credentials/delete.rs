//! Deleted credentials: tombstones whose secrets are being destroyed.

use domain::{CredentialId, Scope, Timestamp, credentials::CredentialState};

use super::state;
use crate::{Db, Result, Tx, on, sql};

/// Marks a credential as deleted; answers how many rows that was. From the commit on nobody can
/// begin to use it, and the epoch refuses the results of who has begun.
///
/// # Errors
/// When the database refuses.
pub async fn tombstone(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    actor: &str,
    now: Timestamp,
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update credentials set state = 'deleting', deleted_at = $3, updated_at = $3, updated_by = $4,
               epoch = epoch + 1, row_version = row_version + 1, operation_id = null
             where organization_id = $1 and id = $2 and deleted_at is null"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(now.millis())
        .bind(actor)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// A deleted credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// The name it had.
    pub name: String,
    /// `deleting`, or `destroyed` when its secret is gone.
    pub state: CredentialState,
}

/// A credential that was deleted; `None` when it lives, or never was.
///
/// # Errors
/// When the database does not answer.
pub async fn deleted(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<Deleted>> {
    let row: Option<(String, String)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select name, state from credentials
             where organization_id = $1 and id = $2 and deleted_at is not null"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_optional(pool)
        .await
    })?;
    row.map(|(name, text)| Ok(Deleted { name, state: state(&text)? })).transpose()
}

/// Notes that the secret of a deleted credential is gone from Vault; answers how many rows that
/// was: 0 when it was noted before.
///
/// # Errors
/// When the database refuses.
pub async fn destroyed(tx: &mut Tx, scope: Scope, id: CredentialId) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update credentials set state = 'destroyed', fingerprint = ''
             where organization_id = $1 and id = $2 and state = 'deleting'"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}
