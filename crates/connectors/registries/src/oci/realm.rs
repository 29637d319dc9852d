//! Where a password may be sent for a token (R-CRED-02): the registry's word alone is not enough.

use url::Url;

/// Registries whose tokens come from another host, and that host.
const PAIRS: [(&str, &str); 2] =
    [("registry-1.docker.io", "auth.docker.io"), ("registry.gitlab.com", "gitlab.com")];

/// What a realm may be given.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Realm {
    /// The login.
    Own(Url),
    /// An anonymous request, to a public address.
    Foreign(Url),
    /// Nothing.
    Refused,
}

/// The origin of a realm, as people allow token services: `scheme://host:port`.
pub(super) fn service(realm: &str) -> Option<String> {
    let url = Url::parse(realm).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let (host, port) = (url.host_str()?, url.port_or_known_default()?);
    Some(format!("{}://{host}:{port}", url.scheme()))
}

/// Judges the `realm` that the registry at `base` named; `allowed` are the origins of token services that
/// people allowed for it. Over plain http only a registry of plain http may be given one.
pub(super) fn judge(realm: &str, base: &Url, allowed: &[String]) -> Realm {
    let Ok(mut url) = Url::parse(realm) else { return Realm::Refused };
    url.set_fragment(None);
    let user_info = !url.username().is_empty() || url.password().is_some();
    if user_info || url.host().is_none() {
        return Realm::Refused;
    }
    let same_place =
        url.host() == base.host() && url.port_or_known_default() == base.port_or_known_default();
    match (url.scheme(), base.scheme()) {
        ("https", _) if same_place || paired(base, &url) => Realm::Own(url),
        ("https", _) | ("http", "http")
            if service(realm).is_some_and(|service| allowed.contains(&service)) =>
        {
            Realm::Own(url)
        }
        ("http", "http") if same_place => Realm::Own(url),
        ("https", _) => Realm::Foreign(url),
        _ => Realm::Refused,
    }
}

fn paired(base: &Url, realm: &Url) -> bool {
    let at = |url: &Url, host: &str| {
        url.scheme() == "https" && url.host_str() == Some(host) && url.port().is_none()
    };
    PAIRS.iter().any(|(registry, tokens)| at(base, registry) && at(realm, tokens))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(realm: &str, base: &str) -> Realm {
        judge(realm, &Url::parse(base).unwrap(), &[])
    }

    #[test]
    fn r_cred_02_the_login_goes_to_the_registry_or_a_known_pair() {
        for (realm, base) in [
            ("https://ghcr.io/token", "https://ghcr.io/"),
            ("https://ghcr.io:443/token", "https://ghcr.io/"),
            ("https://auth.docker.io/token", "https://registry-1.docker.io/"),
            ("https://gitlab.com/jwt/auth", "https://registry.gitlab.com/"),
            ("http://127.0.0.1:5000/token", "http://127.0.0.1:5000/"),
            ("https://127.0.0.1:5000/token", "http://127.0.0.1:5000/"),
        ] {
            assert!(matches!(judged(realm, base), Realm::Own(_)), "{realm} {base}");
        }
    }

    #[test]
    fn r_cred_02_a_token_service_is_allowed_by_its_whole_origin() {
        let base = Url::parse("https://registry.example/").unwrap();
        let allowed = ["https://gitlab.example:443".to_owned()];
        let judged = |realm: &str| judge(realm, &base, &allowed);
        assert!(matches!(judged("https://gitlab.example/jwt/auth"), Realm::Own(_)));
        assert!(matches!(judged("https://GitLab.example:443/jwt/auth"), Realm::Own(_)));
        for realm in [
            "https://gitlab.example:8443/jwt/auth",
            "http://gitlab.example:443/jwt/auth",
            "https://gitlab.example.evil.example/jwt/auth",
            "https://u:p@gitlab.example/jwt/auth",
            "https://evil.example/https://gitlab.example:443",
        ] {
            assert!(!matches!(judged(realm), Realm::Own(_)), "{realm}");
        }
    }

    #[test]
    fn r_cred_02_other_realms_never_get_the_login() {
        for (realm, base) in [
            ("https://evil.example/token", "https://ghcr.io/"),
            ("https://ghcr.io.evil.example/token", "https://ghcr.io/"),
            ("https://ghcr.io:8443/token", "https://ghcr.io/"),
            ("http://ghcr.io/token", "https://ghcr.io/"),
            ("https://auth.docker.io/token", "https://ghcr.io/"),
            ("https://auth.docker.io:8443/token", "https://registry-1.docker.io/"),
            ("https://gitlab.com/jwt/auth", "http://registry.gitlab.com/"),
            ("https://u:p@ghcr.io/token", "https://ghcr.io/"),
            ("https://169.254.169.254/", "https://ghcr.io/"),
            ("http://127.0.0.1:5001/token", "http://127.0.0.1:5000/"),
            ("/token", "https://ghcr.io/"),
            ("file:///etc/passwd", "https://ghcr.io/"),
            ("", "https://ghcr.io/"),
        ] {
            assert!(!matches!(judged(realm, base), Realm::Own(_)), "{realm} {base}");
        }
    }
}
