//! Why a credential is used for a URL.

use domain::{
    Action, Field, Principal, ProjectId, Purpose,
    access::parse_id,
    credentials::{CredentialScope, Route},
    matching::{ExplainQuery, Explanation, normalize, without_tls},
    repositories::spellings,
};

use storage::Scope;

use super::{
    find::{MatchQuery, Search},
    indexes::current,
};
use crate::{Engine, Error, audit::allowed};

pub(super) async fn explain(
    engine: &Engine,
    principal: &Principal,
    query: &ExplainQuery,
) -> Result<Explanation, Error> {
    // The index is as new as the database, and not as a transaction that began before sees it.
    let grant =
        allowed(engine, principal, Action::View, "explain which credential is used").await?;
    let scope = Scope::of(&grant);
    let purpose = match query.purpose.as_str() {
        "" => Purpose::Helm,
        text => Purpose::parse(text)
            .ok_or_else(|| Field::Purposes.problem("Choose a purpose from the list."))?,
    };
    let project: ProjectId = match query.project.as_str() {
        "" => storage::projects::default_id(&engine.db, scope).await?,
        id => parse_id(Field::Project, id)?,
    };
    let name = storage::projects::name_of(&engine.db, scope, project)
        .await?
        .ok_or_else(|| Field::Project.problem("Choose a project from the list."))?;
    let url = normalize(purpose, &query.url);
    if url.is_empty() {
        let example = match purpose {
            Purpose::Git => "https://github.com/acme/app.git",
            Purpose::Helm => "oci://ghcr.io/acme/charts",
            Purpose::Image => "ghcr.io/acme/app:1.2",
        };
        return Err(Field::Url.problem(format!("Paste a URL such as {example}.")).into());
    }
    let repositories = match purpose {
        Purpose::Helm => {
            let spellings = spellings(&query.url);
            storage::repositories::at(&engine.db, scope, &spellings).await?
        }
        Purpose::Git | Purpose::Image => Vec::new(),
    };
    let held = current(engine, scope).await?;
    let route = Route::default();
    let place = MatchQuery { project, purpose, url: &query.url, route: &route };
    let (_, except) = Search::new(engine, scope).winner(&held, &place).await?;
    let plain = without_tls(purpose, &query.url);
    // Every pattern is compared, which may be very many.
    let answer = tokio::task::spawn_blocking(move || {
        held.ask(|index| {
            let matches = |url: &str| index.find(project, purpose, url).is_some();
            // As a repository at a registry is given its credential.
            let url = if !matches(&url) && matches(&plain) { plain } else { url };
            let (lines, total) = index.explain(project, purpose, &url, &except);
            (url, lines, total)
        })
    });
    let (url, mut lines, total) = answer.await.map_err(Error::Matching)?;
    if principal.may(Action::ManageCredentials).is_err() {
        // Members of projects use a shared credential without reading it (F23).
        for line in lines.iter_mut().filter(|line| line.reach != CredentialScope::Project(project))
        {
            line.pattern = String::new();
        }
    }
    Ok(Explanation { repositories, url, purpose, project: name, lines, total })
}
