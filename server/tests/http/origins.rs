//! Requests from elsewhere.

use axum::body::Body;
use http::{Method, StatusCode, header};

use crate::asking::{HOST, Hawser, Scheme, encoded, forms};

/// Who sends, with which headers, and whether it may pass.
type Sender<'a> = (&'a str, &'a [(&'a str, &'a str)], bool);

#[tokio::test]
async fn r_csrf_01_nothing_takes_a_form_from_another_site() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    let ours = format!("http://{HOST}");
    let from: &[Sender] = &[
        ("our page", &[("origin", &ours), ("sec-fetch-site", "same-origin")], true),
        ("our page, old browser", &[("origin", &ours)], true),
        ("the address bar", &[("sec-fetch-site", "none")], true),
        (
            "another site",
            &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
            false,
        ),
        ("another site, old browser", &[("origin", "https://evil.example")], false),
        (
            "a neighbour",
            &[("origin", "http://127.0.0.1:4000"), ("sec-fetch-site", "same-site")],
            false,
        ),
        ("nowhere", &[("origin", "null"), ("sec-fetch-site", "cross-site")], false),
        ("nowhere, old browser", &[("origin", "null")], false),
        (
            "a lying origin",
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
            false,
        ),
        ("no browser", &[], false),
    ];
    let kinds = [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "application/json",
    ];
    for path in forms() {
        for (name, headers, may) in from {
            // What may pass is tried once: it would sign out, or change something.
            if *may && path != "/actions/credentials/create" {
                continue;
            }
            for kind in kinds {
                let mut request = hawser
                    .request(Method::POST, path)
                    .header(header::COOKIE, &cookie)
                    .header(header::CONTENT_TYPE, kind);
                for (name, value) in *headers {
                    request = request.header(*name, *value);
                }
                let request = request
                    .header("x-http-method-override", "GET")
                    .body(Body::from("a=b"))
                    .unwrap();
                let status = hawser.send(request).await.status;
                let expected = match (may, kind) {
                    (true, "application/x-www-form-urlencoded") => StatusCode::UNPROCESSABLE_ENTITY,
                    (true, _) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    (false, _) => StatusCode::FORBIDDEN,
                };
                assert_eq!(status, expected, "{path} from {name} as {kind}");
            }
        }
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH] {
            let request = hawser
                .request(method.clone(), path)
                .header(header::COOKIE, &cookie)
                .header("sec-fetch-site", "same-origin");
            let status = hawser.send(request.body(Body::empty()).unwrap()).await.status;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
    assert!(hawser.knows(&cookie).await, "the session was not touched");
}

#[tokio::test]
async fn r_csrf_01_without_a_cookie_other_programs_may_sign_in() {
    let hawser = Hawser::start().await;
    let request = hawser
        .request(Method::POST, "/actions/sign-in")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = hawser.send(request.body(Body::from("email=a@b&password=x")).unwrap()).await;
    assert_ne!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
}

#[tokio::test]
async fn r_csrf_04_other_hosts_are_misdirected() {
    let hawser = Hawser::start_with(Scheme::Https).await;
    for (host, expected) in [
        ("hawser.example.com", StatusCode::OK),
        ("HAWSER.example.com:443", StatusCode::OK),
        (HOST, StatusCode::OK),
        ("localhost:3000", StatusCode::OK),
        ("evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("hawser.example.com.evil.example", StatusCode::MISDIRECTED_REQUEST),
        ("127.0.0.1", StatusCode::MISDIRECTED_REQUEST),
        ("hawser.example.com:8443", StatusCode::MISDIRECTED_REQUEST),
    ] {
        let request = http::Request::builder().uri("/sign-in").header(header::HOST, host);
        assert_eq!(
            hawser.send(request.body(Body::empty()).unwrap()).await.status,
            expected,
            "{host}"
        );
    }
    let nameless = http::Request::builder().uri("/sign-in").body(Body::empty()).unwrap();
    assert_eq!(hawser.send(nameless).await.status, StatusCode::BAD_REQUEST);
    // A cluster asks for health by address.
    let probe = http::Request::builder().uri("/healthz").header(header::HOST, "10.1.2.3:3000");
    assert_eq!(hawser.send(probe.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn r_csrf_05_a_foreign_referer_is_never_followed() {
    let hawser = Hawser::start().await;
    for path in forms() {
        let request = hawser
            .request(Method::POST, path)
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, "https://evil.example/page")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        // A field that cannot be read makes the function fail before it runs.
        let answer = hawser.send(request.body(Body::from("row_version=x&id=%ff")).unwrap()).await;
        let location = answer.header("location");
        assert!(!location.contains("__err"), "{path}: {location}");
        assert!(
            location.is_empty() || (location.starts_with('/') && !location.starts_with("//")),
            "{path}: {location}"
        );
    }
}

#[tokio::test]
async fn r_redir_01_signing_in_leads_to_a_page_of_ours() {
    let hawser = Hawser::start().await;
    hawser.set_up().await;
    for (next, expected) in [
        ("/charts/catalog?page=2", "/charts/catalog?page=2"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\r\nset-cookie:x", "/"),
    ] {
        let fields =
            [("email", "ada@example.com"), ("password", crate::asking::PASSWORD), ("next", next)];
        let answer = hawser.form("/actions/sign-in", "", &fields).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (StatusCode::SEE_OTHER, expected),
            "{next:?} {}",
            encoded(&[("next", next)])
        );
    }
}
