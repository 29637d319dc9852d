//! Connection tests that end below HTTP, or at answers that are no registry's.

use domain::{
    Cause,
    connection_tests::{Stage, StageState},
};
use tokio::net::TcpListener;

use crate::{
    examine::{examine, failed, stage, states},
    helm,
    host::{Host, INDEX, answer},
    oci, registries, with_login,
};

#[tokio::test]
async fn a_blocked_address_ends_before_the_name_or_after_it() {
    let host = Host::start(|_, _| answer(200, &[], INDEX)).await;
    let port = host.authority.rsplit_once(':').unwrap().1;
    for (url, at) in [
        ("https://169.254.169.254/".to_owned(), Stage::Url),
        (host.url(""), Stage::Url),
        (format!("https://{}", host.authority), Stage::Url),
        (format!("https://localhost:{port}"), Stage::Dns),
    ] {
        let examined = examine(&registries(""), &helm(&url)).await;
        assert_eq!(failed(&examined), Some((at, Cause::BlockedAddress)), "{url}");
        assert!(!format!("{examined:?}").contains("127.0.0.1:"), "{url}");
    }
    assert!(host.seen().is_empty());
}

#[tokio::test]
async fn names_ports_and_silence_are_told_apart() {
    let examined = examine(&registries(""), &helm("https://charts.does-not-exist.invalid")).await;
    assert_eq!(failed(&examined), Some((Stage::Dns, Cause::DnsFailure)));

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let allow = format!("localhost:{closed}");
    for target in [
        helm(&format!("https://localhost:{closed}")),
        oci(&format!("oci://localhost:{closed}/team")),
        helm(&format!("http://localhost:{closed}")),
    ] {
        let examined = examine(&registries(&allow), &target).await;
        assert_eq!(failed(&examined), Some((Stage::Tcp, Cause::ConnectionRefused)));
        assert!(stage(&examined, Stage::Dns).detail.starts_with("The name resolves to "));
    }

    // Takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = silent.local_addr().unwrap();
    let held = tokio::spawn(async move {
        let mut connections = Vec::new();
        while let Ok((connection, _)) = silent.accept().await {
            connections.push(connection);
        }
    });
    let registries = registries(&at.to_string());
    let (with_tls, without) =
        (oci(&format!("oci://{at}/team")), helm(&format!("http://{at}/team")));
    let (with_tls, without) =
        tokio::join!(examine(&registries, &with_tls), examine(&registries, &without));
    assert_eq!(failed(&with_tls), Some((Stage::Tls, Cause::Timeout)));
    assert_eq!(failed(&without), Some((Stage::Challenge, Cause::Timeout)));
    held.abort();
}

#[tokio::test]
async fn a_host_without_tls_fails_at_the_certificate_unless_it_may() {
    let host = Host::start(|_, request| match request.uri().path() {
        "/v2/" => answer(200, &[("docker-distribution-api-version", "registry/2.0")], "{}"),
        "/v2/web/tags/list" => answer(200, &[], "{\"tags\":[]}"),
        _ => answer(404, &[], ""),
    })
    .await;
    let registries = registries(&host.authority);
    let examined = examine(&registries, &helm(&format!("https://{}", host.authority))).await;
    assert_eq!(failed(&examined), Some((Stage::Tls, Cause::ConnectionRefused)));
    let examined = examine(&registries, &oci(&format!("oci://{}/web", host.authority))).await;
    assert_eq!(stage(&examined, Stage::Tls).state, StageState::Skipped);
    assert_eq!(stage(&examined, Stage::Challenge).state, StageState::Passed);
}

#[tokio::test]
async fn web_pages_redirects_and_errors_are_told() {
    let inner = Host::start(|_, _| answer(200, &[], INDEX)).await;
    let to = inner.url("/index.yaml");
    let host = Host::start(move |_, request| match request.uri().path() {
        "/page/index.yaml" => answer(200, &[("content-type", "text/html")], "<p>canary</p>"),
        "/hidden-page/index.yaml" => answer(200, &[], "<!doctype html>canary"),
        "/led-inside/index.yaml" => answer(302, &[("location", &to)], ""),
        "/broken/index.yaml" => answer(500, &[], "canary"),
        "/busy/index.yaml" => answer(429, &[("retry-after", "7")], "canary"),
        "/text/index.yaml" => answer(200, &[], "canary"),
        _ => answer(404, &[], "canary"),
    })
    .await;
    let registries = registries(&host.authority);
    for (path, stage, cause, status) in [
        ("/page", Stage::Pull, Cause::HtmlInsteadOfIndex, Some(200)),
        ("/hidden-page", Stage::Pull, Cause::HtmlInsteadOfIndex, Some(200)),
        ("/led-inside", Stage::Challenge, Cause::RedirectRefused, None),
        ("/broken", Stage::Challenge, Cause::ServerError, Some(500)),
        ("/busy", Stage::Challenge, Cause::RateLimited, Some(429)),
        ("/text", Stage::Pull, Cause::IndexInvalid, Some(200)),
        ("/nothing", Stage::Challenge, Cause::NotFound, Some(404)),
    ] {
        let examined = examine(&registries, &helm(&host.url(path))).await;
        assert_eq!(failed(&examined), Some((stage, cause)), "{path}");
        let at = examined.stages.iter().find(|result| result.cause.is_some()).unwrap();
        assert_eq!(at.status, status, "{path}");
        assert!(!format!("{examined:?}").contains("canary"), "{path}");
        let with = examine(&registries, &with_login(helm(&host.url(path)), "canary-1")).await;
        assert_eq!(failed(&with).unwrap().1, cause, "{path}");
        assert_eq!(states(&with).len(), 8);
    }
    assert!(inner.seen().is_empty());
    let examined = examine(&registries, &oci(&host.url("/page"))).await;
    assert_eq!(failed(&examined), Some((Stage::Challenge, Cause::NotARegistry)));
}
