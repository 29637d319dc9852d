//! From tokens to a connected account: whose they are, and where they are kept.

use domain::{
    CredentialId, CredentialKind, Field, Grant, Name, Principal, Provider, ServiceError,
    audit::ReadPurpose,
    credentials::{NewCredential, Parameters, Placement, Remarks, SecretMaterial},
    gitops::GitAccountMethod,
};
use github::{Account, Github};
use storage::{
    Scope,
    gitops::git_accounts::{self, NewGitAccount},
};

use super::{disconnect::take_back, github};
use crate::{
    Engine, Error,
    credentials::{Use, add, reconnect},
    error::chain,
};

/// As many names are tried for the credential.
const NAMES: u32 = 100;

/// Keeps tokens that GitHub just gave. Those that come to nothing are revoked there.
pub(super) async fn connect(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    way: GitAccountMethod,
    given: github::Grant,
) -> Result<CredentialId, Error> {
    let github = github(engine)?;
    let access = given.tokens.access.clone();
    let kept = store_account(engine, github, principal, grant, way, given).await;
    let in_doubt = matches!(kept, Err(Error::Refused(ServiceError::BeingChecked)));
    if kept.is_err() && !in_doubt {
        take_back(github, &access).await;
    }
    kept
}

async fn store_account(
    engine: &Engine,
    github: &Github,
    principal: &Principal,
    grant: Grant,
    way: GitAccountMethod,
    given: github::Grant,
) -> Result<CredentialId, Error> {
    let Account { id, login, scopes } = github.account(&given.tokens.access).await?;
    let material = SecretMaterial::GithubOauth { tokens: given.tokens };
    let new = NewGitAccount {
        way,
        host: github.host(),
        account_id: id,
        account: login,
        scopes: scopes.unwrap_or(given.scopes),
        user: principal.user,
        now: engine.clock.now(),
    };
    let holder = git_accounts::holder(&engine.db, Scope::of(&grant), way, &new.host, id).await?;
    match holder {
        None => create(engine, principal, grant, &new, &material, Parameters::default()).await,
        Some(holder) if holder.user == principal.user => {
            again(engine, github, principal, grant, holder.credential, &new, &material).await
        }
        Some(holder) => Err(held_by(&holder.name)),
    }
}

/// An account of one person is not taken over by another (R-OAUTH-02).
pub(super) fn held_by(name: &str) -> Error {
    let message = format!(
        "{name} connected this account already. Nobody else can use it before they disconnect it."
    );
    Field::Account.problem(message).into()
}

/// Stores a new credential for an account, under a name that is free.
pub(super) async fn create(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    new: &NewGitAccount,
    material: &SecretMaterial,
    parameters: Parameters,
) -> Result<CredentialId, Error> {
    for n in 1..=NAMES {
        let number = if n == 1 { String::new() } else { format!("-{n}") };
        let form = NewCredential {
            provider: Provider::Github,
            name: Name::parse(&format!("github-{}{number}", new.account))?,
            material: material.clone(),
            parameters: parameters.clone(),
            remarks: Remarks::default(),
            placed: Placement::default()
                .parse(CredentialKind::Git)
                .map_err(ServiceError::Invalid)?,
        };
        match add(engine, principal, grant, form, Some(new)).await {
            Err(Error::Refused(refusal)) if refusal.problem_of(Field::Name).is_some() => {}
            saved => return Ok(saved?.id),
        }
    }
    Err(Field::Name.problem("Too many credentials are named after this account.").into())
}

/// Writes down how an account was connected, and what it may.
async fn describe(
    engine: &Engine,
    grant: Grant,
    id: CredentialId,
    new: &NewGitAccount,
) -> Result<(), storage::Error> {
    let scope = Scope::of(&grant);
    let mut tx = engine.db.begin_as(&grant).await?;
    git_accounts::update(&mut tx, scope, id, new).await?;
    tx.commit().await
}

/// Gives an account that this person connected before its new tokens, and takes the old ones back.
async fn again(
    engine: &Engine,
    github: &Github,
    principal: &Principal,
    grant: Grant,
    id: CredentialId,
    new: &NewGitAccount,
    material: &SecretMaterial,
) -> Result<CredentialId, Error> {
    let used = Use::of(principal, grant, ReadPurpose::GitAccount);
    let before = engine
        .secret_for_use(Scope::of(&grant), id, &used)
        .await
        .ok()
        .map(|secret| secret.material);
    reconnect(engine, principal, grant, id, material).await?;
    // The new tokens count from here on, so nothing that fails now may have them revoked.
    if let Err(error) = describe(engine, grant, id, new).await {
        tracing::error!(credential = %id, error = %chain(&error), "failed to update the scopes of a reconnected Git account");
    }
    if let (
        Some(SecretMaterial::GithubOauth { tokens: before }),
        SecretMaterial::GithubOauth { tokens: now },
    ) = (before, material)
        && before.access != now.access
    {
        take_back(github, &before.access).await;
    }
    engine.changes.tell(grant.organization());
    Ok(id)
}
