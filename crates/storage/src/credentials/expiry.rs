//! When credentials expire.

use domain::{CredentialId, Scope, Timestamp, credentials::ExpirySource};

use crate::{Result, Tx, on, sql};

/// Notes when the secret that counts expires; answers how many rows that changed. What the provider
/// tells replaces what it told before, and what was typed if it is sooner.
///
/// # Errors
/// When the database refuses.
pub async fn set_expiry(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    at: Timestamp,
    source: ExpirySource,
) -> Result<u64> {
    if source == ExpirySource::Provider {
        told_by_provider(tx, scope, id, at).await?;
    }
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update credentials set expires_at = $3, expiry_source = $4
             where organization_id = $1 and id = $2 and deleted_at is null
               and (expires_at is null or expires_at > $3
                 or ($4 = 'typed' and expires_at <> $3) or (expiry_source = 'provider' and expires_at <> $3))"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(at.millis())
        .bind(source.as_str())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// The version keeps it too, for the day on which it is brought back.
async fn told_by_provider(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    at: Timestamp,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update secret_operations set expires_at = $3
             where organization_id = $1 and credential_id = $2 and state = 'applied' and vault_version = (
               select c.vault_version from credentials c where c.organization_id = $1 and c.id = $2)"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(at.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}
