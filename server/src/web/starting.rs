//! What Hawser answers before it can work: the embedded Vault takes a moment on the first start.

use axum::{Router, middleware, response::Response, routing::get};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use tower::ServiceBuilder;

use super::{assets::Assets, headers::harden, refusal, trace};
use crate::config::Transport;

/// The routes of a Hawser that is not ready: it lives, and says what it waits for.
pub(crate) fn starting(assets: &Assets, transport: Transport) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route(
            "/readyz",
            get(|| async {
                let report = json!({ "ready": false, "database": "ready", "vault": "starting" });
                (StatusCode::SERVICE_UNAVAILABLE, axum::Json(report))
            }),
        )
        .fallback(|| async { soon() })
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn(trace::observe))
                .layer(middleware::from_fn_with_state(transport, harden))
                .layer(middleware::from_fn_with_state(assets.clone(), refusal::explain)),
        )
}

fn soon() -> Response {
    let mut response = refusal::refuse(
        StatusCode::SERVICE_UNAVAILABLE,
        "Hawser is starting. Reload this page in a few seconds.",
    );
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    response
}
