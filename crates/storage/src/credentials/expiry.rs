//! When credentials expire.

use domain::{CredentialId, Timestamp, credentials::ExpirySource};

use crate::{Result, Scope, Tx, exec};

/// Notes when the secret of this version expires, if it is still the one that counts; answers how
/// many rows that changed. What the provider tells replaces what it told before, and what was typed if it is sooner.
pub async fn set_expiry(
    tx: &mut Tx,
    scope: Scope,
    (id, vault_version): (CredentialId, i64),
    at: Timestamp,
    source: ExpirySource,
) -> Result<u64> {
    if source == ExpirySource::Provider {
        told_by_provider(tx, scope, (id, vault_version), at).await?;
    }
    exec!(
        tx,
        "update credentials set expires_at = $3, expiry_source = $4
         where organization_id = $1 and id = $2 and vault_version = $5 and deleted_at is null
           and (expires_at is null or expires_at > $3
             or ($4 = 'typed' and expires_at <> $3) or (expiry_source = 'provider' and expires_at <> $3))",
        [scope, id, at, source.as_str(), vault_version]
    )
}

/// The version keeps it too, for the day on which it is brought back.
async fn told_by_provider(
    tx: &mut Tx,
    scope: Scope,
    (id, vault_version): (CredentialId, i64),
    at: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "update secret_operations set expires_at = $3
         where organization_id = $1 and credential_id = $2 and state = 'applied' and vault_version = $4",
        [scope, id, at, vault_version]
    )?;
    Ok(())
}
