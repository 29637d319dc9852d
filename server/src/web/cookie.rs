//! Cookies of ours besides that of the session: no script reads them, and they go to this host alone.

#![expect(clippy::disallowed_methods, reason = "puts a secret into a cookie")]

use domain::Secret;
use http::{HeaderMap, HeaderValue, header};
use zeroize::Zeroizing;

use super::public_url::Transport;

/// Which requests from other sites' pages carry a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SameSite {
    /// None.
    Strict,
    /// Links that somebody follows.
    Lax,
}

/// What a request brings under this name; nothing when it brings more than one.
pub(super) fn read(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .filter_map(|(known, value)| (known == name).then_some(value));
    match (found.next(), found.next()) {
        (Some(value), None) => Some(Secret::new(value.to_owned())),
        _ => None,
    }
}

/// The header that has the browser keep a value for so many seconds; with none of them it forgets it.
pub(super) fn header(
    transport: Transport,
    name: &str,
    value: &Secret,
    same_site: SameSite,
    seconds: u64,
) -> Option<HeaderValue> {
    let same_site = match same_site {
        SameSite::Strict => "Strict",
        SameSite::Lax => "Lax",
    };
    let secure = match transport {
        Transport::Encrypted => "; Secure",
        Transport::Plain => "",
    };
    let text = Zeroizing::new(format!(
        "{name}={}; HttpOnly; SameSite={same_site}; Path=/; Max-Age={seconds}{secure}",
        value.expose()
    ));
    let mut cookie = HeaderValue::from_str(&text).ok()?;
    cookie.set_sensitive(true);
    Some(cookie)
}
