//! Pages leave compressed, but for those that show a secret (D-33 in ARCHITECTURE.md says why that is safe).

use std::io::Write as _;

use axum::{
    body::{HttpBody as _, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::refusal::{PANICKED, refuse};

/// What is smaller gains nothing.
const SMALLEST: u64 = 1_024;

/// Compresses a page for a browser that takes it. A page with `no-transform` leaves as it is; proxies heed
/// that too (<https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.6>).
pub(super) async fn pages(request: Request, next: Next) -> Response {
    let takes = accepts(request.headers(), "gzip");
    let mut response = next.run(request).await;
    if !is_html(response.headers()) || is_kept(response.headers()) {
        return response;
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if !takes || response.body().size_hint().exact().is_none_or(|bytes| bytes < SMALLEST) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(plain) = to_bytes(body, usize::MAX).await else {
        return refuse(StatusCode::INTERNAL_SERVER_ERROR, PANICKED);
    };
    // Writing to memory does not fail; if it did, the page would leave as it is.
    let Ok(compressed) = gzip(&plain) else { return Response::from_parts(parts, plain.into()) };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, compressed.into())
}

/// At the cheapest level, which makes a table a tenth of its size already.
fn gzip(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::fast());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// Whether whoever asks takes a coding.
pub(super) fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    let accept = asked.get(header::ACCEPT_ENCODING).and_then(|accept| accept.to_str().ok());
    accept.unwrap_or_default().split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        parts.next() == Some(coding)
            && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

fn is_kept(headers: &HeaderMap) -> bool {
    let said = headers.get(header::CACHE_CONTROL).and_then(|said| said.to_str().ok());
    said.is_some_and(|said| said.contains("no-transform"))
}
