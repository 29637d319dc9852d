//! The login of a Git credential: what lies in Vault, renewed or exchanged where it has to be.

use domain::{
    AuthMethod, Cause, CredentialId, Secret, ServiceError, credentials::SecretMaterial,
    gitops::GitUrl,
};
use egress::{Failure, Login};
use storage::{Scope, gitops::git_accounts};
use url::Url;

use super::{at_home, github, renew};
use crate::{
    Engine, Error,
    credentials::{SecretForUse, Use},
    error::chain,
    repositories,
};

/// The login of a credential for the Git repository at `url`, good for pushing. The tokens of a
/// connected account are renewed when they end soon; what belongs to GitHub goes to GitHub alone.
///
/// # Errors
/// [`cause`] tells what to show of it.
pub(crate) async fn login(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    url: &GitUrl,
    used: &Use,
) -> Result<Login, Error> {
    let secret = fresh(engine, scope, credential, &used.at(&url.origin())).await?;
    let login = login_with(engine, &secret, url.url()).await;
    if let Err(failure) = &login {
        mark_refused(engine, scope, credential, secret.vault_version, failure).await;
    }
    Ok(login?)
}

/// The login for an address that is made of a version.
pub(super) async fn login_with(
    engine: &Engine,
    secret: &SecretForUse,
    url: &Url,
) -> Result<Login, Failure> {
    let now = engine.clock.now();
    engine.exchanges.git_login(&secret.material, &secret.owner, url, now).await
}

/// The access token of a connected account, for GitHub's API.
pub(super) async fn access(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    used: &Use,
) -> Result<Secret, Error> {
    match fresh(engine, scope, credential, used).await?.material {
        SecretMaterial::GithubOauth { tokens } => Ok(tokens.access),
        _ => Err(ServiceError::NotFound.into()),
    }
}

/// What lies in Vault, renewed if it ends soon.
pub(super) async fn fresh(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    used: &Use,
) -> Result<SecretForUse, Error> {
    let secret = engine.secret_for_use(scope, credential, used).await?;
    if secret.material.shape().is_connected() {
        at_home(engine, scope, credential).await?;
    }
    if renew::is_due(&secret.material, engine.clock.now()) {
        return renew::renew(engine, scope, credential, secret, used).await;
    }
    Ok(secret)
}

/// What to show of a failed [`login`].
pub(crate) fn cause(error: &Error) -> Cause {
    match error {
        Error::Registry(failure) => failure.cause,
        Error::Refused(ServiceError::Unreachable { cause, .. }) => *cause,
        other => repositories::cause_of(other),
    }
}

/// A Git server refused the login: whether GitHub still takes the account's token is asked once, and
/// an account that it does not take any more is shown as such. Of other credentials nobody is asked;
/// what was exchanged for them is exchanged anew. Answers why it was refused.
pub(crate) async fn refused(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    used: &Use,
) -> Cause {
    let asked = async {
        let secret = engine.secret_for_use(scope, credential, used).await?;
        if secret.material.shape() != AuthMethod::GithubOauth {
            engine.exchanges.evict(credential);
            return Ok::<Cause, Error>(Cause::InvalidCredentials);
        }
        at_home(engine, scope, credential).await?;
        let SecretMaterial::GithubOauth { tokens } = &secret.material else {
            return Ok(Cause::InvalidCredentials);
        };
        match github(engine)?.account(&tokens.access).await {
            Ok(_) => Ok(Cause::InvalidCredentials),
            Err(failure) => {
                mark_refused(engine, scope, credential, secret.vault_version, &failure).await;
                Ok(match failure.cause {
                    Cause::ConnectionRevoked => Cause::ConnectionRevoked,
                    _ => Cause::InvalidCredentials,
                })
            }
        }
    };
    asked.await.unwrap_or_else(|error| {
        tracing::warn!(error = %chain(&error), "failed to check whether a Git account is still connected");
        Cause::InvalidCredentials
    })
}

/// What a Git server answered, with the cause that [`refused`] finds for a login that it did not take.
pub(crate) async fn explained(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    failure: Failure,
    used: &Use,
) -> Failure {
    match failure.cause {
        Cause::InvalidCredentials => {
            failure.told_as(refused(engine, scope, credential, used).await)
        }
        _ => failure,
    }
}

/// Writes down that GitHub does not take an account any more, when that is what a failure says of the
/// version that was shown to it.
pub(super) async fn mark_refused(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    vault_version: i64,
    failure: &Failure,
) {
    if failure.cause == Cause::ConnectionRevoked {
        mark_broken(engine, scope, credential, vault_version).await;
    }
}

/// Shows an account as one to connect again, unless a newer version than this one counts by now:
/// GitHub answers late, and the account may have been connected again meanwhile.
pub(super) async fn mark_broken(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    vault_version: i64,
) {
    let marked = async {
        let (broken, now) = (Cause::ConnectionRevoked, engine.clock.now());
        let mut tx = engine.db.begin_work(scope).await?;
        storage::repositories::lock(&mut tx, scope, credential).await?;
        let rows =
            git_accounts::mark_broken(&mut tx, scope, credential, vault_version, broken, now)
                .await?;
        tx.commit().await?;
        Ok::<u64, storage::Error>(rows)
    };
    match marked.await {
        Ok(0) => {}
        Ok(_) => engine.changes.tell(scope.organization()),
        Err(error) => {
            tracing::error!(error = %chain(&error), "failed to mark a Git account as revoked");
        }
    }
}
