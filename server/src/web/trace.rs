//! One line and one figure per request: the route's template, never the address, which may hold a
//! set-up token.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Counts, times and logs a request, and gives it an id to search the log for.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = hex::encode(rand::random::<[u8; 8]>());
    let method = known(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!("request", id, method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, elapsed) = (response.status(), started.elapsed());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    metrics::counter!("hawser_http_requests_total", "method" => method, "route" => route.clone(), "status" => class(status)).increment(1);
    // Whoever asks for readiness asks again; the answer is no event of its own.
    let notable = status.is_server_error() && route != "/readyz";
    metrics::histogram!("hawser_http_request_seconds", "route" => route).record(elapsed);
    span.in_scope(|| {
        let (status, milliseconds) =
            (status.as_u16(), u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
        if notable {
            tracing::warn!(status, milliseconds, "answered");
        } else {
            tracing::debug!(status, milliseconds, "answered");
        }
    });
    response
}

/// A label with few values, whatever people send.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

const fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
