//! What is noted of a connected account.

use domain::{Cause, CredentialId, Scope, Timestamp, UserId, gitops::ConnectionWay};

use crate::{Result, Tx, on, sql};

/// An account that was just connected.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct New {
    pub way: ConnectionWay,
    pub host: String,
    /// The number of the account; of an installation its own.
    pub account_id: i64,
    pub account: String,
    pub scopes: Vec<String>,
    pub user: UserId,
    pub now: Timestamp,
}

/// Notes whose account the credential is.
///
/// # Errors
/// When the account is connected already ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn insert(tx: &mut Tx, scope: Scope, id: CredentialId, new: &New) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into git_connections (organization_id, credential_id, way, host, account_id, account, scopes,
               user_id, connected_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(new.way.as_str())
        .bind(new.host.as_str())
        .bind(new.account_id)
        .bind(new.account.as_str())
        .bind(new.scopes.join(" "))
        .bind(new.user.uuid())
        .bind(new.now.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Notes that the same person connected the account again; answers how many rows that was.
///
/// # Errors
/// When the database refuses.
pub async fn update(tx: &mut Tx, scope: Scope, id: CredentialId, new: &New) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update git_connections set way = $3, account = $4, scopes = $5, connected_at = $6, broken = null, broken_at = null
             where organization_id = $1 and credential_id = $2 and user_id = $7 and account_id = $8"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(new.way.as_str())
        .bind(new.account.as_str())
        .bind(new.scopes.join(" "))
        .bind(new.now.millis())
        .bind(new.user.uuid())
        .bind(new.account_id)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Notes why GitHub does not take an account any more, or that it does again; answers how many rows
/// changed.
///
/// # Errors
/// When the database refuses.
pub async fn mark(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    broken: Option<Cause>,
    now: Timestamp,
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update git_connections set broken = $3, broken_at = case when coalesce($3, '') <> '' then cast($4 as bigint) end
             where organization_id = $1 and credential_id = $2 and coalesce(broken, '') <> coalesce($3, '')"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(broken.map(Cause::code))
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Forgets whose account a credential was; answers its host and name, `None` when it was none.
///
/// # Errors
/// When the database refuses.
pub async fn remove(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
) -> Result<Option<(String, String)>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "delete from git_connections where organization_id = $1 and credential_id = $2 returning host, account"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_optional(&mut **tx)
        .await
    })?)
}
