//! What is at no address, and what whoever runs Hawser asks.

use axum::body::Body;
use http::{Method, StatusCode, header};

use crate::asking::Hawser;

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let hawser = Hawser::start().await;
    for path in [
        "/nothing",
        "/actions",
        "/actions/nothing",
        "/events",
        "/pkg",
        "/pkg/nothing.js",
        "/manifest.json",
        "/metrics",
        "/..;/healthz",
        "/%2e%2e/healthz",
        "//credentials",
        "/.git/config",
    ] {
        for accept in ["text/html", "*/*"] {
            let request = hawser.request(Method::GET, path).header(header::ACCEPT, accept);
            assert_eq!(
                hawser.send(request.body(Body::empty()).unwrap()).await.status,
                StatusCode::NOT_FOUND,
                "{path} as {accept}"
            );
        }
    }
    let request = hawser
        .request(Method::POST, "/nothing")
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .unwrap();
    assert_eq!(hawser.send(request).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_address_that_only_resembles_a_page_shows_none() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    assert_eq!(hawser.page("/audit", &cookie).await.status, StatusCode::OK);
    for path in ["/audit/", "//audit", "/audit/nothing"] {
        let answer = hawser.page(path, &cookie).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text.contains("Page not found · Hawser</title>"), "{path}: {}", answer.text);
        assert!(!answer.text.contains("<h1>Audit log</h1>"), "{path}");
    }
}

#[tokio::test]
async fn readiness_names_the_part_that_is_down() {
    let hawser = Hawser::start().await;
    let request = hawser.request(Method::GET, "/readyz").body(Body::empty()).unwrap();
    let answer = hawser.send(request).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let report: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(
        report,
        serde_json::json!({ "ready": false, "database": "ready", "vault": "starting" })
    );
}
