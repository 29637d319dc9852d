//! Renewing the tokens of a connected account, once across all replicas.
//!
//! A refresh token works once, and the old access token ends with it, so whoever asks while somebody
//! renews waits for the winner's version. Tokens that could not be stored are lost: the account is
//! then shown as one that has to be connected again, and never silently kept as if it worked.

use std::time::Duration;

use domain::{
    Cause, CredentialId, ServiceError, Timestamp,
    cause::RemoteKind,
    credentials::{OauthTokens, SecretMaterial},
};
use github::{GithubError, TokenRefusal};
use storage::{Scope, credentials::Operation};
use tracing::Instrument as _;

use super::{disconnect::take_back, github, login::mark_broken, revoked};
use crate::{
    Engine, Error,
    credentials::{RenewalResult, SecretForUse, Turn, Use, give_up, store_renewed, take_turn},
    error::chain,
};

/// How long before its end a token is renewed.
const MARGIN: Duration = Duration::from_mins(5);
/// Between two looks at what somebody else renews, and as many of them: longer than the recovery
/// leaves any operation open.
const PAUSE: Duration = Duration::from_millis(250);
const LOOKS: u32 = 180;

/// Whether the token ends soon. One that does not end, as those of OAuth apps, is never renewed.
pub(super) fn is_due(material: &SecretMaterial, now: Timestamp) -> bool {
    match material {
        SecretMaterial::GithubOauth { tokens } => {
            tokens.expires_at.is_some_and(|ends| ends <= now.plus(MARGIN))
        }
        _ => false,
    }
}

/// The version that counts after the renewal, whoever made it.
pub(super) async fn renew(
    engine: &Engine,
    scope: Scope,
    id: CredentialId,
    seen: SecretForUse,
    used: &Use,
) -> Result<SecretForUse, Error> {
    let SecretMaterial::GithubOauth { tokens } = &seen.material else { return Ok(seen) };
    works(engine, scope, id).await?;
    for _ in 0..LOOKS {
        match take_turn(engine, scope, id, seen.vault_version).await? {
            Turn::Ours(operation) => {
                // Seen through to the end even when the one who asked goes away.
                let work = run(engine.clone(), *operation, seen.vault_version, tokens.clone());
                let done = tokio::spawn(work.in_current_span()).await.unwrap_or_else(|panic| {
                    tracing::error!(error = %panic, "failed to renew tokens: the task panicked");
                    Err(ServiceError::BeingChecked.into())
                });
                return match done {
                    Ok(()) => engine.secret_for_use(scope, id, used).await,
                    // While GitHub renews nothing, the present token is good until its end.
                    Err(Error::Registry(failure))
                        if tokens.expires_at > Some(engine.clock.now()) =>
                    {
                        tracing::warn!(error = %chain(&failure), "failed to renew tokens; will retry");
                        Ok(seen)
                    }
                    Err(error) => Err(error),
                };
            }
            Turn::Newer => return engine.secret_for_use(scope, id, used).await,
            Turn::Busy => {
                tokio::time::sleep(PAUSE).await;
                works(engine, scope, id).await?;
            }
        }
    }
    Err(ServiceError::BeingChecked.into())
}

/// Whether asking GitHub can help: an account that it did not take has to be connected again.
async fn works(engine: &Engine, scope: Scope, id: CredentialId) -> Result<(), Error> {
    let connection = storage::gitops::git_accounts::get(&engine.db, scope, id).await?;
    match connection {
        Some(connection) if connection.broken.is_none() => Ok(()),
        _ => Err(revoked()),
    }
}

async fn run(
    engine: Engine,
    operation: Operation,
    committed: i64,
    tokens: OauthTokens,
) -> Result<(), Error> {
    let scope = operation.scope;
    let id = operation.credential;
    let github = github(&engine)?;
    let grant = match github.refresh(&tokens.refresh, engine.clock.now()).await {
        Ok(grant) => grant,
        Err(error) => {
            let reason = refusal(&engine, scope, id, committed, error).await;
            give_up(&engine, &operation, "GitHub did not renew the tokens").await;
            return Err(reason);
        }
    };
    let stored = store_renewed(&engine, &operation, committed, &grant.tokens.json).await;
    // What is stored of a deleted credential is destroyed, and who deleted it revoked the tokens
    // before these.
    if is_gone(&engine, scope, id).await {
        take_back(github, &grant.tokens.access).await;
        return Err(ServiceError::NotFound.into());
    }
    match stored? {
        RenewalResult::Yes => Ok(()),
        RenewalResult::Unknown => Err(ServiceError::BeingChecked.into()),
        RenewalResult::No => {
            mark_broken(&engine, scope, id, committed).await;
            take_back(github, &grant.tokens.access).await;
            Err(revoked())
        }
    }
}

/// Whether the credential was deleted; while the database does not say so, it lives.
async fn is_gone(engine: &Engine, scope: Scope, id: CredentialId) -> bool {
    matches!(storage::credentials::deleted(&engine.db, scope, id).await, Ok(Some(_)))
}

/// What it means that GitHub gave no tokens. Only what it says about this account breaks it: a wrong
/// client secret is the operator's to mend.
async fn refusal(
    engine: &Engine,
    scope: Scope,
    id: CredentialId,
    committed: i64,
    error: GithubError,
) -> Error {
    match error {
        GithubError::Refused(TokenRefusal::BadRefreshToken | TokenRefusal::BadCode) => {
            mark_broken(engine, scope, id, committed).await;
            revoked()
        }
        GithubError::Refused(refusal) => {
            tracing::error!(?refusal, "failed to renew tokens: GitHub refuses this client");
            ServiceError::Unreachable { asked: RemoteKind::Github, cause: Cause::ExchangeRefused }
                .into()
        }
        GithubError::Failed(failure) => failure.into(),
    }
}
