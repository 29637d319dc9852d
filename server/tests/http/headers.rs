//! The headers of every kind of answer.

use std::{collections::HashSet, io::Read as _};

use axum::body::Body;
use http::{Method, StatusCode, header};

use crate::asking::{Answer, Hawser, Scheme};

/// Whether an answer may be kept by caches.
#[derive(Debug, PartialEq, Eq)]
enum Keep {
    Never,
    Hour,
    Forever,
}

#[expect(clippy::too_many_lines, reason = "a table")]
async fn kinds(hawser: &Hawser, cookie: &str) -> Vec<(&'static str, StatusCode, Keep, Answer)> {
    let ask = |method: Method, path: &'static str, headers: &[(&str, &str)], body: &'static str| {
        let mut request = hawser.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        hawser.send(request.body(Body::from(body)).unwrap())
    };
    let html = (header::ACCEPT.as_str(), "text/html");
    let (get, post) = (Method::GET, Method::POST);
    let ours = ("sec-fetch-site", "same-origin");
    let etag = ask(get.clone(), "/icons.svg", &[], "").await.header("etag").to_owned();
    let large = "x".repeat(300 * 1024).leak();
    vec![
        ("page", StatusCode::OK, Keep::Never, hawser.page("/sign-in", "").await),
        (
            "page of a person",
            StatusCode::OK,
            Keep::Never,
            hawser.page("/credentials", cookie).await,
        ),
        (
            "missing page",
            StatusCode::NOT_FOUND,
            Keep::Never,
            ask(get.clone(), "/nothing/here", &[html], "").await,
        ),
        (
            "missing thing",
            StatusCode::NOT_FOUND,
            Keep::Never,
            ask(get.clone(), "/nothing/here", &[], "").await,
        ),
        (
            "module",
            StatusCode::OK,
            Keep::Forever,
            ask(get.clone(), "/pkg/hawser_bg.1.wasm", &[("accept-encoding", "br")], "").await,
        ),
        ("icon", StatusCode::OK, Keep::Hour, ask(get.clone(), "/icons.svg", &[], "").await),
        (
            "known icon",
            StatusCode::NOT_MODIFIED,
            Keep::Hour,
            ask(get.clone(), "/icons.svg", &[("if-none-match", &etag)], "").await,
        ),
        (
            "missing file",
            StatusCode::NOT_FOUND,
            Keep::Never,
            ask(get.clone(), "/pkg/../Cargo.toml", &[], "").await,
        ),
        (
            "wrong method",
            StatusCode::METHOD_NOT_ALLOWED,
            Keep::Never,
            ask(Method::DELETE, "/sign-in", &[html, ours], "").await,
        ),
        (
            "other site",
            StatusCode::FORBIDDEN,
            Keep::Never,
            ask(post.clone(), "/actions/sign-out", &[html, ("sec-fetch-site", "cross-site")], "")
                .await,
        ),
        (
            "too large",
            StatusCode::PAYLOAD_TOO_LARGE,
            Keep::Never,
            ask(
                post.clone(),
                "/actions/sign-in",
                &[html, ours, ("content-type", "application/x-www-form-urlencoded")],
                large,
            )
            .await,
        ),
        (
            "wrong type",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Keep::Never,
            ask(post.clone(), "/actions/sign-in", &[ours, ("content-type", "text/plain")], "a=b")
                .await,
        ),
        (
            "redirect",
            StatusCode::SEE_OTHER,
            Keep::Never,
            hawser.form("/actions/credentials/create", "", &[]).await,
        ),
        (
            "stream of nobody",
            StatusCode::UNAUTHORIZED,
            Keep::Never,
            ask(get.clone(), "/events/organization", &[], "").await,
        ),
        ("health", StatusCode::OK, Keep::Never, ask(get.clone(), "/healthz", &[], "").await),
        (
            "readiness",
            StatusCode::SERVICE_UNAVAILABLE,
            Keep::Never,
            ask(get, "/readyz", &[], "").await,
        ),
    ]
}

#[tokio::test]
async fn r_headers() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    for (kind, status, keep, answer) in kinds(&hawser, &cookie).await {
        assert_eq!(answer.status, status, "{kind}: {}", answer.text);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("permissions-policy", "camera=(), microphone=(), geolocation=(), usb=(), payment=()"),
            ("strict-transport-security", ""),
            ("server", ""),
        ] {
            assert_eq!(answer.header(name), value, "{kind}: {name}");
        }
        assert_eq!(answer.header("x-request-id").len(), 16, "{kind}");
        let kept = match answer.header("cache-control") {
            "no-store" => Keep::Never,
            "public, max-age=3600" => Keep::Hour,
            "public, max-age=31536000, immutable" => Keep::Forever,
            other => panic!("{kind}: {other}"),
        };
        assert_eq!(kept, keep, "{kind}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{kind}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{kind}: {policy}");
        assert!(!policy.contains("unsafe-inline"), "{kind}: {policy}");
        let html = answer.header("content-type").starts_with("text/html");
        assert_eq!(policy.contains("sandbox"), !html, "{kind}: {policy}");
    }
}

#[tokio::test]
async fn files_carry_their_types_and_codings() {
    let hawser = Hawser::start().await;
    let ask = |path: &'static str, accept: &'static str| {
        hawser.send(
            hawser
                .request(Method::GET, path)
                .header("accept-encoding", accept)
                .body(Body::empty())
                .unwrap(),
        )
    };
    let module = ask("/pkg/hawser_bg.1.wasm", "gzip, br").await;
    assert_eq!(module.header("content-type"), "application/wasm");
    assert_eq!((module.header("content-encoding"), module.text.as_str()), ("br", "compressed"));
    let plain = ask("/pkg/hawser_bg.1.wasm", "identity").await;
    assert_eq!((plain.header("content-encoding"), plain.text.as_str()), ("", "\0asm"));
    assert_eq!(plain.header("vary"), "accept-encoding");
    assert_eq!(ask("/pkg/main.1.css", "").await.header("content-type"), "text/css; charset=utf-8");
}

#[tokio::test]
async fn hsts_is_sent_where_the_public_url_is_https() {
    let hawser = Hawser::start_with(Scheme::Https).await;
    let answer = hawser.page("/sign-in", "").await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
}

/// The values that stand between `before` and the next quote.
fn quoted<'a>(text: &'a str, before: &str, quote: char) -> Vec<&'a str> {
    text.split(before).skip(1).map(|rest| rest.split(quote).next().unwrap()).collect()
}

#[tokio::test]
async fn r_csp_the_nonce_of_the_header_is_that_of_every_script() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    let mut seen = HashSet::new();
    for (path, cookie) in [
        ("/sign-in", ""),
        ("/credentials", cookie.as_str()),
        ("/nothing", ""),
        ("/nothing", &cookie),
    ] {
        let answer = hawser.page(path, cookie).await;
        let policy = answer.header("content-security-policy");
        let nonces: HashSet<_> = quoted(policy, "'nonce-", '\'').into_iter().collect();
        let [nonce] = nonces.iter().collect::<Vec<_>>()[..] else { panic!("{path}: {policy}") };
        assert_eq!(nonce.len(), 22, "{nonce}");
        for tag in ["<script", "<style"] {
            for tag in quoted(&answer.text, tag, '>') {
                assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{tag}>");
            }
        }
        assert!(answer.text.contains("<script"), "{path}");
        assert!(
            !answer.text.contains(" style=\""),
            "{path}: inline styles do not work under the policy"
        );
        assert!(seen.insert(nonce.to_string()), "{path}: a nonce was used twice");
    }
}

#[tokio::test]
async fn pages_are_compressed_but_for_those_that_show_a_secret() {
    let hawser = Hawser::start().await;
    let ask = async |path: &str, accept: &str, cookie: &str| {
        let request = hawser
            .request(Method::GET, path)
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-site", "none")
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT_ENCODING, accept);
        hawser.bytes(request.body(Body::empty()).unwrap()).await
    };
    let (headers, body) = ask(&hawser.set_up_page().await, "gzip", "").await;
    assert_eq!(headers[header::CACHE_CONTROL], "no-store, no-transform");
    assert_eq!(headers.get(header::CONTENT_ENCODING), None);
    assert!(String::from_utf8(body).unwrap().contains("name=\"token\""));

    let cookie = hawser.set_up().await;
    for path in ["/sign-in", "/credentials", "/nothing/here"] {
        let (headers, plain) = ask(path, "br, gzip;q=0", &cookie).await;
        assert_eq!(headers.get(header::CONTENT_ENCODING), None, "{path}");
        let (headers, small) = ask(path, "gzip, deflate, br", &cookie).await;
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip", "{path}");
        assert_eq!(headers[header::VARY], "accept-encoding", "{path}");
        let mut text = String::new();
        flate2::read::GzDecoder::new(small.as_slice()).read_to_string(&mut text).unwrap();
        assert!(text.contains("</html>") && small.len() * 2 < plain.len(), "{path}: {text}");
    }
}
