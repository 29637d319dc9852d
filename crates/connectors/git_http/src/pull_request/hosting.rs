use domain::{Provider, gitops::GitUrl};
use url::Url;

use super::{
    Host,
    bitbucket::Bitbucket,
    bitbucket_server::{self, BitbucketServer},
    gitea::Gitea,
    github::Github,
    gitlab::Gitlab,
    state::{is_page, number},
};

/// A host whose pull requests Hawser knows, and where its API is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosting {
    kind: Kind,
    api: Url,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Github,
    Gitlab,
    Gitea,
    Bitbucket,
    BitbucketServer,
}

impl Hosting {
    /// What hosts a repository: known hosts by their names, others by the provider of the
    /// credential, Gitea and Forgejo by a name such as `gitea.example.com`. `github_host` is the
    /// GitHub that the operator configured, such as `github.example.com`; it may be empty.
    /// Bitbucket Data Center is known by its addresses for `git clone`, such as
    /// `https://bitbucket.example.com/scm/KEY/slug.git`. `None` for a host that is not known.
    #[must_use]
    pub fn of(url: &GitUrl, provider: Provider, github_host: &str) -> Option<Self> {
        let host = url.url().host_str()?;
        Self::at(url, kind(url.url(), host, provider, github_host)?)
    }

    /// The host that a repository's pull request was opened at whose page is `known`, so that a host on a
    /// name of its own is not asked again what it is. `None` for an address that is no such page.
    #[must_use]
    pub fn of_page(url: &GitUrl, known: &str) -> Option<Self> {
        let number = number(known)?;
        [Kind::Github, Kind::Gitlab, Kind::Gitea, Kind::BitbucketServer]
            .into_iter()
            .filter_map(|kind| Self::at(url, kind))
            .find(|hosting| is_page(hosting, url, number, known))
    }

    /// A host of this kind; `None` when its repositories have no such addresses.
    pub(super) fn at(url: &GitUrl, kind: Kind) -> Option<Self> {
        let host = url.url().host_str()?;
        let api = match kind {
            Kind::Github if host == "github.com" => "https://api.github.com".to_owned(),
            // GitHub Enterprise Cloud with data residency:
            // <https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency>.
            Kind::Github if host.ends_with(".ghe.com") => format!("https://api.{host}"),
            Kind::Github => format!("{}/api/v3", url.origin()),
            Kind::Gitlab => format!("{}/api/v4", url.origin()),
            Kind::Gitea => format!("{}/api/v1", url.origin()),
            Kind::Bitbucket => "https://api.bitbucket.org/2.0".to_owned(),
            Kind::BitbucketServer => {
                let (before, ..) = bitbucket_server::place(url.path())?;
                format!("{}/{before}rest/api/1.0", url.origin())
            }
        };
        Some(Self { kind, api: Url::parse(&api).ok()? })
    }

    /// The same host with its API at another address, as an operator may configure it.
    #[must_use]
    pub fn with_api(self, api: Url) -> Self {
        Self { api, ..self }
    }

    pub(super) const fn api(&self) -> &Url {
        &self.api
    }

    pub(super) const fn host(&self) -> &'static dyn Host {
        match self.kind {
            Kind::Github => &Github,
            Kind::Gitlab => &Gitlab,
            Kind::Gitea => &Gitea,
            Kind::Bitbucket => &Bitbucket,
            Kind::BitbucketServer => &BitbucketServer,
        }
    }
}

fn kind(url: &Url, host: &str, provider: Provider, github_host: &str) -> Option<Kind> {
    let with_port = url.port().map(|port| format!("{host}:{port}"));
    if !github_host.is_empty() && (github_host == host || with_port.as_deref() == Some(github_host))
    {
        return Some(Kind::Github);
    }
    match host {
        "github.com" => return Some(Kind::Github),
        "gitlab.com" => return Some(Kind::Gitlab),
        "bitbucket.org" => return Some(Kind::Bitbucket),
        "codeberg.org" | "gitea.com" => return Some(Kind::Gitea),
        _ => {}
    }
    match provider {
        Provider::Github => Some(Kind::Github),
        Provider::Gitlab => Some(Kind::Gitlab),
        Provider::Bitbucket => Some(Kind::BitbucketServer),
        Provider::GenericGit => {
            host.split('.').any(|label| matches!(label, "gitea" | "forgejo")).then_some(Kind::Gitea)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::commit_url, *};

    #[test]
    fn hosts_are_known_by_name_or_provider() {
        use Provider as P;
        for (url, provider, api, commit) in [
            ("https://github.com/a/b", P::GenericGit, "https://api.github.com/", "a/b/commit/"),
            ("https://acme.ghe.com/a/b", P::Github, "https://api.acme.ghe.com/", "a/b/commit/"),
            ("https://ghe.example/a/b", P::GenericGit, "https://ghe.example/api/v3", "a/b/commit/"),
            ("https://git.acme/a/b.git", P::Github, "https://git.acme/api/v3", "a/b/commit/"),
            ("https://gitlab.com/a/b/c", P::Gitlab, "https://gitlab.com/api/v4", "a/b/c/-/commit/"),
            ("https://git.acme/a/b", P::Gitlab, "https://git.acme/api/v4", "a/b/-/commit/"),
            (
                "https://codeberg.org/a/b",
                P::GenericGit,
                "https://codeberg.org/api/v1",
                "a/b/commit/",
            ),
            (
                "https://forgejo.acme/a/b",
                P::GenericGit,
                "https://forgejo.acme/api/v1",
                "a/b/commit/",
            ),
            (
                "https://bitbucket.acme/scm/A/b.git",
                P::Bitbucket,
                "https://bitbucket.acme/rest/api/1.0",
                "projects/A/repos/b/commits/",
            ),
            (
                "https://acme.example/bitbucket/scm/~ann/b",
                P::Bitbucket,
                "https://acme.example/bitbucket/rest/api/1.0",
                "bitbucket/projects/~ann/repos/b/commits/",
            ),
            (
                "https://bitbucket.org/a/b",
                P::Bitbucket,
                "https://api.bitbucket.org/2.0",
                "a/b/commits/",
            ),
        ] {
            let url = GitUrl::parse(url).unwrap();
            let hosting = Hosting::of(&url, provider, "ghe.example").unwrap();
            assert_eq!(hosting.api().as_str(), api);
            let id = "a".repeat(40);
            let page = commit_url(&url, Some(&hosting), &id);
            assert_eq!(page, format!("{}/{commit}{id}", url.origin()));
            assert_eq!(commit_url(&url, Some(&hosting), "\"><script>"), "");
            assert_eq!(commit_url(&url, None, &id), "");
        }
        for (url, provider) in [
            ("https://bitbucket.acme/a/b", P::Bitbucket),
            ("https://bitbucket.acme/myscm/a/b", P::Bitbucket),
            ("https://git.acme/a/b", P::GenericGit),
            ("https://notgithub.com/a/b", P::GenericGit),
        ] {
            assert_eq!(Hosting::of(&GitUrl::parse(url).unwrap(), provider, ""), None, "{url}");
        }
    }
}
