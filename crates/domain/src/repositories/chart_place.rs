//! Where a chart lies. Install commands, exports and the catalog all ask here.

use url::Url;

use super::{RepositoryKind, RepositoryUrl};
use crate::registry_host;

/// Where a chart lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChartPlace {
    /// In the index of a repository over HTTP, under its name.
    Index {
        /// The URL of the repository.
        repository: String,
        /// The name in the index.
        name: String,
    },
    /// At a registry.
    Registry {
        /// The host, as clients are told it.
        host: String,
        /// The path of the chart at the registry.
        path: String,
    },
}

impl ChartPlace {
    /// The place of the chart `name` of the repository at `url`. `archive` is where the last sync
    /// found a version of it ([`crate::charts::ChartVersion::url`]); without one, the chart is taken
    /// to lie below the URL, for only a sync tells that the URL is a chart itself.
    #[must_use]
    pub fn of(kind: RepositoryKind, url: &str, name: &str, archive: Option<&str>) -> Self {
        let parsed = RepositoryUrl::parse(url).ok().filter(|_| kind == RepositoryKind::Oci);
        let Some(parsed) = parsed else {
            return Self::Index { repository: url.to_owned(), name: name.to_owned() };
        };
        let host = registry_host(parsed.authority()).to_owned();
        let path = archive.and_then(archived).unwrap_or_else(|| below(parsed.path(), name));
        Self::Registry { host, path }
    }

    /// The address of a chart at a registry, without a version: `oci://host/path`. `None` for a chart
    /// of an index, which has none of its own.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        match self {
            Self::Registry { host, path } => Some(format!("oci://{host}/{path}")),
            Self::Index { .. } => None,
        }
    }
}

/// The URL for clients that add the name of a chart to it by themselves: Argo CD, and Flux's
/// `HelmRepository`. `lone` is the one chart of a repository, where the last sync found just one, and
/// where it lies: a URL that is this chart itself is given without its last segment.
#[must_use]
pub fn namespace_url(kind: RepositoryKind, url: &str, lone: Option<&ChartPlace>) -> String {
    let Some(parsed) = RepositoryUrl::parse(url).ok().filter(|_| kind == RepositoryKind::Oci)
    else {
        return url.to_owned();
    };
    let path = match lone {
        Some(ChartPlace::Registry { path, .. }) if path == parsed.path() => {
            path.rsplit_once('/').map_or("", |(namespace, _)| namespace)
        }
        _ => parsed.path(),
    };
    let host = registry_host(parsed.authority());
    if path.is_empty() { format!("oci://{host}") } else { format!("oci://{host}/{path}") }
}

/// Scheme, host and port of an archive, when it does not lie at the origin of the repository whose index
/// names it; such a host gets no login unless a client is told to send it everywhere.
#[must_use]
pub fn foreign_origin(repository: &str, archive: &str) -> Option<String> {
    let (repository, archive) = (Url::parse(repository).ok()?, Url::parse(archive).ok()?);
    let web = matches!(archive.scheme(), "http" | "https");
    (web && archive.origin() != repository.origin()).then(|| archive.origin().ascii_serialization())
}

/// The path of `oci://host/path:tag`.
fn archived(url: &str) -> Option<String> {
    let (_, path) = url.strip_prefix("oci://")?.split_once('/')?;
    let (path, _) = path.rsplit_once(':')?;
    (!path.is_empty()).then(|| path.to_owned())
}

fn below(namespace: &str, name: &str) -> String {
    if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATOR: &str = "oci://ghcr.io/grafana/helm-charts/grafana-operator";

    fn oci(url: &str, name: &str, archive: Option<&str>) -> String {
        ChartPlace::of(RepositoryKind::Oci, url, name, archive).address().unwrap()
    }

    #[test]
    fn x5_a_url_may_be_the_chart_itself() {
        let itself = format!("{OPERATOR}:v5.6.0");
        assert_eq!(oci(OPERATOR, "grafana-operator", Some(&itself)), OPERATOR);
        let below = "oci://ghcr.io/acme/web/web:1.0.0";
        assert_eq!(oci("oci://ghcr.io/acme/web", "web", Some(below)), "oci://ghcr.io/acme/web/web");
        for (url, name, archive, place) in [
            ("oci://r.example:5000", "team/web", None, "oci://r.example:5000/team/web"),
            ("oci://r.example/charts/", "web", None, "oci://r.example/charts/web"),
            (
                "oci://r.example/charts",
                "a/b",
                Some("oci://r.example/charts/a/b:1"),
                "oci://r.example/charts/a/b",
            ),
            // What is stored and is no address of a chart says nothing.
            (
                "oci://r.example/charts",
                "web",
                Some("https://r.example/x.tgz"),
                "oci://r.example/charts/web",
            ),
        ] {
            assert_eq!(oci(url, name, archive), place);
        }
    }

    #[test]
    fn x11_docker_hub_is_told_by_the_name_that_serves() {
        for url in [
            "oci://docker.io/acme",
            "oci://index.docker.io/acme",
            "oci://registry-1.docker.io/acme",
        ] {
            assert_eq!(oci(url, "web", None), "oci://registry-1.docker.io/acme/web");
            assert_eq!(
                namespace_url(RepositoryKind::Oci, url, None),
                "oci://registry-1.docker.io/acme"
            );
        }
    }

    #[test]
    fn x19_archives_at_another_origin_are_noticed() {
        let here = "https://charts.example.com/stable";
        for same in [
            "https://charts.example.com/a.tgz",
            "https://charts.example.com:443/b.tgz",
            "ftp://x/y",
            "",
        ] {
            assert_eq!(foreign_origin(here, same), None, "{same}");
        }
        for (other, origin) in [
            ("https://github.com/acme/x/releases/a.tgz?a=b", "https://github.com"),
            ("http://charts.example.com/a.tgz", "http://charts.example.com"),
            ("https://charts.example.com:8443/a.tgz", "https://charts.example.com:8443"),
        ] {
            assert_eq!(foreign_origin(here, other).as_deref(), Some(origin));
        }
    }

    #[test]
    fn clients_that_add_the_name_get_the_namespace() {
        let place = |url: &str, archive: &str| {
            let name = url.rsplit('/').next().unwrap();
            let place = ChartPlace::of(RepositoryKind::Oci, url, name, Some(archive));
            namespace_url(RepositoryKind::Oci, url, Some(&place))
        };
        assert_eq!(
            place(OPERATOR, &format!("{OPERATOR}:1.0.0")),
            "oci://ghcr.io/grafana/helm-charts"
        );
        assert_eq!(place("oci://r.example/web", "oci://r.example/web:1.0.0"), "oci://r.example");
        assert_eq!(
            place("oci://r.example/web", "oci://r.example/web/web:1"),
            "oci://r.example/web"
        );
        let http = "https://charts.example.com/stable";
        let index = ChartPlace::of(RepositoryKind::Helm, http, "web", None);
        assert_eq!(namespace_url(RepositoryKind::Helm, http, Some(&index)), http);
        assert_eq!(index.address(), None);
    }
}
