//! The credential of a repository that leaves the choice to its URL.

use std::collections::{HashMap, HashSet};

use domain::{
    CredentialId, ProjectId, Purpose,
    credentials::{AllowedAddresses, Route},
    matching::{normalize, without_tls},
    repositories::RepositoryUrl,
};
use storage::Scope;

use super::indexes::{OrganizationIndex, current};
use crate::{Engine, Error};

/// The credential that a repository of `project` uses for `url`, as it was pasted, and the route there:
/// the first that matches and may be sent to that address.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn find(
    engine: &Engine,
    scope: Scope,
    project: ProjectId,
    purpose: Purpose,
    (url, route): (&str, &Route),
) -> Result<Option<CredentialId>, Error> {
    let held = current(engine, scope).await?;
    let place = MatchQuery { project, purpose, url, route };
    Ok(Search::new(engine, scope).winner(&held, &place).await?.0)
}

/// The same for many places at once, with one look at the database for each credential.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn find_each(
    engine: &Engine,
    scope: Scope,
    purpose: Purpose,
    places: impl Iterator<Item = (ProjectId, &str, &Route)>,
) -> Result<Vec<Option<CredentialId>>, Error> {
    let held = current(engine, scope).await?;
    let mut search = Search::new(engine, scope);
    let mut winners = Vec::new();
    for (project, url, route) in places {
        let place = MatchQuery { project, purpose, url, route };
        winners.push(search.winner(&held, &place).await?.0);
    }
    Ok(winners)
}

/// What is looked up.
pub(super) struct MatchQuery<'a> {
    pub(super) project: ProjectId,
    pub(super) purpose: Purpose,
    pub(super) url: &'a str,
    pub(super) route: &'a Route,
}

/// A search that knows the allowed addresses of the credentials it met.
pub(super) struct Search<'a> {
    engine: &'a Engine,
    scope: Scope,
    known: HashMap<CredentialId, Option<AllowedAddresses>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(engine: &'a Engine, scope: Scope) -> Self {
        Self { engine, scope, known: HashMap::new() }
    }

    /// The first that matches and may be sent to the address, and those before it that may not.
    pub(super) async fn winner(
        &mut self,
        held: &OrganizationIndex,
        place: &MatchQuery<'_>,
    ) -> Result<(Option<CredentialId>, HashSet<CredentialId>), Error> {
        let MatchQuery { project, purpose, .. } = *place;
        // As https, and of a registry that has none as plain http.
        let spellings = [normalize(purpose, place.url), without_tls(purpose, place.url)];
        let origin = origin(purpose, place.url);
        let mut except = HashSet::new();
        loop {
            let found = held.ask(|index| {
                let find = |url: &String| index.find_except(project, purpose, url, &except);
                spellings.iter().find_map(find)
            });
            let Some(found) = found else { return Ok((None, except)) };
            if place.purpose == Purpose::Git || self.permits(found, &origin, place.route).await? {
                return Ok((Some(found), except));
            }
            except.insert(found);
        }
    }

    async fn permits(
        &mut self,
        id: CredentialId,
        origin: &str,
        route: &Route,
    ) -> Result<bool, Error> {
        if !self.known.contains_key(&id) {
            let db = &self.engine.db;
            let allowed = storage::credentials::allowed_addresses(db, self.scope, id).await?;
            self.known.insert(id, allowed);
        }
        let allowed = self.known.get(&id).and_then(Option::as_ref);
        Ok(allowed.is_some_and(|allowed| allowed.permits(origin, route)))
    }
}

/// The origin of what was pasted; empty, which is never allowed, when it has none. An image is named
/// without a scheme, and its tag is no port.
fn origin(purpose: Purpose, text: &str) -> String {
    let url = match purpose {
        Purpose::Image => RepositoryUrl::parse(&normalize(purpose, text)),
        Purpose::Helm | Purpose::Git => RepositoryUrl::parse(text),
    };
    url.map(|url| url.origin()).unwrap_or_default()
}
