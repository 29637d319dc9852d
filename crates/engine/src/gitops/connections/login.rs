//! The login of a Git credential.

use connectors::http::{Login, Road};
use domain::{
    Cause, CredentialId, Scope, ServiceError, gitops::GitUrl, repositories::RepositoryUrl,
};

use crate::{Engine, Error, repositories};

/// The login of a credential for the Git repository at `url`, good for pushing.
///
/// # Errors
/// [`cause`] tells what to show of it.
pub(crate) async fn login(
    engine: &Engine,
    scope: Scope,
    credential: CredentialId,
    url: &GitUrl,
) -> Result<Login, Error> {
    let secret = engine.secret_for_use(scope, credential).await?;
    let url = RepositoryUrl::parse(url.as_str())?;
    let (road, now) = (Road::default(), engine.clock.now());
    Ok(engine.exchanges.login(&secret.material, &secret.owner, &url, &road, now).await?)
}

/// What to show of a failed [`login`].
pub(crate) fn cause(error: &Error) -> Cause {
    match error {
        Error::Registry(failure) => failure.cause,
        Error::Refused(ServiceError::Unreachable(cause)) => *cause,
        other => repositories::cause_of(other),
    }
}
