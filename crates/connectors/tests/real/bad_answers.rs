//! Answers that are too large, of the wrong kind, or refusals.

use std::{io::Write as _, time::Duration};

use axum::body::Body;
use domain::{
    Cause, Secret,
    repositories::{RepositoryKind, RepositoryUrl},
};
use egress::{EgressProfile, Login};
use flate2::{Compression, write::GzEncoder};
use futures::stream;
use registries::{KnownVersions, Synced, Validators};

use crate::{
    helm,
    host::{Host, INDEX, answer},
    oci, registries, sync, versions, with_login,
};

async fn cause_of(
    status: u16,
    headers: &'static [(&str, &str)],
    body: &'static str,
    password: Option<&str>,
) -> Cause {
    let host = Host::start(move |_, request| match request.uri().path() {
        "/index.yaml" => answer(status, headers, body),
        _ => answer(404, &[], ""),
    })
    .await;
    let mut target = helm(&host.url(""));
    if let Some(password) = password {
        target = with_login(target, password);
    }
    let failure = sync(&registries(&host.authority), &target).await.unwrap_err();
    assert_eq!(failure.status, Some(status));
    let text = format!("{failure} {failure:?}");
    assert!(!text.contains("canary") && !text.contains("index.yaml?"), "{text}");
    failure.cause
}

#[tokio::test]
async fn refusals_are_told_apart() {
    assert_eq!(cause_of(401, &[], "", None).await, Cause::NoCredential);
    assert_eq!(cause_of(401, &[], "canary", Some("canary")).await, Cause::InvalidCredentials);
    assert_eq!(cause_of(403, &[], "", Some("x")).await, Cause::InsufficientScope);
    assert_eq!(
        cause_of(
            403,
            &[],
            "Your authorization token has expired. Reauthenticate and try again.",
            Some("x")
        )
        .await,
        Cause::TokenExpired
    );
    // The payload says {"exp":1000}.
    assert_eq!(cause_of(401, &[], "", Some("e30.eyJleHAiOjEwMDB9.x")).await, Cause::TokenExpired);
    assert_eq!(cause_of(404, &[], "", None).await, Cause::NotFound);
    assert_eq!(cause_of(500, &[], "", None).await, Cause::ServerError);
    assert_eq!(
        cause_of(200, &[], "<!doctype html><title>Log in</title>", None).await,
        Cause::HtmlInsteadOfIndex
    );
    assert_eq!(
        cause_of(200, &[("content-type", "text/html")], "x", None).await,
        Cause::HtmlInsteadOfIndex
    );
    assert_eq!(cause_of(200, &[], "entries: [", None).await, Cause::IndexInvalid);
    assert_eq!(cause_of(200, &[], "hello: world", None).await, Cause::IndexInvalid);
    assert_eq!(cause_of(200, &[("content-encoding", "br")], "x", None).await, Cause::IndexInvalid);
}

#[tokio::test]
async fn a_rate_limit_says_how_long() {
    let host = Host::start(|_, _| answer(429, &[("retry-after", "7")], "")).await;
    let failure = sync(&registries(&host.authority), &helm(&host.url(""))).await.unwrap_err();
    assert_eq!(
        (failure.cause, failure.retry_after),
        (Cause::RateLimited, Some(Duration::from_secs(7)))
    );
}

#[tokio::test]
async fn r_bomb_01_a_body_over_its_budget_is_refused_and_never_cut() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..80 {
        gzip.write_all(&vec![b'\n'; 1 << 20]).unwrap();
    }
    let bomb = gzip.finish().unwrap();
    let host = Host::start(move |_, request| match request.uri().path() {
        "/announced/index.yaml" => answer(
            200,
            &[("content-length", "70000000")],
            Body::from_stream(stream::pending::<Result<Vec<u8>, std::io::Error>>()),
        ),
        "/endless/index.yaml" => answer(
            200,
            &[],
            Body::from_stream(stream::repeat_with(|| {
                Ok::<_, std::io::Error>(vec![b'\n'; 1 << 20])
            })),
        ),
        _ => answer(200, &[("content-encoding", "gzip")], bomb.clone()),
    })
    .await;
    let registries = registries(&host.authority);
    for path in ["/announced", "/endless", "/bomb"] {
        assert_eq!(
            sync(&registries, &helm(&host.url(path))).await.unwrap_err().cause,
            Cause::IndexTooLarge,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_compressed_index_is_read_and_an_unchanged_one_is_not() {
    let host = Host::start(|_, request| {
        if request.headers().get("if-none-match").is_some_and(|tag| tag == "\"1\"") {
            return answer(304, &[], "");
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(INDEX.as_bytes()).unwrap();
        answer(200, &[("content-encoding", "gzip"), ("etag", "\"1\"")], gzip.finish().unwrap())
    })
    .await;
    let registries = registries(&host.authority);
    let target = helm(&host.url("/team"));
    let found = sync(&registries, &target).await.unwrap();
    let Synced::Charts { versions, validators, .. } = found else { panic!("unchanged") };
    assert_eq!(versions[0].version.url, host.url("/team/web-1.0.0.tgz"));
    let again = registries.sync(&target, &validators, &KnownVersions::new()).await.unwrap();
    assert_eq!(again, Synced::Unchanged { validators: validators.clone() });
    // Without an ETag the digest tells.
    let validators = Validators { etag: None, ..validators };
    let again = registries.sync(&target, &validators, &KnownVersions::new()).await.unwrap();
    assert!(matches!(again, Synced::Unchanged { .. }));
    registries.prove(&target).await.unwrap();
}

#[tokio::test]
async fn a_wrong_login_tells_nothing_of_the_kind() {
    // It asks for a login everywhere, also where a registry would be.
    let fenced =
        Host::start(|_, _| answer(401, &[("www-authenticate", "Basic realm=\"x\"")], "")).await;
    let wrong = Login::stored("ada".into(), Secret::new("wrong".into()));
    let url = RepositoryUrl::parse(&fenced.url("/charts")).unwrap();
    let registries = registries(&fenced.authority);
    for login in [None, Some(&wrong)] {
        let kind = registries.detect(&url, login, &EgressProfile::default()).await.unwrap();
        assert_eq!(kind, RepositoryKind::Helm);
    }
}

#[tokio::test]
async fn a_wrong_path_behind_a_login_is_no_registry() {
    // Each asks for a login everywhere; only the second has a registry behind it.
    let fenced = |registry: bool| {
        Host::start(move |_, request| match request.headers().get("authorization") {
            None => answer(401, &[("www-authenticate", "Basic realm=\"charts\"")], ""),
            Some(_) => match request.uri().path() {
                "/charts/index.yaml" => answer(200, &[], INDEX),
                "/v2/" if registry => answer(200, &[], "{}"),
                _ => answer(404, &[], ""),
            },
        })
    };
    let (helm, registry) = (fenced(false).await, fenced(true).await);
    let registries = registries(&format!("{} {}", helm.authority, registry.authority));
    let login = Login::stored("ada".into(), Secret::new("right".into()));
    let detect = async |url: String| {
        let url = RepositoryUrl::parse(&url).unwrap();
        let found = registries.detect(&url, Some(&login), &EgressProfile::default()).await;
        found.map_err(|failure| (failure.cause, failure.status))
    };
    assert_eq!(detect(helm.url("/charts")).await, Ok(RepositoryKind::Helm));
    assert_eq!(detect(helm.url("/does-not-exist")).await, Err((Cause::NotARegistry, Some(404))));
    assert_eq!(detect(registry.url("/team")).await, Ok(RepositoryKind::Oci));
}

#[tokio::test]
async fn kinds_are_detected() {
    let host = Host::start(|_, request| match request.uri().path() {
        "/charts/index.yaml" => answer(200, &[], INDEX),
        "/locked/index.yaml" => answer(401, &[("www-authenticate", "Basic realm=\"x\"")], ""),
        "/page/index.yaml" => answer(200, &[("content-type", "text/html; charset=utf-8")], "<p>"),
        _ => answer(404, &[], ""),
    })
    .await;
    let registry = Host::start(|_, request| match request.uri().path() {
        "/v2/" => {
            answer(401, &[("www-authenticate", "Bearer realm=\"https://auth.example/token\"")], "")
        }
        _ => answer(404, &[], ""),
    })
    .await;
    let registries = registries(&format!("{} {}", host.authority, registry.authority));
    let detect = async |url: &str| {
        registries
            .detect(&RepositoryUrl::parse(url).unwrap(), None, &EgressProfile::default())
            .await
            .map_err(|failure| failure.cause)
    };
    assert_eq!(detect(&host.url("/charts")).await, Ok(RepositoryKind::Helm));
    assert_eq!(detect(&host.url("/locked")).await, Ok(RepositoryKind::Helm));
    assert_eq!(detect(&host.url("/page")).await, Err(Cause::HtmlInsteadOfIndex));
    assert_eq!(detect(&host.url("/nothing")).await, Err(Cause::NotARegistry));
    assert_eq!(detect(&registry.url("/team")).await, Ok(RepositoryKind::Oci));
    assert_eq!(
        detect(&format!("oci://{}/team", registry.authority)).await,
        Ok(RepositoryKind::Oci)
    );
    assert_eq!(detect(&format!("oci://{}/charts", host.authority)).await, Err(Cause::WrongKind));
    // A repository entered as the other kind says so when it syncs.
    assert_eq!(
        sync(&registries, &helm(&registry.url("/team"))).await.unwrap_err().cause,
        Cause::WrongKind
    );
    assert_eq!(
        sync(&registries, &oci(&host.url("/charts"))).await.unwrap_err().cause,
        Cause::WrongKind
    );
    assert_eq!(
        versions(&sync(&registries, &helm(&host.url("/charts"))).await.unwrap()),
        ["web 1.0.0"]
    );
}
