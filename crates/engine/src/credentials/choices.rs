//! The credentials a repository, Git target or cluster can use.

use domain::{
    Action, CredentialId, CredentialKind, Principal, Provider, credentials::CredentialChoice,
    repositories::RepositoryUrl,
};
use storage::credentials::ChoicesWanted;

use crate::{Engine, Error, audit::reading};

/// Those that fit the host come first; a URL that is not typed to its end fits none.
pub(super) async fn choices(
    engine: &Engine,
    principal: &Principal,
    url: &str,
    chosen: Option<CredentialId>,
    search: &str,
) -> Result<Vec<CredentialChoice>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the credentials").await?;
    let url = RepositoryUrl::parse(url).ok();
    let wanted = ChoicesWanted {
        providers: &providers(CredentialKind::Registry),
        host: url.as_ref().map_or("", RepositoryUrl::host),
        origin: &url.as_ref().map(RepositoryUrl::origin).unwrap_or_default(),
        chosen,
        search,
    };
    Ok(storage::credentials::choices(&engine.db, scope, &wanted).await?)
}

/// The usable ones of a kind, by name.
pub(super) async fn of_kind(
    engine: &Engine,
    principal: &Principal,
    kind: CredentialKind,
) -> Result<Vec<CredentialChoice>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the credentials").await?;
    Ok(storage::credentials::of_providers(&engine.db, scope, &providers(kind)).await?)
}

/// Whether there is a usable one of a kind.
pub(super) async fn any_of_kind(
    engine: &Engine,
    principal: &Principal,
    kind: CredentialKind,
) -> Result<bool, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the credentials").await?;
    Ok(storage::credentials::any_of_providers(&engine.db, scope, &providers(kind)).await?)
}

fn providers(kind: CredentialKind) -> Vec<Provider> {
    Provider::ALL.into_iter().filter(|provider| provider.facts().kind == kind).collect()
}
