//! Connecting an installation of the operator's GitHub App.

use domain::{
    Action, Cause, CredentialId, Field, Grant, Principal, ServiceError,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    credentials::{Parameters, SecretMaterial},
    gitops::GitAccountMethod,
};
use storage::{
    Scope,
    gitops::{
        Touched,
        git_accounts::{self, Connection, NewGitAccount},
    },
};

use super::{connect::create, github, login::access};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    credentials::Use,
    destinations::{When, touch},
};

pub(super) async fn connect(
    engine: &Engine,
    principal: &Principal,
    installation: &str,
) -> Result<CredentialId, Error> {
    let grant =
        allowed(engine, principal, Action::ConnectAccounts, "connect a Git account").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_attempt(principal.user)?;
    let github = github(engine)?;
    let id: i64 = installation
        .trim()
        .parse()
        .ok()
        .filter(|id| *id > 0)
        .ok_or_else(|| Field::Installation.problem("An installation ID is a number."))?;
    let own = own_accounts(engine, principal, scope, &github.host()).await?;
    if own.is_empty() {
        let message =
            "Connect your own account first: GitHub tells with it which installations are yours.";
        return Err(Field::Installation.problem(message).into());
    }
    let account = seen_by(engine, principal, grant, &own, id).await?;
    let host = github.host();
    let way = GitAccountMethod::Installation;
    if let Some(holder) = git_accounts::holder(&engine.db, scope, way, &host, id).await? {
        return again(engine, principal, grant, holder.credential).await;
    }
    let new = NewGitAccount {
        way,
        host,
        account_id: id,
        account,
        scopes: Vec::new(),
        user: principal.user,
        now: engine.clock.now(),
    };
    let parameters = Parameters { installation: id.to_string(), ..Parameters::default() };
    let material = SecretMaterial::GithubInstallation { installation: id.to_string() };
    create(engine, principal, grant, &new, &material, parameters).await
}

/// An installation that GitHub just showed works, whatever a token of it heard before: a new one is
/// made for the next use, and the places that it opens try again.
async fn again(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    id: CredentialId,
) -> Result<CredentialId, Error> {
    let scope = Scope::of(&grant);
    engine.exchanges.evict(id);
    let known = git_accounts::get(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    if git_accounts::mark_working(&mut tx, scope, id).await? == 0 {
        return Ok(id);
    }
    touch(&mut tx, scope, Touched::Credential(id), When::AtOnce, now).await?;
    let told = (AuditTarget::Credential(id), known.name.as_str(), "connected again");
    audit::record(&mut tx, person(principal), scope, now, AuditAction::GitConnected, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(id)
}

/// The accounts that this person connected and that GitHub still takes.
async fn own_accounts(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    host: &str,
) -> Result<Vec<Connection>, Error> {
    let mut own = git_accounts::list(&engine.db, scope).await?;
    own.retain(|connection| {
        connection.user == principal.user
            && connection.way != GitAccountMethod::Installation
            && connection.host == host
            && connection.broken.is_none()
    });
    Ok(own)
}

/// Who owns the installation, as one of the person's own accounts sees it. The number in an address
/// proves nothing: anybody can write it there (R-OAUTH-06).
async fn seen_by(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    own: &[Connection],
    id: i64,
) -> Result<String, Error> {
    let github = github(engine)?;
    let mut reason = None;
    for connection in own {
        let used = Use::of(principal, grant, ReadPurpose::GitAccount).at(&github.host());
        let access = access(engine, Scope::of(&grant), connection.credential, &used).await?;
        match github.installation(&access, id).await {
            Ok(Some(found)) => return Ok(found.account),
            Ok(None) => {}
            Err(failure) => reason = Some(failure),
        }
    }
    match reason {
        // The account was connected with an OAuth app, to which GitHub tells nothing of installations.
        Some(failure) if failure.cause == Cause::InsufficientScope => {
            let message = "GitHub does not tell this account's installations to Hawser: the operator has to configure the client of the same GitHub App.";
            Err(Field::Installation.problem(message).into())
        }
        Some(failure) => Err(failure.into()),
        None => Err(ServiceError::NotFound.into()),
    }
}
