//! Which charts a repository URL stands for.

use domain::Cause;

use super::{
    pages::{List, all, touch},
    scope::Scope,
    session::Session,
};
use crate::registry_types::Target;
use egress::Failure;

/// Registries without a catalog; asking them only makes misleading refusals.
const WITHOUT_CATALOG: [&str; 7] = [
    "ghcr.io",
    "registry-1.docker.io",
    "registry.gitlab.com",
    "public.ecr.aws",
    "quay.io",
    "cgr.dev",
    "gcr.io",
];

/// A chart at a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    /// Its name in Hawser: the path below the repository's URL.
    pub(super) name: String,
    /// Its path at the registry.
    pub(super) repository: String,
    /// Its tags, where finding it already told them.
    pub(super) tags: Option<Vec<String>>,
}

impl Chart {
    pub(super) fn scope(&self) -> Scope {
        Scope::pull(&self.repository)
    }
}

/// Finds the charts: those a person named, else the one at the path, else those of the catalog.
pub(super) async fn charts(session: &Session<'_>, target: &Target) -> Result<Vec<Chart>, Failure> {
    if !target.chart_names.is_empty() {
        return target.chart_names.iter().map(|name| named(target.url.path(), name)).collect();
    }
    let path = target.url.path();
    let own = match path {
        "" => None,
        path => {
            let chart = named("", path)?;
            match all(session, List::Tags(path)).await {
                Ok(tags) if !tags.is_empty() => {
                    return Ok(vec![Chart { name: last(path), tags: Some(tags), ..chart }]);
                }
                Ok(_) => None,
                Err(failure) if leaves_hope(&failure) => Some(failure),
                Err(failure) => return Err(failure),
            }
        }
    };
    catalog(session, path, own).await
}

/// Checks with one small request that the login opens the repository.
pub(super) async fn prove(session: &Session<'_>, target: &Target) -> Result<(), Failure> {
    let path = target.url.path();
    if let Some(name) = target.chart_names.first() {
        let chart = named(path, name)?;
        return touch(session, List::Tags(&chart.repository)).await;
    }
    let own = match path {
        "" => None,
        path => {
            named("", path)?;
            match touch(session, List::Tags(path)).await {
                Ok(()) => return Ok(()),
                Err(failure) if leaves_hope(&failure) => Some(failure),
                Err(failure) => return Err(failure),
            }
        }
    };
    let has_catalog = has_catalog(session);
    match own {
        // The namespace is no chart; the registry took the login and has no list to try it on.
        _ if !has_catalog => Ok(()),
        Some(failure) if failure.cause == Cause::NotFound => {
            match touch(session, List::Catalog).await {
                Err(refusal)
                    if refusal.cause == Cause::InvalidCredentials || refusal.cause.may_pass() =>
                {
                    Err(refusal)
                }
                _ => Ok(()),
            }
        }
        own => touch(session, List::Catalog).await.map_err(|refusal| own.unwrap_or(refusal)),
    }
}

/// The path may be a namespace rather than a chart, which registries refuse in these ways.
pub(super) fn leaves_hope(failure: &Failure) -> bool {
    matches!(failure.cause, Cause::NotFound | Cause::InsufficientScope)
        || (failure.cause == Cause::NoCredential && failure.status == Some(403))
}

async fn catalog(
    session: &Session<'_>,
    path: &str,
    own: Option<Failure>,
) -> Result<Vec<Chart>, Failure> {
    let unsupported = |cause: Option<Failure>| {
        let failure = Failure::new(
            Cause::ListingUnsupported,
            format!("list the charts of {}", session.base().authority()),
        );
        match cause {
            Some(cause) => failure.because(cause),
            None => failure,
        }
    };
    if !has_catalog(session) {
        return Err(unsupported(own));
    }
    let repositories = match all(session, List::Catalog).await {
        Ok(repositories) => repositories,
        Err(refusal)
            if refusal.cause.may_pass()
                || matches!(refusal.cause, Cause::InvalidCredentials | Cause::TokenExpired) =>
        {
            return Err(refusal);
        }
        Err(refusal)
            if refusal.cause == Cause::NoCredential
                && refusal.status == Some(401)
                && own.is_none() =>
        {
            return Err(refusal);
        }
        Err(refusal) => return Err(unsupported(Some(refusal))),
    };
    let found: Vec<_> =
        repositories.iter().filter_map(|repository| below(path, repository)).collect();
    match own {
        Some(failure) if found.is_empty() => Err(failure),
        _ => Ok(found),
    }
}

/// Whether the registry has a catalog to ask for.
pub(super) fn has_catalog(session: &Session<'_>) -> bool {
    let host = session.base().host_str().unwrap_or_default();
    !WITHOUT_CATALOG.contains(&host) && !host.ends_with(".pkg.dev") && !host.ends_with(".gcr.io")
}

fn below(path: &str, repository: &str) -> Option<Chart> {
    let name = match path {
        "" => repository,
        path => repository.strip_prefix(path)?.strip_prefix('/')?,
    };
    is_name(repository).then(|| Chart {
        name: name.to_owned(),
        repository: repository.to_owned(),
        tags: None,
    })
}

fn named(namespace: &str, name: &str) -> Result<Chart, Failure> {
    let name = name.trim().trim_matches('/');
    let repository =
        if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") };
    if is_name(&repository) {
        Ok(Chart { name: name.to_owned(), repository, tags: None })
    } else {
        Err(Failure::new(
            Cause::NotFound,
            "use a chart name: it has characters that no registry allows",
        ))
    }
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// The names of the distribution specification, in words: segments of lower-case letters, digits
/// and separators, which start and end with a letter or digit.
fn is_name(text: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 255
        && text.split('/').all(|segment| {
            let bytes = segment.as_bytes();
            bytes.first().copied().is_some_and(alphanumeric)
                && bytes.last().copied().is_some_and(alphanumeric)
                && bytes
                    .iter()
                    .all(|byte| alphanumeric(*byte) || matches!(byte, b'.' | b'_' | b'-'))
                && !segment.contains("..")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_registries_are_names() {
        for good in ["a", "library/alpine", "a.b/c_d/e--f", "team/charts/web-1"] {
            assert!(is_name(good), "{good}");
        }
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "A",
            "a/../b",
            "..",
            "a b",
            "a?x",
            "a#x",
            "a%2f",
            "-a",
            "a/_catalog",
        ] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn charts_are_named_by_their_path_below_the_url() {
        assert_eq!(below("team", "team/web").unwrap().name, "web");
        assert_eq!(below("team", "team/a/web").unwrap().name, "a/web");
        assert_eq!(below("", "team/web").unwrap().name, "team/web");
        for other in ["team", "teams/web", "other/team/web"] {
            assert!(below("team", other).is_none(), "{other}");
        }
        assert_eq!(named("team", "/web/").unwrap().repository, "team/web");
        assert!(named("team", "../other/web").is_err());
    }
}
