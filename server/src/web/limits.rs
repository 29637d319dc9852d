//! How much one request, and one visitor, may ask for.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
};

use app::services::Visit as _;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use governor::{DefaultKeyedRateLimiter, Quota};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{refusal::refuse, visit::Visitor};

/// The most bytes of a path with its query: forms that look something up carry what was typed, certificate
/// authorities among it.
pub const URI_BYTES: usize = 32 * 1024;

/// The most bytes of all headers together.
pub const HEADER_BYTES: usize = 64 * 1024;

/// The most bytes of any body.
pub const BODY_BYTES: usize = 2 * 1024 * 1024;

/// The most bytes of a form: a secret of 64 KiB, each byte of it percent-encoded, and the rest.
pub const FORM_BYTES: usize = 256 * 1024;

const FORM: &str = "application/x-www-form-urlencoded";

/// Refuses requests with too long a path or too many header bytes.
pub(super) async fn check_size(request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_some_and(|path| path.as_str().len() > URI_BYTES) {
        return refuse(StatusCode::URI_TOO_LONG, "This address is longer than Hawser accepts.");
    }
    if size(request.headers()) > HEADER_BYTES {
        return refuse(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "The headers of this request are larger than Hawser accepts; delete this site's cookies and try again.",
        );
    }
    next.run(request).await
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// Takes forms of a bounded size and of the one encoding that browsers' forms have; `text/plain`
/// could be sent by any site.
pub(super) async fn take_form(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let kind = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    // A form without fields has no type when a script sends it.
    let empty = kind.is_empty()
        && parts.headers.get(header::CONTENT_LENGTH).is_none_or(|length| length == "0");
    if !empty && !kind.eq_ignore_ascii_case(FORM) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send this as a form (application/x-www-form-urlencoded).",
        );
    }
    match to_bytes(body, FORM_BYTES).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            "That is too much at once: a password or key may have 64 KiB.",
        ),
    }
}

/// How often visitors who are not signed in have sent forms.
#[derive(Clone)]
pub struct Rates(Arc<DefaultKeyedRateLimiter<IpAddr>>);

impl Default for Rates {
    fn default() -> Self {
        let often = NonZeroU32::new(10).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(60).unwrap_or(NonZeroU32::MIN);
        Self(Arc::new(DefaultKeyedRateLimiter::keyed(Quota::per_second(often).allow_burst(burst))))
    }
}

impl Rates {
    /// Forgets those who have not asked for a while.
    pub fn tidy(&self) {
        self.0.retain_recent();
        self.0.shrink_to_fit();
    }
}

/// Slows down whoever sends forms without being signed in.
pub(super) async fn check_rate(
    State(rates): State<Rates>,
    request: Request,
    next: Next,
) -> Response {
    let anonymous =
        request.extensions().get::<Arc<Visitor>>().filter(|visitor| visitor.user().is_none());
    if let Some(visitor) = anonymous
        && rates.0.check_key(&network(visitor.peer())).is_err()
    {
        let mut response =
            refuse(StatusCode::TOO_MANY_REQUESTS, "Too many attempts. Try again in a few seconds.");
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        return response;
    }
    next.run(request).await
}

/// One IPv6 customer has 2^64 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_network_counts_as_one() {
        assert_eq!(
            network("2001:db8::1".parse().unwrap()),
            network("2001:db8::ffff:1".parse().unwrap())
        );
        assert_ne!(
            network("2001:db8::1".parse().unwrap()),
            network("2001:db8:0:1::1".parse().unwrap())
        );
        assert_ne!(network("10.0.0.1".parse().unwrap()), network("10.0.0.2".parse().unwrap()));
    }
}
