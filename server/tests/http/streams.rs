//! Event streams.

use std::time::Duration;

use axum::body::Body;
use futures::StreamExt as _;
use http::{Method, Request, StatusCode, header};
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::asking::Hawser;

fn listen(hawser: &Hawser, path: &str, cookie: &str) -> Request<Body> {
    let request = hawser
        .request(Method::GET, path)
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "same-origin");
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn streams_are_for_people_and_pages_of_ours() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    let unknown = format!("/events/propagations/{}", domain::PropagationId::new());
    for (path, cookie, expected) in [
        ("/events/organization", "", StatusCode::UNAUTHORIZED),
        (unknown.as_str(), "", StatusCode::UNAUTHORIZED),
        (&unknown, &cookie, StatusCode::NOT_FOUND),
        ("/events/propagations/nonsense", &cookie, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(hawser.send(listen(&hawser, path, cookie)).await.status, expected, "{path}");
    }
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let request = hawser
            .request(Method::GET, "/events/organization")
            .header(header::COOKIE, &cookie)
            .header(name, value);
        assert_eq!(
            hawser.send(request.body(Body::empty()).unwrap()).await.status,
            StatusCode::FORBIDDEN,
            "{name}: {value}"
        );
    }
}

#[tokio::test]
async fn r_authz_07_a_stream_ends_soon_after_its_session() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    let response = hawser
        .router
        .clone()
        .oneshot(listen(&hawser, "/events/organization", &cookie))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    hawser.form("/actions/sign-out", &cookie, &[]).await;
    let ended =
        timeout(Duration::from_secs(5), async { while events.next().await.is_some() {} }).await;
    assert!(ended.is_ok(), "it still runs after five seconds");
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    let response = hawser
        .router
        .clone()
        .oneshot(listen(&hawser, "/events/organization", &cookie))
        .await
        .unwrap();
    let mut events = response.into_body().into_data_stream();
    hawser.stop.send_replace(true);
    let ended =
        timeout(Duration::from_secs(2), async { while events.next().await.is_some() {} }).await;
    assert!(ended.is_ok());
}

#[tokio::test]
async fn a_person_has_so_many_streams() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    let mut open = Vec::new();
    loop {
        let response = hawser
            .router
            .clone()
            .oneshot(listen(&hawser, "/events/organization", &cookie))
            .await
            .unwrap();
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        open.push(response);
    }
    assert_eq!(open.len(), 16);
}
