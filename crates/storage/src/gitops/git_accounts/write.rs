//! What is noted of a connected account.

use domain::{Cause, CredentialId, Timestamp, UserId, gitops::GitAccountMethod};

use crate::{Result, Scope, Tx, exec, row};

/// An account that was just connected.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct NewGitAccount {
    pub way: GitAccountMethod,
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
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    new: &NewGitAccount,
) -> Result<()> {
    exec!(
        tx,
        "insert into git_connections (organization_id, credential_id, way, host, account_id, account, scopes,
           user_id, connected_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [
            scope,
            id,
            new.way.as_str(),
            new.host.as_str(),
            new.account_id,
            new.account.as_str(),
            new.scopes.join(" "),
            new.user,
            new.now,
        ]
    )?;
    Ok(())
}

/// Notes how the same person connected the account again; answers how many rows that was. That it
/// works is noted where its new tokens begin to count.
pub async fn update(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    new: &NewGitAccount,
) -> Result<u64> {
    exec!(
        tx,
        "update git_connections set way = $3, account = $4, scopes = $5, connected_at = $6
         where organization_id = $1 and credential_id = $2 and user_id = $7 and account_id = $8",
        [
            scope,
            id,
            new.way.as_str(),
            new.account.as_str(),
            new.scopes.join(" "),
            new.now,
            new.user,
            new.account_id,
        ]
    )
}

/// Notes why GitHub does not take an account any more, if what it refused is the version that counts:
/// an older token says nothing of a newer one. Answers how many rows changed.
///
/// Hold the credential first ([`crate::repositories::hold`]), so that no newer version begins to count
/// in between.
pub async fn mark_broken(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    vault_version: i64,
    cause: Cause,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "update git_connections set broken = $4, broken_at = $5
         where organization_id = $1 and credential_id = $2 and coalesce(broken, '') <> $4
           and exists (select 1 from credentials c where c.organization_id = $1 and c.id = $2
             and c.vault_version = $3)",
        [scope, id, vault_version, cause.as_str(), now]
    )
}

/// Notes that GitHub takes an account; answers how many rows changed.
pub async fn mark_working(tx: &mut Tx, scope: Scope, id: CredentialId) -> Result<u64> {
    exec!(
        tx,
        "update git_connections set broken = null, broken_at = null
         where organization_id = $1 and credential_id = $2 and broken is not null",
        [scope, id]
    )
}

/// Forgets whose account a credential was; answers its host and name, `None` when it was none.
pub async fn remove(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
) -> Result<Option<(String, String)>> {
    row!(
        tx,
        "delete from git_connections where organization_id = $1 and credential_id = $2 returning host, account",
        [scope, id]
    )
}
