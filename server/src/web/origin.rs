//! Which requests a browser may send here: the hosts Hawser answers to (against DNS rebinding),
//! and where a changing request must come from (against cross-site request forgery).

use std::{collections::HashSet, net::SocketAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};

use super::public_url::PublicUrl;
use super::{refusal::refuse, session::CookieName};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where Hawser lives, as browsers say it.
#[derive(Debug, Clone)]
pub struct Origins {
    hosts: Arc<HashSet<String>>,
    origin: Arc<str>,
    cookie: CookieName,
}

impl Origins {
    /// Those of the public URL, and of the address the server listens at.
    #[must_use]
    pub fn new(public: &PublicUrl, listen: SocketAddr) -> Self {
        let mut hosts: HashSet<String> = public.authorities().into_iter().collect();
        let port = listen.port();
        if listen.ip().is_loopback() || listen.ip().is_unspecified() {
            hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{host}:{port}")));
        }
        if !listen.ip().is_unspecified() {
            hosts.insert(listen.to_string());
        }
        Self {
            hosts: Arc::new(hosts),
            origin: public.origin().into(),
            cookie: CookieName::of(public),
        }
    }

    fn answers_to(&self, authority: &str) -> bool {
        self.hosts.contains(&authority.to_ascii_lowercase())
    }

    /// Whether a changing request may pass.
    ///
    /// Browsers say where a request comes from; a page cannot change what they say. A request that
    /// says nothing comes from no browser: it passes without a session cookie, and never with one.
    pub(super) fn may_change(&self, headers: &HeaderMap) -> bool {
        let mut sites = headers.get_all(SEC_FETCH_SITE).iter();
        let site = sites.next().map(http::HeaderValue::as_bytes);
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let origin = origins.next().map(http::HeaderValue::as_bytes);
        if sites.next().is_some() || origins.next().is_some() {
            return false;
        }
        match (site, origin) {
            (Some(b"same-origin" | b"none"), None) => true,
            // A page at another name of ours, such as localhost, is of one origin with itself.
            (Some(b"same-origin" | b"none"), Some(origin)) => {
                origin != b"null" && self.is_ours(origin)
            }
            (Some(_), _) => false,
            (None, Some(origin)) => origin == self.origin.as_bytes(),
            (None, None) => !self.cookie.is_in(headers),
        }
    }

    /// Whether a reading request may have come from a page of ours, or from no page at all.
    pub(super) fn may_listen(&self, headers: &HeaderMap) -> bool {
        let site = headers.get(SEC_FETCH_SITE).map(http::HeaderValue::as_bytes);
        let origin = headers.get(header::ORIGIN).map(http::HeaderValue::as_bytes);
        matches!(site, None | Some(b"same-origin" | b"none"))
            && origin.is_none_or(|origin| self.is_ours(origin))
    }

    /// Whether an origin is the public one, or plain http at a host we answer to.
    fn is_ours(&self, origin: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(origin) else { return false };
        text == &*self.origin
            || text.strip_prefix("http://").is_some_and(|host| self.answers_to(host))
    }
}

/// Refuses requests to a host that is not ours (R-CSRF-04).
pub(super) async fn check_host(
    State(origins): State<Origins>,
    request: Request,
    next: Next,
) -> Response {
    match authority(request.uri(), request.headers()) {
        Ok(authority) if origins.answers_to(authority) => next.run(request).await,
        Ok(_) => refuse(
            StatusCode::MISDIRECTED_REQUEST,
            "This Hawser has another address. Its operator sets it with HAWSER_PUBLIC_URL.",
        ),
        Err(()) => refuse(StatusCode::BAD_REQUEST, "The request names no host, or more than one."),
    }
}

/// The one host a request names.
fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Result<&'a str, ()> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().map(|host| host.to_str().map_err(drop)).transpose()?;
    if hosts.next().is_some() {
        return Err(());
    }
    match (uri.authority().map(http::uri::Authority::as_str), host) {
        (Some(target), Some(host)) if !target.eq_ignore_ascii_case(host) => Err(()),
        (Some(host), _) | (None, Some(host)) => Ok(host),
        (None, None) => Err(()),
    }
}

/// Refuses changing requests that come from elsewhere (R-CSRF-01), and forgets a foreign `Referer`:
/// Leptos would redirect to it (R-CSRF-05).
pub(super) async fn check_origin(
    State(origins): State<Origins>,
    mut request: Request,
    next: Next,
) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe && !origins.may_change(request.headers()) {
        return refuse(
            StatusCode::FORBIDDEN,
            "This request came from another site, so nothing was changed. Open Hawser and try again there.",
        );
    }
    if !request
        .headers()
        .get(header::REFERER)
        .is_none_or(|referer| origins.is_page_of_ours(referer.as_bytes()))
    {
        request.headers_mut().remove(header::REFERER);
    }
    next.run(request).await
}

impl Origins {
    fn is_page_of_ours(&self, referer: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(referer) else { return false };
        url::Url::parse(text)
            .is_ok_and(|url| self.is_ours(url.origin().ascii_serialization().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins() -> Origins {
        Origins::new(
            &PublicUrl::parse("https://hawser.example.com").unwrap(),
            "127.0.0.1:3000".parse().unwrap(),
        )
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn r_csrf_01_only_pages_of_ours_may_change() {
        let ours = origins();
        let cookie = ("cookie", "a=b; __Host-hawser=x");
        for (pairs, may) in [
            (&[("sec-fetch-site", "same-origin"), cookie] as &[_], true),
            (&[("sec-fetch-site", "none"), cookie], true),
            (&[("sec-fetch-site", "same-site"), cookie], false),
            (&[("sec-fetch-site", "cross-site"), cookie], false),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://hawser.example.com"),
                    cookie,
                ],
                false,
            ),
            (
                &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example"), cookie],
                false,
            ),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null"), cookie], false),
            (
                &[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:3000"), cookie],
                true,
            ),
            (&[("origin", "https://hawser.example.com"), cookie], true),
            (&[("origin", "https://HAWSER.example.com.evil"), cookie], false),
            (&[("origin", "http://hawser.example.com"), cookie], false),
            (&[("origin", "https://sub.hawser.example.com"), cookie], false),
            (&[("origin", "null"), cookie], false),
            (&[cookie], false),
            (&[("cookie", "other=1")], true),
            (&[], true),
        ] {
            assert_eq!(ours.may_change(&headers(pairs)), may, "{pairs:?}");
        }
        let mut twice = headers(&[("origin", "https://hawser.example.com")]);
        twice.append("origin", "https://evil.example".parse().unwrap());
        assert!(!ours.may_change(&twice));
    }

    #[test]
    fn r_csrf_03_streams_are_for_pages_of_ours() {
        let ours = origins();
        assert!(ours.may_listen(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(ours.may_listen(&headers(&[])));
        assert!(!ours.may_listen(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(!ours.may_listen(&headers(&[("origin", "https://evil.example")])));
    }

    #[test]
    fn one_host_exactly() {
        let uri: Uri = "/".parse().unwrap();
        assert_eq!(authority(&uri, &headers(&[("host", "a:1")])), Ok("a:1"));
        assert!(authority(&uri, &headers(&[])).is_err());
        let mut twice = headers(&[("host", "a")]);
        twice.append("host", "b".parse().unwrap());
        assert!(authority(&uri, &twice).is_err());
        assert!(authority(&"http://b/".parse().unwrap(), &headers(&[("host", "a")])).is_err());
    }
}
