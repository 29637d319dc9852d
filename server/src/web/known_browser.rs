//! What a browser is known by that signed somebody in before. Strangers who fail with that person's
//! address do not delay it.

use domain::Secret;
use http::{HeaderMap, HeaderValue};

use super::{
    cookie::{self, SameSite},
    public_url::Transport,
};

/// As long as the engine knows a browser; a cookie that stays longer is known to nobody.
const SECONDS: u64 = 180 * 24 * 60 * 60;

/// With `__Host-` browsers take it over TLS alone, and from this host alone.
const fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Encrypted => "__Host-hawser-known",
        Transport::Plain => "hawser-known",
    }
}

/// What a request brings; nothing when it brings more than one.
pub(super) fn read(transport: Transport, headers: &HeaderMap) -> Option<Secret> {
    cookie::read(headers, name(transport))
}

/// Has the browser keep it. Only forms of ours send it along.
pub(super) fn header(transport: Transport, token: &Secret) -> Option<HeaderValue> {
    cookie::header(transport, name(transport), token, SameSite::Strict, SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_counts_and_two_are_none() {
        let read = |cookies: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for cookie in cookies {
                headers.append(http::header::COOKIE, HeaderValue::from_static(cookie));
            }
            read(Transport::Encrypted, &headers)
        };
        assert_eq!(read(&["a=b; __Host-hawser-known=x"]).unwrap(), "x");
        assert_eq!(read(&["hawser-known=x; __Host-hawser=y"]), None);
        assert_eq!(read(&["__Host-hawser-known=x", "__Host-hawser-known=y"]), None);
    }

    #[test]
    fn the_cookie_is_bound_to_this_host() {
        let token = Secret::new("x".into());
        let text = |transport| header(transport, &token).unwrap().to_str().unwrap().to_owned();
        let told = text(Transport::Encrypted);
        assert!(
            told.starts_with("__Host-hawser-known=x; ") && told.ends_with("; Secure"),
            "{told}"
        );
        assert!(
            told.contains("; Path=/; ") && told.contains("; HttpOnly") && !told.contains("Domain")
        );
        assert!(!text(Transport::Plain).contains("Secure"));
    }
}
