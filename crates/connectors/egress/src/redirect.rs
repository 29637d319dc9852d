//! Redirects, followed by hand (R-SSRF-04, R-CRED-01).

use reqwest::{
    StatusCode,
    header::{HeaderMap, LOCATION},
};
use url::Url;

/// Where an answer leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Hop {
    /// It is the answer itself.
    None,
    /// To another place at the same origin.
    SameOrigin(Url),
    /// To another scheme, host or port.
    OtherOrigin(Url),
    /// To a place nobody should follow.
    Refused,
}

pub(super) fn hop(status: StatusCode, headers: &HeaderMap, from: &Url) -> Hop {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Hop::None;
    }
    let Some(location) = headers.get(LOCATION) else { return Hop::Refused };
    let Some(mut to) = location.to_str().ok().and_then(|text| from.join(text).ok()) else {
        return Hop::Refused;
    };
    to.set_fragment(None);
    let downgrade = from.scheme() == "https" && to.scheme() != "https";
    let user_info = !to.username().is_empty() || to.password().is_some();
    if downgrade || user_info || !matches!(to.scheme(), "http" | "https") || to.host_str().is_none()
    {
        return Hop::Refused;
    }
    if same_origin(from, &to) { Hop::SameOrigin(to) } else { Hop::OtherOrigin(to) }
}

/// Where an answer leads, for people: scheme, host and port, never what comes after them.
pub(super) fn named(headers: &HeaderMap, from: &Url) -> Option<String> {
    let to = from.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    let port = to.port().map(|port| format!(":{port}")).unwrap_or_default();
    let name = format!("{}://{}{port}", to.scheme(), to.host_str()?);
    Some(name.chars().take(200).collect())
}

/// Whether scheme, host and port are equal.
#[must_use]
pub fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host() == b.host()
        && a.port_or_known_default() == b.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_named_without_what_may_be_secret() {
        let from = Url::parse("https://a.example/x").unwrap();
        let of = |location: &str| {
            let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
            named(&headers, &from)
        };
        for (location, told) in [
            ("https://u:canary@b.example:8443/canary?canary#canary", "https://b.example:8443"),
            ("http://a.example/", "http://a.example"),
            ("//[2001:db8::1]/x", "https://[2001:db8::1]"),
            ("y", "https://a.example"),
        ] {
            assert_eq!(of(location).as_deref(), Some(told));
        }
        assert_eq!(of("data:text/html,x"), None);
        assert_eq!(named(&HeaderMap::new(), &from), None);
    }

    #[test]
    fn r_cred_01_other_schemes_hosts_and_ports_are_other_origins() {
        let from = Url::parse("https://a.example/x/index.yaml").unwrap();
        let to = |location: &str| {
            let headers = HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]);
            hop(StatusCode::FOUND, &headers, &from)
        };
        for same in ["/y", "z", "https://a.example:443/y", "https://A.example/y#f"] {
            assert!(matches!(to(same), Hop::SameOrigin(_)), "{same}");
        }
        for other in [
            "https://b.example/y",
            "https://a.example:8443/y",
            "//b.example/y",
            "https://sub.a.example/",
        ] {
            assert!(matches!(to(other), Hop::OtherOrigin(_)), "{other}");
        }
        for refused in [
            "http://a.example/y",
            "https://u:p@a.example/y",
            "file:///etc/passwd",
            "gopher://a.example/",
            "https://",
            "data:text/html,x",
        ] {
            assert_eq!(to(refused), Hop::Refused, "{refused}");
        }
        assert_eq!(hop(StatusCode::OK, &HeaderMap::new(), &from), Hop::None);
        assert_eq!(hop(StatusCode::FOUND, &HeaderMap::new(), &from), Hop::Refused);
    }
}
