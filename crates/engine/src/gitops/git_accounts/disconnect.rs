//! Disconnecting: the token is revoked at GitHub, then the credential is deleted as any other.

use domain::{
    Action, AuthMethod, Cause, CredentialId, Grant, Principal, Secret, ServiceError,
    audit::ReadPurpose,
    cause::RemoteKind,
    credentials::{DeleteCredential, SecretMaterial},
};
use github::{Github, Revoked};
use storage::{Scope, gitops::git_accounts};
use vault::VaultError;

use super::renew::{is_due, renew};
use crate::{
    Engine, Error,
    audit::allowed,
    credentials::{SecretForUse, Use, delete},
    error::chain,
};

pub(super) async fn disconnect(
    engine: &Engine,
    principal: &Principal,
    id: CredentialId,
) -> Result<(), Error> {
    end(engine, principal, id, Tokens::Revoke).await
}

/// For a GitHub that does not answer: what it gave is destroyed in Vault, and stays valid there.
pub(super) async fn forget(
    engine: &Engine,
    principal: &Principal,
    id: CredentialId,
) -> Result<(), Error> {
    end(engine, principal, id, Tokens::Leave).await
}

async fn end(
    engine: &Engine,
    principal: &Principal,
    id: CredentialId,
    tokens: Tokens,
) -> Result<(), Error> {
    let grant =
        allowed(engine, principal, Action::ConnectAccounts, "disconnect a Git account").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_attempt(principal.user)?;
    let account = git_accounts::get(&engine.db, scope, id).await?;
    // What is not one's own is answered alike, whether it is somebody else's or not there.
    if account.as_ref().is_none_or(|account| account.user != principal.user) {
        let attempt = "disconnect a Git account of somebody else";
        allowed(engine, principal, Action::DisconnectOthers, attempt).await?;
    }
    account.ok_or(ServiceError::NotFound)?;
    let form = DeleteCredential { credential: id.to_string(), ..DeleteCredential::default() };
    delete(engine, principal, &form, tokens).await
}

/// What becomes of the tokens of an account at GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tokens {
    /// They are revoked there first; while it does not answer, nothing is deleted.
    Revoke,
    /// It is not asked: a person decided so.
    Leave,
}

/// Has GitHub revoke the token of a credential that is about to be deleted (R-OAUTH-07), unless Git
/// targets still push with it; answers what the audit log says of it. While GitHub or Vault does not
/// answer, nothing is deleted, because nobody could revoke the token afterwards.
pub(crate) async fn revoke(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    (id, shape): (CredentialId, AuthMethod),
    tokens: Tokens,
) -> Result<&'static str, Error> {
    let scope = Scope::of(&grant);
    if !shape.is_connected() {
        return Ok("");
    }
    let targets = git_accounts::targets(&engine.db, scope, id).await?;
    if !targets.is_empty() {
        return Err(ServiceError::InUse(targets).into());
    }
    if shape != AuthMethod::GithubOauth {
        return Ok("");
    }
    if tokens == Tokens::Leave {
        return Ok(", forgotten here and not revoked there");
    }
    let connection = git_accounts::get(&engine.db, scope, id).await?;
    let github = engine.github.as_ref().filter(|github| {
        github.settings().oauth.is_some()
            && connection.is_some_and(|connection| connection.host == github.host())
    });
    let Some(github) = github else {
        return Ok(", not revoked there: that GitHub is not configured any more");
    };
    let used = Use::of(principal, grant, ReadPurpose::GitAccount);
    match revoke_at(engine, github, scope, id, &used).await {
        // Nothing is left that could be revoked.
        Err(Error::Refused(ServiceError::NotFound) | Error::Vault(VaultError::NotFound)) => {
            Ok(", not revoked there: its token is lost")
        }
        // Whoever deletes the credential is told of GitHub too.
        Err(Error::Registry(failure)) if failure.cause != Cause::Internal => {
            tracing::warn!(error = %chain(&failure), "failed to revoke a token");
            Err(ServiceError::Unreachable { asked: RemoteKind::Github, cause: failure.cause }
                .into())
        }
        revoked => revoked,
    }
}

async fn revoke_at(
    engine: &Engine,
    github: &Github,
    scope: Scope,
    id: CredentialId,
    used: &Use,
) -> Result<&'static str, Error> {
    let used = used.at(&github.host());
    let secret = newest(engine, scope, id, &used).await?;
    let SecretMaterial::GithubOauth { tokens } = &secret.material else { return Ok("") };
    Ok(match github.revoke(&tokens.access).await? {
        Revoked::Now => "",
        Revoked::Before => ", its token was revoked there before",
    })
}

/// The tokens to revoke, renewed when they end soon or have ended: GitHub does not know an ended one
/// any more, and would leave the refresh token beside it alive for months. An account that it does not
/// renew has none.
async fn newest(
    engine: &Engine,
    scope: Scope,
    id: CredentialId,
    used: &Use,
) -> Result<SecretForUse, Error> {
    let secret = engine.secret_for_use(scope, id, used).await?;
    if !is_due(&secret.material, engine.clock.now()) {
        return Ok(secret);
    }
    match renew(engine, scope, id, secret, used).await {
        Err(Error::Refused(ServiceError::Unreachable {
            cause: Cause::ConnectionRevoked, ..
        })) => engine.secret_for_use(scope, id, used).await,
        renewed => renewed,
    }
}

/// Revokes a token that nobody keeps. When GitHub does not answer, it stays valid there, but nobody
/// has it.
pub(super) async fn take_back(github: &Github, access: &Secret) {
    if let Err(failure) = github.revoke(access).await {
        tracing::warn!(error = %chain(&failure), "failed to revoke a token that was not stored");
    }
}
