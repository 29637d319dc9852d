//! What there is to ask for, and what of it needs no sign-in.

use axum::body::Body;
use http::{Method, StatusCode, header};

use crate::asking::Hawser;

/// Every server function. A new one is added here, with a thought about who may call it.
const FUNCTIONS: [&str; 40] = [
    "/actions/connections/test-credential",
    "/actions/connections/test-form",
    "/actions/connections/test-repository",
    "/actions/credentials/allow-address",
    "/actions/credentials/confirm-address",
    "/actions/credentials/create",
    "/actions/credentials/delete",
    "/actions/credentials/discard",
    "/actions/credentials/dismiss-request",
    "/actions/credentials/place",
    "/actions/credentials/promote",
    "/actions/credentials/resume",
    "/actions/credentials/roll-back",
    "/actions/credentials/test-again",
    "/actions/credentials/update",
    "/actions/credentials/withdraw-address",
    "/actions/credentials/withdraw-token-service",
    "/actions/gitops/check/kyma",
    "/actions/gitops/clusters/apply",
    "/actions/gitops/clusters/compare",
    "/actions/gitops/clusters/delete",
    "/actions/gitops/clusters/save",
    "/actions/gitops/disconnect",
    "/actions/gitops/exports/delete",
    "/actions/gitops/exports/save",
    "/actions/gitops/forget",
    "/actions/gitops/targets/delete",
    "/actions/gitops/targets/push",
    "/actions/gitops/targets/save",
    "/actions/notices/webhook",
    "/actions/projects/delete",
    "/actions/projects/save",
    "/actions/repositories/add",
    "/actions/repositories/allow-token-service",
    "/actions/repositories/delete",
    "/actions/repositories/edit",
    "/actions/repositories/sync",
    "/actions/set-up",
    "/actions/sign-in",
    "/actions/sign-out",
];

/// The forms that routes of their own take: what they answer is no page of ours.
const FORMS: [&str; 6] = [
    "/actions/gitops/connect",
    "/actions/gitops/device",
    "/actions/gitops/device/poll",
    "/actions/gitops/exports/encrypted",
    "/actions/gitops/exports/reveal",
    "/actions/gitops/installation",
];

/// The functions that somebody may call who is not signed in.
const OPEN_FUNCTIONS: [&str; 3] = ["/actions/set-up", "/actions/sign-in", "/actions/sign-out"];

/// The pages that somebody may see who is not signed in.
const OPEN_PAGES: [&str; 2] = ["/setup/{token}", "/sign-in"];

#[test]
fn r_csrf_02_every_function_is_known_and_a_post() {
    let mut paths: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    paths.sort_by_key(|(path, _)| *path);
    for (path, method) in &paths {
        assert_eq!(*method, Method::POST, "{path}");
    }
    let paths: Vec<_> = paths.into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, FUNCTIONS);
}

#[tokio::test]
async fn r_leak_06_everything_else_needs_a_sign_in() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    for listing in leptos_axum::generate_route_list(app::App) {
        let path = listing.path();
        let address =
            path.split('/')
                .map(|part| {
                    if part.starts_with('{') {
                        "0190a6b0-0000-7000-8000-000000000000"
                    } else {
                        part
                    }
                })
                .collect::<Vec<_>>()
                .join("/");
        let answer = hawser.page(&address, "").await;
        if OPEN_PAGES.contains(&path) {
            assert!(!answer.status.is_redirection(), "{path}: {}", answer.status);
        } else {
            let location = answer.header("location");
            assert!(
                answer.status.is_redirection() && location.starts_with("/sign-in"),
                "{path}: {} {location}",
                answer.status
            );
            assert!(!answer.text.contains("Harbour"), "{path} names the organization");
        }
        assert!(!answer.status.is_server_error(), "{path}");
        let signed_in = hawser.page(&address, &cookie).await;
        assert!(!signed_in.status.is_server_error(), "{path}: {}", signed_in.text);
    }
    for path in FUNCTIONS.into_iter().chain(FORMS) {
        let answer = hawser.form(path, "", &[]).await;
        if !OPEN_FUNCTIONS.contains(&path) {
            assert!(
                answer.status.is_redirection() && answer.header("location").starts_with("/sign-in"),
                "{path}: {} {:?}",
                answer.status,
                answer.headers
            );
        }
    }
    let export = "/gitops/exports/0190a6b0-0000-7000-8000-000000000000";
    for path in [format!("{export}/all.yaml"), format!("{export}/files/a.yaml")] {
        let answer = hawser.page(&path, "").await;
        assert!(answer.header("location").starts_with("/sign-in"), "{path}: {}", answer.status);
        assert_eq!(hawser.page(&path, &cookie).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in
        ["/events/organization", "/events/propagations/0190a6b0-0000-7000-8000-000000000000"]
    {
        let request = hawser.request(Method::GET, path).body(Body::empty()).unwrap();
        assert_eq!(hawser.send(request).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

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
