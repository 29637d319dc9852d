//! What can be connected, and what is.

use domain::{
    Action, Principal,
    gitops::{GitAccount, GitAccountMethod, GitAccountOffers},
};
use storage::gitops::git_accounts::Connection;

use crate::{Engine, Error, audit::reading};

pub(super) async fn offers(
    engine: &Engine,
    principal: &Principal,
) -> Result<GitAccountOffers, Error> {
    reading(engine, principal, Action::View, "see the Git accounts").await?;
    let Some(github) = &engine.github else { return Ok(GitAccountOffers::default()) };
    let settings = github.settings();
    let by_oauth = settings.oauth.is_some();
    Ok(GitAccountOffers {
        host: github.host(),
        web: by_oauth,
        device: by_oauth,
        installation_url: settings.installation_url().map(String::from).unwrap_or_default(),
    })
}

pub(super) async fn list(engine: &Engine, principal: &Principal) -> Result<Vec<GitAccount>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the Git accounts").await?;
    let engine = &engine;
    let connections = storage::gitops::git_accounts::list(&engine.db, scope).await?;
    Ok(connections.into_iter().map(|connection| shown(engine, principal, connection)).collect())
}

fn shown(engine: &Engine, principal: &Principal, connection: Connection) -> GitAccount {
    GitAccount {
        missing_scopes: missing(engine, &connection),
        is_own: connection.user == principal.user,
        credential: connection.credential,
        name: connection.name,
        way: connection.way,
        host: connection.host,
        account: connection.account,
        scopes: connection.scopes,
        connected_by: connection.connected_by,
        connected_at: connection.connected_at,
        last_used_at: connection.last_used_at,
        targets: connection.targets,
        broken: connection.broken,
    }
}

/// Of the scopes that the operator wants now, those that were not granted.
fn missing(engine: &Engine, connection: &Connection) -> Vec<String> {
    let client = engine.github.as_ref().and_then(|github| github.settings().oauth.as_ref());
    match (connection.way, client) {
        (GitAccountMethod::Web | GitAccountMethod::Device, Some(client)) => {
            github::missing(client.scopes(), &connection.scopes)
        }
        _ => Vec::new(),
    }
}
