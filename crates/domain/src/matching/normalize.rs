//! The one spelling in which URLs are compared.
//!
//! | Typed for | Typed | Compared as |
//! |---|---|---|
//! | all | `HTTPS://Host.Example.:443/a/` | `https://host.example/a` |
//! | all | `host.example/a` | `https://host.example/a` |
//! | all | `https://user:token@host.example/a?b#c` | `https://host.example/a` |
//! | all | `http://host.example/a` | `http://host.example/a`, because plain http is another place |
//! | git | `git@host.example:org/repo.git` | `https://host.example/org/repo` |
//! | git | `ssh://git@host.example:7999/org/repo.git` | `https://host.example/org/repo` |
//! | helm | `oci://host.example/charts` | `https://host.example/charts`, one place on the wire |
//! | helm | `https://host.example/charts/index.yaml` | `https://host.example/charts` |
//! | helm | `oci://registry-1.docker.io/acme` | `https://docker.io/acme` |
//! | image | `host.example/org/app:1.2`, `host.example/org/app@sha256:…` | `https://host.example/org/app` |
//! | image | `redis`, `docker.io/redis`, `index.docker.io/library/redis` | `https://docker.io/library/redis` |
//! | image | `https://index.docker.io/v1/` | `https://docker.io` |
//!
//! Upper and lower case differ in paths. A text that is no URL becomes empty, which matches nothing.

use url::Url;

use crate::{Purpose, is_docker_hub, registry_name};

/// The most bytes of a URL that is compared.
pub(super) const MAX_BYTES: usize = 2_048;

/// The spelling in which `url` is compared; empty when it is no URL. Normalizing twice changes
/// nothing.
#[must_use]
pub fn normalize(purpose: Purpose, url: &str) -> String {
    let url = url.trim();
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if url.is_empty() || url.len() > MAX_BYTES || url.chars().any(odd) {
        return String::new();
    }
    match purpose {
        Purpose::Git => git(url),
        Purpose::Helm => helm(url),
        Purpose::Image => image(url),
    }
    .filter(|text| text.len() <= MAX_BYTES)
    .unwrap_or_default()
}

/// The spelling in which a registry's address is compared where nothing matches it as `https`: a
/// registry at `oci://host:5000` may speak plain http, and then its credential was made for
/// `http://host:5000`. Empty for every other URL.
#[must_use]
pub fn without_tls(purpose: Purpose, url: &str) -> String {
    match split(url.trim()) {
        (Some(scheme), rest) if scheme == "oci" && purpose != Purpose::Git => {
            normalize(purpose, &format!("http://{rest}"))
        }
        _ => String::new(),
    }
}

/// Scheme in lower case, and the rest; `None` for the scheme when there is none.
fn split(url: &str) -> (Option<String>, &str) {
    match url.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, url),
    }
}

/// Host and port as they are compared, and the path without slashes at its end; user name, password,
/// query and fragment are left out.
fn parts(scheme: &str, rest: &str) -> Option<(String, String)> {
    let url = Url::parse(&format!("{scheme}://{rest}")).ok()?;
    let host = url.host_str()?.trim_end_matches('.');
    if host.is_empty() {
        return None;
    }
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Some((authority, url.path().trim_end_matches('/').to_owned()))
}

fn git(url: &str) -> Option<String> {
    let (scheme, rest) = split(url);
    let (scheme, authority, path) = match scheme.as_deref() {
        Some(scheme @ ("https" | "http")) => {
            let (authority, path) = parts(scheme, rest)?;
            (scheme, authority, path)
        }
        Some("ssh" | "git+ssh" | "ssh+git" | "git") => over_ssh(rest)?,
        Some(_) => return None,
        None => {
            if let Some(rest) = scp_like(url) {
                over_ssh(&rest)?
            } else {
                let (authority, path) = parts("https", url)?;
                ("https", authority, path)
            }
        }
    };
    let path = without_ends(&path, ".git");
    Some(format!("{scheme}://{authority}{path}"))
}

/// The web address of a repository reached by SSH. The port is that of SSH, so it tells nothing.
fn over_ssh(rest: &str) -> Option<(&'static str, String, String)> {
    let (authority, path) = parts("https", rest)?;
    let host = authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']'));
    let host = host.map_or(authority.as_str(), |(host, _)| host).to_owned();
    Some(("https", host, path))
}

/// `user@host:path` of git, as `host/path`. Without a user name, digits after the colon are a port.
fn scp_like(url: &str) -> Option<String> {
    let (left, path) = url.split_once(':')?;
    if left.contains('/') || left.starts_with('[') {
        return None;
    }
    let first = path.split('/').next().unwrap_or_default();
    let port = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    match left.rsplit_once('@') {
        Some((_, host)) => Some(format!("{host}/{}", path.trim_start_matches('/'))),
        None if port => None,
        None => Some(format!("{left}/{}", path.trim_start_matches('/'))),
    }
}

/// A path without this end and the slashes before it, however often it stands there.
fn without_ends<'a>(path: &'a str, end: &str) -> &'a str {
    let mut path = path;
    while let Some(shorter) = path.strip_suffix(end) {
        path = shorter.trim_end_matches('/');
    }
    path
}

fn helm(url: &str) -> Option<String> {
    let (scheme, rest) = split(url);
    let scheme = match scheme.as_deref() {
        Some("http") => "http",
        Some("https" | "oci") | None => "https",
        Some(_) => return None,
    };
    let (authority, path) = parts(scheme, rest)?;
    let path = without_ends(&path, "/index.yaml");
    Some(format!("{scheme}://{}{path}", registry_name(&authority)))
}

fn image(url: &str) -> Option<String> {
    let (scheme, rest) = split(url);
    let (scheme, rest) = match scheme.as_deref() {
        Some("http") => ("http", rest.to_owned()),
        Some("https" | "oci" | "docker") => ("https", rest.to_owned()),
        Some(_) => return None,
        None => ("https", reference(rest)),
    };
    let (authority, path) = parts(scheme, &untagged(&rest))?;
    let hub = is_docker_hub(&authority);
    let authority = registry_name(&authority);
    let path = match path.trim_start_matches('/') {
        "v1" | "v2" if hub => String::new(),
        name if hub && !name.is_empty() && !name.contains('/') => format!("/library/{name}"),
        _ => path,
    };
    Some(format!("{scheme}://{authority}{path}"))
}

/// A reference as Docker reads it: what stands before the first slash is a host only when it has a
/// dot or a colon or is `localhost`; otherwise the image is on Docker Hub. (distribution/reference)
fn reference(text: &str) -> String {
    let (first, path) =
        text.split_once('/').map_or((text, None), |(host, path)| (host, Some(path)));
    let bare = first.split(['@', ':']).next().unwrap_or_default();
    let host = match path {
        Some(_) => first.contains(['.', ':', '@']) || first == "localhost",
        None => bare.contains('.') || bare == "localhost",
    };
    if host { text.to_owned() } else { format!("docker.io/{text}") }
}

/// Without the tag and the digest of the image.
fn untagged(rest: &str) -> String {
    let Some((authority, path)) = rest.split_once('/') else { return rest.to_owned() };
    let path = path.split(['@', '?', '#']).next().unwrap_or_default();
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let name = name.split(':').next().unwrap_or_default();
    if folder.is_empty() {
        format!("{authority}/{name}")
    } else {
        format!("{authority}/{folder}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(purpose: Purpose, rows: &[(&str, &str)]) {
        for (typed, compared) in rows {
            assert_eq!(normalize(purpose, typed), *compared, "{typed}");
            assert_eq!(normalize(purpose, compared), *compared, "{typed} twice");
        }
    }

    #[test]
    fn spellings_of_one_place_are_one_for_every_purpose() {
        for purpose in Purpose::ALL {
            all(
                purpose,
                &[
                    (" HTTPS://Host.Example.:443/a/ ", "https://host.example/a"),
                    ("host.example/a", "https://host.example/a"),
                    ("https://user:token@host.example/a?b=1#c", "https://host.example/a"),
                    ("http://host.example:80/A", "http://host.example/A"),
                    ("https://host.example:8443/", "https://host.example:8443"),
                    ("localhost:5000/a", "https://localhost:5000/a"),
                    ("https://[::1]:8443/a", "https://[::1]:8443/a"),
                ],
            );
            for bad in ["", " ", "https://", "ftp://a/b", "a b", "https://a\\b", "https://[::1"] {
                assert_eq!(normalize(purpose, bad), "", "{bad}");
            }
            assert_eq!(normalize(purpose, &format!("https://a/{}", "x".repeat(2_048))), "");
        }
    }

    #[test]
    fn git_over_ssh_and_https_is_one_repository() {
        all(
            Purpose::Git,
            &[
                ("git@github.com:Org/repo.git", "https://github.com/Org/repo"),
                ("github.com:org/repo", "https://github.com/org/repo"),
                ("git@host.example:/org/repo.git/", "https://host.example/org/repo"),
                ("ssh://git@host.example:7999/org/repo.git", "https://host.example/org/repo"),
                ("https://x-access-token:t@github.com/o/r.git", "https://github.com/o/r"),
                ("git://host.example/o/r.git", "https://host.example/o/r"),
                ("http://github.com/o/r", "http://github.com/o/r"),
                ("ssh://git@[::1]:22/o/r", "https://[::1]/o/r"),
            ],
        );
    }

    #[test]
    fn charts_over_oci_and_https_are_one_place() {
        all(
            Purpose::Helm,
            &[
                ("oci://GHCR.io/org/charts/", "https://ghcr.io/org/charts"),
                ("oci://ghcr.io:443/org", "https://ghcr.io/org"),
                ("https://h.example/charts/index.yaml", "https://h.example/charts"),
                ("https://h.example/index.yaml", "https://h.example"),
                ("oci://registry-1.docker.io/acme", "https://docker.io/acme"),
                ("oci://index.docker.io/acme/web", "https://docker.io/acme/web"),
                ("docker.io/acme", "https://docker.io/acme"),
                ("oci://docker.io:5000/acme", "https://docker.io:5000/acme"),
            ],
        );
    }

    #[test]
    fn a_registry_may_speak_plain_http_at_the_same_port() {
        for (url, plain) in [
            ("oci://127.0.0.1:37603/payments", "http://127.0.0.1:37603/payments"),
            ("OCI://r.example:80/a/", "http://r.example/a"),
            ("oci://r.example:443/a", "http://r.example:443/a"),
            ("https://r.example/a", ""),
            ("r.example/a", ""),
        ] {
            assert_eq!(without_tls(Purpose::Helm, url), plain, "{url}");
        }
    }

    #[test]
    fn images_lose_tags_and_docker_hub_has_one_name() {
        all(
            Purpose::Image,
            &[
                ("ghcr.io/org/app:1.2", "https://ghcr.io/org/app"),
                ("ghcr.io/org/app:1.2@sha256:ab", "https://ghcr.io/org/app"),
                ("host.example:5000/app:1", "https://host.example:5000/app"),
                ("oci://ghcr.io/org/app", "https://ghcr.io/org/app"),
                ("redis", "https://docker.io/library/redis"),
                ("redis:7", "https://docker.io/library/redis"),
                ("docker.io/redis@sha256:ab", "https://docker.io/library/redis"),
                ("index.docker.io/library/redis", "https://docker.io/library/redis"),
                ("acme/app", "https://docker.io/acme/app"),
                ("registry-1.docker.io/acme/app", "https://docker.io/acme/app"),
                ("https://index.docker.io/v1/", "https://docker.io"),
                ("docker.io", "https://docker.io"),
                ("ghcr.io", "https://ghcr.io"),
            ],
        );
    }
}
