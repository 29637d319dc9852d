//! The address of a repository, as people paste it and as Hawser keeps it.

use std::fmt;

use url::Url;

use super::RepositoryKind;
use crate::{Field, FieldProblem};

/// The most bytes a URL may have.
const MAX_BYTES: usize = 2_048;

/// A repository URL that passed the rules: `https`, `http` or `oci`, with a host, without user
/// info, query secrets, fragment or trailing slash.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RepositoryUrl {
    text: String,
    oci: bool,
    url: Url,
}

impl RepositoryUrl {
    /// Reads a URL in any usual shape: with or without scheme, slash, `index.yaml`, `helm repo add`; at a
    /// registry also with the tag or the digest of a chart, which are taken off.
    ///
    /// A URL without a scheme is taken as `https`.
    ///
    /// # Errors
    /// When it is no such URL; the message never repeats what was typed.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let text = inside_command(text.trim());
        if text.is_empty() {
            return Err(problem("Type the URL of the repository."));
        }
        if text.len() > MAX_BYTES {
            return Err(problem(format!(
                "Too long: {} bytes, the limit is {MAX_BYTES}.",
                text.len()
            )));
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(problem("Remove the spaces, backslashes and control characters."));
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => ("https".to_owned(), text),
        };
        let oci = match scheme.as_str() {
            "oci" => true,
            "https" | "http" => false,
            _ => return Err(problem("Use a URL that starts with https:// or oci://.")),
        };
        let parsed = Url::parse(&format!("{}://{rest}", if oci { "https" } else { &scheme }));
        let mut url = parsed.map_err(|_| problem("This is not a URL. Use one such as https://charts.example.com or oci://ghcr.io/org/charts."))?;
        if rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
            return Err(problem(
                "Remove the user name and password from the URL and select a credential instead.",
            ));
        }
        Self::check(&url)?;
        url.set_fragment(None);
        let path = url
            .path()
            .trim_end_matches('/')
            .trim_end_matches("/index.yaml")
            .trim_end_matches('/')
            .to_owned();
        url.set_path(if oci { untagged(&path) } else { &path });
        let text = if oci {
            url.as_str().replacen("https://", "oci://", 1)
        } else {
            url.as_str().to_owned()
        };
        Ok(Self { text: text.trim_end_matches('/').to_owned(), oci, url })
    }

    fn check(url: &Url) -> Result<(), FieldProblem> {
        if url.host_str().is_none_or(str::is_empty) || url.port() == Some(0) {
            return Err(problem("The URL has no host."));
        }
        if url.query().is_some() {
            return Err(problem(
                "Remove the part after the question mark; tokens belong into a credential.",
            ));
        }
        Ok(())
    }

    /// As it is stored and shown: `oci://host/path` or `https://host/path`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The web URL behind it; `https` for OCI.
    #[must_use]
    pub const fn web(&self) -> &Url {
        &self.url
    }

    /// The host without port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Host and port as one compares them: the default port left out.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.url.authority()
    }

    /// Scheme, host and port on the wire: what a stored credential is bound to (R-CRED-03). OCI is
    /// https, so choosing the other kind does not change where a credential goes. A trailing dot
    /// of the host does not make another origin.
    #[must_use]
    pub fn origin(&self) -> String {
        let port = self.url.port_or_known_default().unwrap_or(443);
        format!("{}://{}:{port}", self.url.scheme(), self.host().trim_end_matches('.'))
    }

    /// The path without slashes at its ends: the namespace of an OCI repository.
    #[must_use]
    pub fn path(&self) -> &str {
        self.url.path().trim_matches('/')
    }

    /// The kind the text itself tells: `oci://` is OCI, `http(s)://` may be either.
    #[must_use]
    pub const fn implied_kind(&self) -> Option<RepositoryKind> {
        if self.oci { Some(RepositoryKind::Oci) } else { None }
    }

    /// The same place spelled for `kind`: `oci://…` or `https://…`. Plain http keeps its port, so
    /// that an OCI registry found there is asked there.
    #[must_use]
    pub fn spelled_for(&self, kind: RepositoryKind) -> Self {
        let oci = kind == RepositoryKind::Oci;
        if oci == self.oci {
            return self.clone();
        }
        let port = match (self.url.scheme(), self.url.port_or_known_default()) {
            ("https", Some(443)) | (_, None) => String::new(),
            (_, Some(port)) => format!(":{port}"),
        };
        let (scheme, host, path) =
            (if oci { "oci" } else { "https" }, self.host(), self.url.path());
        Self::parse(&format!("{scheme}://{host}{port}{path}")).unwrap_or_else(|_| self.clone())
    }

    /// A name to suggest: host and path.
    #[must_use]
    pub fn suggested_name(&self) -> String {
        let name = match self.path() {
            "" => self.authority().to_owned(),
            path => format!("{}/{path}", self.authority()),
        };
        name.chars().take(120).collect()
    }
}

impl fmt::Display for RepositoryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Without the tag and the digest of a chart: `charts/app:v1.2.3@sha256:…` is the place `charts/app`.
/// A path of the distribution specification has neither colons nor at signs.
fn untagged(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |slash| slash + 1);
    let end = path.get(name..).and_then(|last| last.find([':', '@'])).map(|at| name + at);
    path.get(..end.unwrap_or(path.len())).unwrap_or(path)
}

/// The words of a pasted `helm …`; `None` for anything else.
fn command(text: &str) -> Option<impl Iterator<Item = &str>> {
    let text = text.trim().trim_start_matches("$ ");
    let words = text.strip_prefix("helm ")?.split_whitespace();
    Some(words.filter(|word| *word != "\\").map(|word| word.trim_matches(['"', '\''])))
}

/// The URL inside a pasted `helm repo add NAME URL`, `helm pull URL` and the like; anything else as
/// it is.
fn inside_command(text: &str) -> &str {
    command(text).and_then(|mut words| words.find(|word| word.contains("://"))).unwrap_or(text)
}

/// The options of `helm repo add` that have no value (helm.sh/docs, `helm_repo_add`).
const SWITCHES: [&str; 7] = [
    "--allow-deprecated-repos",
    "--debug",
    "--force-update",
    "--insecure-skip-tls-verify",
    "--no-update",
    "--pass-credentials",
    "--password-stdin",
];

/// The name inside a pasted `helm repo add NAME URL`, with options wherever they stand.
#[must_use]
pub(super) fn name_in_command(text: &str) -> Option<&str> {
    let mut words = command(text)?;
    if (words.next(), words.next()) != (Some("repo"), Some("add")) {
        return None;
    }
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            return Some(word).filter(|word| !word.contains("://"));
        }
        if !word.contains('=') && !SWITCHES.contains(&word) {
            words.next();
        }
    }
    None
}

fn problem(message: impl Into<String>) -> FieldProblem {
    Field::Url.problem(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> String {
        RepositoryUrl::parse(text).unwrap().as_str().to_owned()
    }

    #[test]
    fn usual_shapes_become_one() {
        for text in [
            "https://charts.example.com/a",
            "https://charts.example.com/a/",
            " charts.example.com/a/index.yaml",
            "HTTPS://Charts.Example.com:443/a#x",
        ] {
            assert_eq!(kept(text), "https://charts.example.com/a", "{text}");
        }
        assert_eq!(
            kept("helm repo add acme https://charts.example.com/a --username ada"),
            "https://charts.example.com/a"
        );
        assert_eq!(kept("oci://GHCR.io/Org/charts/"), "oci://ghcr.io/Org/charts");
        assert_eq!(kept("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(kept("https://charts.example.com"), "https://charts.example.com");
    }

    #[test]
    fn x17_a_tag_and_a_digest_are_no_part_of_the_place() {
        let digest = format!("sha256:{}", "0".repeat(64));
        for text in [
            "oci://r.example:5000/charts/app:v0.10.2",
            "oci://r.example:5000/charts/app:1.2.3_build.5/",
            &format!("oci://r.example:5000/charts/app@{digest}"),
            &format!("oci://r.example:5000/charts/app:1.0.0@{digest}"),
            "helm pull oci://r.example:5000/charts/app:1.0.0 --untar",
        ] {
            assert_eq!(kept(text), "oci://r.example:5000/charts/app", "{text}");
        }
        assert_eq!(kept("oci://r.example:5000/app:1"), "oci://r.example:5000/app");
        assert_eq!(kept("oci://r.example:5000"), "oci://r.example:5000");
        // Over HTTP a colon may stand in a path; once it turns out to be a registry, it cannot.
        let web = RepositoryUrl::parse("https://r.example/charts/app:v1").unwrap();
        assert_eq!(web.as_str(), "https://r.example/charts/app:v1");
        assert_eq!(web.spelled_for(RepositoryKind::Oci).as_str(), "oci://r.example/charts/app");
    }

    #[test]
    fn a_pasted_command_keeps_its_name() {
        let url = "https://charts.example.com/a";
        for (command, name) in [
            (format!("helm repo add acme {url}"), Some("acme")),
            (format!("$ helm repo add acme {url} --username ada"), Some("acme")),
            (format!("helm repo add --username ada --force-update acme '{url}'"), Some("acme")),
            (format!("helm repo add acme --username=ada --password-stdin \\ {url}"), Some("acme")),
            (format!("helm repo add {url}"), None),
            (format!("helm install web {url}/web.tgz"), None),
            (url.to_owned(), None),
        ] {
            assert_eq!(name_in_command(&command), name, "{command}");
        }
        assert_eq!(kept(&format!("helm repo add acme \"{url}\"")), url);
    }

    #[test]
    fn r_cred_05_user_info_and_query_tokens_are_refused() {
        let long = format!("https://a/{}", "x".repeat(8_192));
        for bad in [
            "",
            "https://",
            "https://a@b/",
            "https://u:p@b/",
            "https://@b",
            "ftp://a/b",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "gopher://a",
            "git+ssh://a",
            "https://a/?token=1",
            "https://a b",
            "https:\\\\a",
            "https://a\tb",
            "https://a:0/",
            "https://a:65536/",
            "https://[::1",
            &long,
        ] {
            let problem = RepositoryUrl::parse(bad).expect_err(bad);
            assert_eq!(problem.field, Field::Url);
            assert!(!problem.message.contains("token=1"));
        }
    }

    #[test]
    fn r_cred_03_spellings_of_one_origin_are_one_origin() {
        let origin = |text: &str| RepositoryUrl::parse(text).unwrap().origin();
        assert_eq!(origin("https://Example.com"), "https://example.com:443");
        assert_eq!(origin("https://example.com.:443/x"), "https://example.com:443");
        assert_eq!(origin("https://ex%61mple.com"), "https://example.com:443");
        assert_eq!(origin("oci://example.com/a"), origin("https://example.com/b"));
        assert_ne!(origin("https://example.com"), origin("http://example.com"));
        assert_ne!(origin("https://example.com"), origin("https://example.com:8443"));
        assert_ne!(origin("https://example.com"), origin("https://example.co"));
    }

    #[test]
    fn r_cred_03_what_is_stored_has_the_origin_that_was_linked() {
        for text in [
            "http://127.0.0.1:5000",
            "http://r.example/a",
            "https://r.example:8443/a",
            "oci://r.example",
        ] {
            for kind in [RepositoryKind::Helm, RepositoryKind::Oci] {
                let spelled = RepositoryUrl::parse(text).unwrap().spelled_for(kind);
                let stored = RepositoryUrl::parse(spelled.as_str()).unwrap();
                assert_eq!(spelled.origin(), stored.origin(), "{text} as {kind:?}");
            }
        }
    }

    #[test]
    fn the_other_kind_is_one_spelling_away() {
        let url = RepositoryUrl::parse("https://r.example:5000/charts").unwrap();
        assert_eq!(url.spelled_for(RepositoryKind::Oci).as_str(), "oci://r.example:5000/charts");
        let url = RepositoryUrl::parse("http://r.example/charts").unwrap();
        assert_eq!(url.spelled_for(RepositoryKind::Oci).as_str(), "oci://r.example:80/charts");
        let url = RepositoryUrl::parse("oci://r.example/charts").unwrap();
        assert_eq!(url.spelled_for(RepositoryKind::Helm).as_str(), "https://r.example/charts");
    }
}
