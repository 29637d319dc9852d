//! How much one request, and one visitor, may ask for.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use app::services::CurrentUser as _;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::{UserId, sessions::network};
use governor::{DefaultKeyedRateLimiter, Quota};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::visitors::RequestRate;
use super::{current_user::SessionUser, refusal::refuse};

/// The most bytes of a path with its query: forms that look something up carry what was typed, certificate
/// authorities among it.
pub const URI_BYTES: usize = 32 * 1024;

/// The most bytes of all headers together.
pub const HEADER_BYTES: usize = 64 * 1024;

/// The most bytes of any body.
pub const BODY_BYTES: usize = 2 * 1024 * 1024;

/// The most bytes of a form: a secret of 64 KiB, each byte of it percent-encoded, and the rest.
pub const FORM_BYTES: usize = 256 * 1024;

/// The most bytes of a form with a file: a file of 1 MiB, and what stands around it.
pub const UPLOAD_BYTES: usize = 1024 * 1024 + 16 * 1024;

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

/// Takes forms with a file, of a bounded size.
pub(super) async fn take_upload(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data;")) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send this as a form with a file (multipart/form-data).",
        );
    }
    match to_bytes(body, UPLOAD_BYTES).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(_) => refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            "This file is larger than 1 MiB. Split it, and import one part after the other.",
        ),
    }
}

/// How often visitors have asked of this replica: those who are not signed in for forms, people for
/// pages and forms. Static files and event streams do not count.
#[derive(Clone)]
pub struct Rates {
    anonymous: Arc<DefaultKeyedRateLimiter<IpAddr>>,
    people: Arc<DefaultKeyedRateLimiter<UserId>>,
}

/// Forms from one address in a second, and at once.
const ANONYMOUS: Quota = Quota::per_second(const { NonZeroU32::new(10).unwrap() })
    .allow_burst(const { NonZeroU32::new(60).unwrap() });

impl Rates {
    pub(super) fn new(rate: RequestRate) -> Self {
        let people = Quota::per_second(rate.per_second()).allow_burst(rate.burst());
        Self {
            anonymous: Arc::new(DefaultKeyedRateLimiter::keyed(ANONYMOUS)),
            people: Arc::new(DefaultKeyedRateLimiter::keyed(people)),
        }
    }

    /// Forgets those who have not asked for a while.
    pub fn tidy(&self) {
        self.anonymous.retain_recent();
        self.anonymous.shrink_to_fit();
        self.people.retain_recent();
        self.people.shrink_to_fit();
    }
}

/// Slows down people who ask faster than anybody reads.
pub(super) async fn check_person(
    State(rates): State<Rates>,
    request: Request,
    next: Next,
) -> Response {
    match visitor(&request).and_then(|visitor| visitor.user()) {
        Some(user) if rates.people.check_key(&user).is_err() => {
            too_fast("You ask faster than Hawser answers. Try again in a second.", "1")
        }
        _ => next.run(request).await,
    }
}

/// Slows down whoever sends forms without being signed in.
pub(super) async fn check_anonymous(
    State(rates): State<Rates>,
    request: Request,
    next: Next,
) -> Response {
    match visitor(&request).filter(|visitor| visitor.user().is_none()) {
        Some(visitor) if rates.anonymous.check_key(&network(visitor.peer())).is_err() => {
            too_fast("Too many attempts. Try again in a few seconds.", "5")
        }
        _ => next.run(request).await,
    }
}

fn visitor(request: &Request) -> Option<&Arc<SessionUser>> {
    request.extensions().get::<Arc<SessionUser>>()
}

fn too_fast(reason: &str, seconds: &'static str) -> Response {
    let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, reason);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
    response
}
