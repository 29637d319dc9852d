//! The credentials a repository, Git target or cluster can use.

use domain::{
    Action, CredentialKind, Principal, credentials::CredentialChoice, repositories::RepositoryUrl,
};

use crate::{Engine, Error, audit::reading};

/// Those that fit the host come first; a URL that is not typed to its end fits none.
pub(super) async fn choices(
    engine: &Engine,
    principal: &Principal,
    url: &str,
) -> Result<Vec<CredentialChoice>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the credentials").await?;
    let engine = &engine;
    let url = RepositoryUrl::parse(url).ok();
    let host = url.as_ref().map_or("", RepositoryUrl::host);
    let origin = url.as_ref().map(RepositoryUrl::origin).unwrap_or_default();
    let mut choices = storage::credentials::choices(&engine.db, scope, host, &origin).await?;
    choices.retain(|choice| choice.provider.facts().kind == CredentialKind::Registry);
    choices.sort_by_key(|choice| !choice.fits_host);
    Ok(choices)
}

/// The usable ones of a kind, by name.
pub(super) async fn of_kind(
    engine: &Engine,
    principal: &Principal,
    kind: CredentialKind,
) -> Result<Vec<CredentialChoice>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the credentials").await?;
    let engine = &engine;
    let mut choices = storage::credentials::choices(&engine.db, scope, "", "").await?;
    choices.retain(|choice| choice.provider.facts().kind == kind);
    Ok(choices)
}
