//! The credential of a repository that leaves the choice to its URL.

use domain::{
    CredentialId, ProjectId, Purpose, Scope,
    matching::{Index, normalize, without_tls},
};

use super::indexes::current;
use crate::{Engine, Error};

/// The credential that a repository of `project` uses for `url`, as it was pasted.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn find(
    engine: &Engine,
    scope: Scope,
    project: ProjectId,
    purpose: Purpose,
    url: &str,
) -> Result<Option<CredentialId>, Error> {
    let held = current(engine, scope).await?;
    Ok(held.ask(|index| winner(index, project, purpose, url)))
}

/// The same for many places at once, with one look at the database.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn find_each(
    engine: &Engine,
    scope: Scope,
    purpose: Purpose,
    places: impl Iterator<Item = (ProjectId, &str)>,
) -> Result<Vec<Option<CredentialId>>, Error> {
    let held = current(engine, scope).await?;
    Ok(held
        .ask(|index| places.map(|(project, url)| winner(index, project, purpose, url)).collect()))
}

/// The credential of a URL as https; of a registry that has none, as plain http.
fn winner(index: &Index, project: ProjectId, purpose: Purpose, url: &str) -> Option<CredentialId> {
    let found = index.find(project, purpose, &normalize(purpose, url));
    found.or_else(|| index.find(project, purpose, &without_tls(purpose, url)))
}
