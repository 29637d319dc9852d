//! The headers every answer carries (R-HDR): what browsers may do with it, and that nobody keeps it.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::public_url::Transport;
use super::session::complete_removal;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What is neither a page nor ours to style: nothing may run, nothing may frame it.
const LOCKED: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// A page without scripts, such as a refusal.
const WITHOUT_SCRIPT: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/// The policy of a page whose scripts and styles carry `nonce`. Forms go to us, and on to GitHub where
/// accounts are connected there: browsers apply `form-action` to redirects too.
#[must_use]
pub fn page_policy(nonce: &str, github: Option<&str>) -> Option<HeaderValue> {
    let forms = github.map(|origin| format!(" {origin}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         manifest-src 'self'; form-action 'self'{forms}; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}

/// Adds the headers on the way out; what a handler chose stays.
pub(super) async fn harden(
    State(transport): State<Transport>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    complete(response.headers_mut(), transport);
    complete_removal(response.headers_mut());
    response
}

fn complete(headers: &mut HeaderMap, transport: Transport) {
    let html = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    let policy = if html { WITHOUT_SCRIPT } else { LOCKED };
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (OPENER_POLICY, "same-origin"),
        (RESOURCE_POLICY, "same-origin"),
        (PERMISSIONS_POLICY, "camera=(), microphone=(), geolocation=(), usb=(), payment=()"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if transport == Transport::Encrypted {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    headers.remove(header::SERVER);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hsts_is_for_https_alone() {
        for (transport, sent) in [(Transport::Plain, false), (Transport::Encrypted, true)] {
            let mut headers = HeaderMap::new();
            complete(&mut headers, transport);
            assert_eq!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY), sent);
        }
    }

    #[test]
    fn what_a_handler_chose_stays() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public"));
        complete(&mut headers, Transport::Plain);
        assert_eq!(headers[header::CACHE_CONTROL], "public");
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], LOCKED);
    }
}
