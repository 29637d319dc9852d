//! Token services at another host than their registry, and for which registry each is allowed.

use domain::{CredentialId, Scope, Timestamp, credentials::TokenService};

use crate::{Db, Result, Tx, on, sql};

/// The token services that people allowed for the registries of a credential, in order.
///
/// # Errors
/// When the database does not answer.
pub async fn token_services(db: &Db, scope: Scope, id: CredentialId) -> Result<Vec<TokenService>> {
    let rows: Vec<(String, String, String, i64)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select registry, service, allowed_by, allowed_at from allowed_token_services
             where organization_id = $1 and credential_id = $2 order by registry, service"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_all(pool)
        .await
    })?;
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
///
/// # Errors
/// When the database refuses.
pub async fn allow_token_service(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (registry, service): (&str, &str),
    by: &str,
    now: Timestamp,
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into allowed_token_services
               (organization_id, credential_id, registry, service, allowed_by, allowed_at)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (organization_id, credential_id, registry, service) do nothing"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(registry)
        .bind(service)
        .bind(by)
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Withdraws a token service; answers how many rows that removed.
///
/// # Errors
/// When the database refuses.
pub async fn withdraw_token_service(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    (registry, service): (&str, &str),
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "delete from allowed_token_services
             where organization_id = $1 and credential_id = $2 and registry = $3 and service = $4"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(registry)
        .bind(service)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}
