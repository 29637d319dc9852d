//! What is at no address, and what whoever runs Hawser asks.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use metrics_exporter_prometheus::PrometheusBuilder;
use server::web::{
    Probes, Transport, for_operators,
    routes::{Kind, Listener, ROUTES, Route},
    starting,
};
use tower::ServiceExt as _;

use crate::asking::{Hawser, bundle};

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

/// A request for a route, whatever it names.
fn asking_for(route: &Route) -> Request<Body> {
    let path = route.path.replace(['{', '}', '*'], "");
    Request::builder().method(route.kind.method()).uri(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn while_hawser_starts_only_its_health_and_figures_are_answered() {
    let probes = Probes::new(PrometheusBuilder::new().build_recorder().handle());
    let public = starting(&probes, &bundle(), Transport::Plain);
    let report = r#"{"ready":false,"database":"starting","vault":"starting""#;
    let detail = r#","detail":{"database":"Hawser is starting","vault":"Hawser is starting"}"#;
    for route in ROUTES {
        let router = match route.kind.listener() {
            Listener::Public => public.clone(),
            Listener::Operators => for_operators(&probes),
        };
        let answer = Hawser::read(router.oneshot(asking_for(route)).await.unwrap()).await;
        let (status, text) = match (route.kind, route.path) {
            (Kind::Health, "/readyz") => (StatusCode::SERVICE_UNAVAILABLE, format!("{report}}}")),
            (Kind::Figures, "/readyz") => {
                (StatusCode::SERVICE_UNAVAILABLE, format!("{report}{detail}}}"))
            }
            (Kind::Health, _) => (StatusCode::OK, "ok\n".to_owned()),
            (Kind::Figures, _) => (StatusCode::OK, String::new()),
            _ => {
                assert_eq!(answer.header("retry-after"), "2", "{}", route.path);
                let text = "Hawser is starting. Reload this page in a few seconds.\n";
                (StatusCode::SERVICE_UNAVAILABLE, text.to_owned())
            }
        };
        assert_eq!((answer.status, answer.text), (status, text), "{}", route.path);
    }
}

#[tokio::test]
async fn each_listener_answers_its_own_routes_alone() {
    let hawser = Hawser::start().await;
    for route in ROUTES.iter().filter(|route| route.path != "/readyz") {
        let elsewhere = match route.kind.listener() {
            Listener::Public => Listener::Operators,
            Listener::Operators => Listener::Public,
        };
        let mut request = asking_for(route);
        request.headers_mut().insert(header::HOST, hawser.host.parse().unwrap());
        let answer = hawser.begin(elsewhere, request).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} at {elsewhere:?}", route.path);
    }
}
