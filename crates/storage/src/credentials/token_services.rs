//! Token services at another host than their registry, and for which registry each is allowed.

use domain::{CredentialId, Timestamp, credentials::TokenService};

use crate::{Db, Result, Scope, Tx, exec, rows};

/// The token services that people allowed for the registries of a credential, in order.
pub async fn token_services(db: &Db, scope: Scope, id: CredentialId) -> Result<Vec<TokenService>> {
    let rows: Vec<(String, String, String, i64)> = rows!(
        db,
        "select registry, service, allowed_by, allowed_at from allowed_token_services
         where organization_id = $1 and credential_id = $2 order by registry, service",
        [scope, id]
    )?;
    Ok(rows
        .into_iter()
        .map(|(registry, service, by, at)| TokenService {
            registry,
            service,
            by,
            at: Timestamp::from_millis(at),
        })
        .collect())
}

/// Allows a token service for a registry, in a transaction that holds the credential; answers how many
/// rows that made.
pub async fn allow_token_service(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (registry, service): (&str, &str),
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "insert into allowed_token_services
           (organization_id, credential_id, registry, service, allowed_by, allowed_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (organization_id, credential_id, registry, service) do nothing",
        [scope, credential, registry, service, by, now]
    )
}

/// Withdraws a token service; answers how many rows that removed.
pub async fn withdraw_token_service(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (registry, service): (&str, &str),
) -> Result<u64> {
    exec!(
        tx,
        "delete from allowed_token_services
         where organization_id = $1 and credential_id = $2 and registry = $3 and service = $4",
        [scope, credential, registry, service]
    )
}
