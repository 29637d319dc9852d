//! The repositories of a connected account.

use domain::{
    Action, Cause, CredentialId, Principal, ServiceError,
    audit::ReadPurpose,
    credentials::SecretMaterial,
    gitops::{GitAccountMethod, HostedRepository},
};
use egress::{Failure, Freshness};
use github::Github;
use storage::{Scope, gitops::git_accounts::Connection};

use super::{
    at_home, github,
    login::{fresh, login_with, mark_refused},
};
use crate::{
    Engine, Error,
    audit::allowed,
    credentials::{SecretForUse, Use},
};

/// The most bytes of a search.
const LONGEST: usize = 255;

pub(super) async fn repositories(
    engine: &Engine,
    principal: &Principal,
    id: CredentialId,
    search: &str,
) -> Result<Vec<HostedRepository>, Error> {
    let grant =
        allowed(engine, principal, Action::ConnectAccounts, "list Git repositories").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_attempt(principal.user)?;
    let search = search.get(..search.floor_char_boundary(LONGEST)).unwrap_or_default();
    let connection = at_home(engine, scope, id).await?;
    is_own(principal, &connection)?;
    let github = github(engine)?;
    let used = Use::of(principal, grant, ReadPurpose::LookUp).at(&connection.host);
    let secret = fresh(engine, scope, id, &used).await?;
    let listed = match &secret.material {
        SecretMaterial::GithubOauth { tokens } => github.repositories(&tokens.access, search).await,
        _ => installed(engine, github, id, &secret, search).await,
    };
    if let Err(failure) = &listed {
        mark_refused(engine, scope, id, secret.vault_version, failure).await;
    }
    Ok(listed?)
}

/// What an installation may see. A token that was made for it earlier and is refused now is made once
/// more: GitHub may end it before its time.
async fn installed(
    engine: &Engine,
    github: &Github,
    id: CredentialId,
    secret: &SecretForUse,
    search: &str,
) -> Result<Vec<HostedRepository>, Failure> {
    let web = &github.settings().web;
    let login = login_with(engine, secret, web).await?;
    match github.installed_repositories(&login.password, search).await {
        Err(failure)
            if failure.cause == Cause::ConnectionRevoked
                && login.freshness == Freshness::Cached =>
        {
            engine.exchanges.evict(id);
            let login = login_with(engine, secret, web).await?;
            github.installed_repositories(&login.password, search).await
        }
        listed => listed,
    }
}

/// Nobody uses an account that another person connected, not even to look (R-GIT-06). What the app is
/// installed for is the organization's.
pub(super) fn is_own(principal: &Principal, connection: &Connection) -> Result<(), Error> {
    let is_own =
        connection.user == principal.user || connection.way == GitAccountMethod::Installation;
    if is_own { Ok(()) } else { Err(ServiceError::NotAllowed.into()) }
}
