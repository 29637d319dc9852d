//! The branches of a repository.

use domain::{
    Action, CredentialId, CredentialKind, Field, Principal, Purpose, ServiceError,
    audit::ReadPurpose,
    credentials::{CredentialScope, Route},
    gitops::{Branches, GitTargetForm, GitUrl},
};
use storage::{Scope, credentials::Existing, gitops::git_accounts};

use super::{login, repositories::is_own};
use crate::{Engine, Error, audit::allowed, credentials::Use, repositories::egress};

pub(super) async fn branches(
    engine: &Engine,
    principal: &Principal,
    form: &GitTargetForm,
) -> Result<Branches, Error> {
    let grant = allowed(engine, principal, Action::ConnectAccounts, "list branches").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_attempt(principal.user)?;
    let id = form
        .credential
        .parse()
        .map_err(|_| Field::Credential.problem("Choose a credential first."))?;
    let url = GitUrl::parse(&form.url)?;
    let egress = egress(engine, form.ca.trim(), form.proxy.trim())?;
    let existing = storage::credentials::existing(&engine.db, scope, id)
        .await?
        .filter(|existing| existing.provider.facts().kind == CredentialKind::Git)
        .ok_or(ServiceError::NotFound)?;
    if let Some(hindrance) = hindrance_of(engine, principal, scope, (id, &existing), &url).await? {
        return Err(Field::Branch.problem(hindrance).into());
    }
    let used = Use::of(principal, grant, ReadPurpose::LookUp);
    let login = login(engine, scope, id, &url, &used).await?;
    let listed = engine.git.by(egress).branches(&url, &login).await;
    match listed {
        Ok(listed) => Ok(listed),
        Err(failure) => Err(login::explained(engine, scope, id, failure, &used).await.into()),
    }
}

/// Why the branches cannot be asked for with the credential and URL of a form, as far as these are known.
pub(super) async fn hindrance(
    engine: &Engine,
    principal: &Principal,
    form: &GitTargetForm,
) -> Result<Option<String>, Error> {
    let grant = allowed(engine, principal, Action::ConnectAccounts, "list branches").await?;
    let scope = Scope::of(&grant);
    let (Ok(id), Ok(url)) = (form.credential.parse(), GitUrl::parse(&form.url)) else {
        return Ok(None);
    };
    let existing = storage::credentials::existing(&engine.db, scope, id).await?;
    match existing.filter(|existing| existing.provider.facts().kind == CredentialKind::Git) {
        Some(existing) => hindrance_of(engine, principal, scope, (id, &existing), &url).await,
        None => Ok(None),
    }
}

async fn hindrance_of(
    engine: &Engine,
    principal: &Principal,
    scope: Scope,
    (id, existing): (CredentialId, &Existing),
    url: &GitUrl,
) -> Result<Option<String>, Error> {
    let (host, name) = (url.url().host_str().unwrap_or_default(), &existing.draft.name);
    if let Some(connection) = git_accounts::get(&engine.db, scope, id).await? {
        let by = &connection.connected_by;
        return Ok(if is_own(principal, &connection).is_err() {
            Some(format!("Type the branch: {by} connected {name}, and only {by} asks with it."))
        } else if connection.host.eq_ignore_ascii_case(host) {
            None
        } else {
            let at = &connection.host;
            Some(format!(
                "Type the branch: {name} is an account at {at}, and {host} is another host."
            ))
        });
    }
    let is_made_for = is_made_for(engine, scope, id, existing, url).await?;
    Ok((!is_made_for).then(|| {
        format!("Type the branch: {name} is neither used at {host} yet nor made for it, and a stored secret goes nowhere new before somebody saves it there.")
    }))
}

/// Whether a stored secret may be sent to an address before a person binds it there: its provider
/// serves the host, a Git target pushes to the same origin with it, or its pattern matches.
async fn is_made_for(
    engine: &Engine,
    scope: Scope,
    id: CredentialId,
    existing: &Existing,
    url: &GitUrl,
) -> Result<bool, Error> {
    let host = url.url().host_str().unwrap_or_default();
    if url.url().scheme() == "https" && existing.provider.serves(host) {
        return Ok(true);
    }
    let known = git_accounts::addresses(&engine.db, scope, id).await?;
    let origin = url.origin();
    if known.iter().filter_map(|known| GitUrl::parse(known).ok()).any(|k| k.origin() == origin) {
        return Ok(true);
    }
    let project = match existing.placed.reach {
        CredentialScope::Project(own) => own,
        CredentialScope::Shared => storage::projects::default_id(&engine.db, scope).await?,
    };
    let (route, purpose) = (Route::default(), Purpose::Git);
    let place = (url.as_str(), &route);
    let winner = crate::matching::find(engine, scope, project, purpose, place).await?;
    Ok(winner == Some(id))
}
