//! Refusals that no page wrote: plain, with a way back, as HTML for browsers and text for the rest.

use axum::{
    body::HttpBody as _,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ServiceError;
use http::{HeaderValue, StatusCode, header};

use super::assets::Assets;

/// What a person is told when the code failed.
pub(super) const PANICKED: &str =
    "Something went wrong on our side. Look at the current state before you try again.";

/// What a refusal says; the page around it is made where it leaves.
#[derive(Debug, Clone)]
pub(super) struct Refusal(pub String);

/// A refusal with its reason.
pub(super) fn refuse(status: StatusCode, reason: impl Into<String>) -> Response {
    let mut response = status.into_response();
    response.extensions_mut().insert(Refusal(reason.into()));
    response
}

/// What is said instead of a page, with the time to come back where that is known.
pub(super) fn turned_away(problem: &ServiceError) -> Response {
    let mut response = refuse(app::status(problem), problem.to_string());
    if let Some(seconds) = problem.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Gives refusals a body.
pub(super) async fn explain(
    State(assets): State<Assets>,
    request: Request,
    next: Next,
) -> Response {
    let html = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    let response = next.run(request).await;
    let Some(reason) = reason(&response) else { return response };
    let status = response.status();
    let (body, kind) = if html {
        (page(status, &reason, &assets.bundle().css), "text/html; charset=utf-8")
    } else {
        (format!("{reason}\n"), "text/plain; charset=utf-8")
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Response::from_parts(parts, body.into())
}

/// Why a response refuses, when it is one of ours or one that axum makes without words.
fn reason(response: &Response) -> Option<String> {
    if let Some(Refusal(reason)) = response.extensions().get() {
        return Some(reason.clone());
    }
    let reason = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => "This address does not take such a request.",
        StatusCode::PAYLOAD_TOO_LARGE => {
            "That is too much at once: the request is larger than Hawser accepts."
        }
        StatusCode::GATEWAY_TIMEOUT => {
            "This took too long and was given up. Look at the current state before you try again."
        }
        // What the layer of sessions answers when it cannot store one.
        StatusCode::INTERNAL_SERVER_ERROR if response.body().size_hint().exact() == Some(0) => {
            "The database stores nothing at the moment, so this could not be remembered. Try again in a few minutes."
        }
        _ => return None,
    };
    Some(reason.to_owned())
}

fn page(status: StatusCode, reason: &str, css: &str) -> String {
    let title = status.canonical_reason().unwrap_or("Error");
    let style = if css.is_empty() {
        String::new()
    } else {
        format!("<link rel=\"stylesheet\" href=\"{}\">", escape(css))
    };
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Hawser</title>{style}</head>\
         <body class=\"plain\"><main class=\"plain-page\"><h1>{title}</h1><p>{}</p><p><a href=\"/\">Back to Hawser</a></p></main></body></html>",
        escape(reason)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_escaped() {
        let page = page(StatusCode::NOT_FOUND, "<script>&\"", "/pkg/a.css");
        assert!(page.contains("&lt;script&gt;&amp;&quot;") && !page.contains("<script>"));
        assert!(page.contains("href=\"/pkg/a.css\""));
    }
}
