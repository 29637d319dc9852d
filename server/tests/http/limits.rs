//! How much a request may bring.

use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode, header};
use server::web::{RequestRate, STRANGER, TrustedProxies};
use tower_sessions::SessionStore as _;

use crate::asking::{Answer, HOST, Hawser, Scheme, forms};

#[tokio::test]
async fn bodies_are_bounded_with_and_without_a_length() {
    let hawser = Hawser::start().await;
    let post = || {
        hawser
            .request(Method::POST, "/actions/sign-in")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    };
    // 64 KiB of bytes that are all percent-encoded are a password one may have.
    let password = format!("email=a%40b&password={}", "%00".repeat(64 * 1024));
    assert!(password.len() < server::web::FORM_BYTES);
    let answer = hawser.send(post().body(Body::from(password)).unwrap()).await;
    assert_ne!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.status.is_client_error(), "{} {}", answer.status, answer.text);

    let large = vec![b'x'; server::web::FORM_BYTES + 1];
    let answer = hawser.send(post().body(Body::from(large.clone())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);

    let chunks = futures::stream::iter(
        large
            .chunks(1_024)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>(),
    );
    let answer = hawser.send(post().body(Body::from_stream(chunks)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);

    let huge = post().header(header::CONTENT_LENGTH, (server::web::BODY_BYTES + 1).to_string());
    let answer = hawser.send(huge.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn addresses_and_headers_are_bounded() {
    let hawser = Hawser::start().await;
    let path = format!("/sign-in?next={}", "x".repeat(server::web::URI_BYTES));
    let long = http::Request::builder().uri(path).header(header::HOST, HOST);
    assert_eq!(
        hawser.send(long.body(Body::empty()).unwrap()).await.status,
        StatusCode::URI_TOO_LONG
    );

    let many = hawser
        .request(Method::GET, "/sign-in")
        .header(header::COOKIE, "x".repeat(server::web::HEADER_BYTES));
    let status = hawser.send(many.body(Body::empty()).unwrap()).await.status;
    assert_eq!(status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

#[tokio::test]
async fn nonsense_is_refused_without_a_failure_of_ours() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    for path in forms() {
        if path == "/actions/sign-out" {
            continue;
        }
        for body in [
            "",
            "%",
            "%ff%fe",
            "a=b&a=c",
            "name=%00",
            "id=not-an-id",
            "row_version=99999999999999999999",
            &"k=v&".repeat(10_000),
        ] {
            let request = hawser
                .request(Method::POST, path)
                .header(header::COOKIE, &cookie)
                .header("sec-fetch-site", "same-origin")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = hawser.send(request.body(Body::from(body.to_owned())).unwrap()).await;
            let start: String = body.chars().take(20).collect();
            assert!(!answer.text.contains("Args"), "{path} {start}: {}", answer.text);
            assert!(
                !answer.status.is_server_error()
                    || answer.status == StatusCode::SERVICE_UNAVAILABLE,
                "{path} {start}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn anonymous_forms_are_slowed_down() {
    let hawser = Hawser::start().await;
    let mut refused = 0;
    for _ in 0..120 {
        let answer = hawser.form("/actions/sign-out", "", &[]).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(answer.header("retry-after"), "5");
            refused += 1;
        }
    }
    assert!(refused > 0);
}

#[tokio::test]
async fn r_brute_a_person_who_asks_too_fast_is_slowed_down_alone() {
    let rate = RequestRate::parse("1").unwrap();
    let proxies = TrustedProxies::default();
    let hawser = Hawser::start_for(Scheme::Http, proxies, rate, |engine| engine).await;
    let cookie = hawser.set_up().await;
    let mut refused = 0;
    for _ in 0..100 {
        let answer = hawser.page("/credentials", &cookie).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!(answer.header("retry-after"), "1");
            refused += 1;
        }
    }
    assert!(refused > 0);
    // Static files do not count, and nobody else is slowed down.
    for _ in 0..20 {
        assert_eq!(hawser.page("/pkg/main.1.css", &cookie).await.status, StatusCode::OK);
        assert_eq!(hawser.page("/sign-in", "").await.status, StatusCode::OK);
    }
}

/// The session that an answer began, as its row holds it.
async fn kept(hawser: &Hawser, answer: &Answer) -> Option<String> {
    let id = answer.cookie()?.split_once('=').unwrap().1.parse().unwrap();
    let record = hawser.sessions.load(&id).await.unwrap()?;
    Some(serde_json::to_string(&record.data).unwrap())
}

#[tokio::test]
async fn r_brute_a_stranger_fills_no_disk() {
    let hawser = Hawser::start().await;
    let long = "x".repeat(65_536);
    // No set-up is open: of what was typed nothing is kept, and no session begins.
    let typed = [("token", "guessed"), ("organization", &long), ("name", &long), ("email", &long)];
    for n in 0..20 {
        let answer = hawser.form("/actions/set-up", "", &typed).await;
        assert_eq!(answer.header("set-cookie"), "");
        match answer.status {
            StatusCode::SEE_OTHER => assert!(n < 10),
            status => {
                assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
                assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
                assert!(answer.text.contains("Too many attempts"), "{}", answer.text);
            }
        }
    }
    hawser.set_up().await;
    // What can be corrected is kept for a while, but not all of it.
    let answer =
        hawser.form("/actions/sign-in", "", &[("email", &long), ("from", "/sign-in")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let row = kept(&hawser, &answer).await.unwrap();
    assert!(row.len() <= 1_024 && row.contains("Too long"), "{} bytes: {row}", row.len());
    let page = hawser.page("/sign-in", &answer.cookie().unwrap()).await;
    assert!(page.text.contains("Too long"), "{}", page.text);
    let answer =
        hawser.form("/actions/sign-in", "", &[("email", "ada"), ("from", "/sign-in")]).await;
    assert!(kept(&hawser, &answer).await.unwrap().contains("\"email\":\"ada\""));
    hawser.clock.advance(STRANGER.saturating_sub(Duration::from_secs(1)));
    assert!(kept(&hawser, &answer).await.is_some());
    hawser.page("/sign-in", "").await;
    hawser.clock.advance(Duration::from_secs(1));
    assert_eq!(kept(&hawser, &answer).await, None);
}
