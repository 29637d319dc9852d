//! Registries as they are: what they say in their own way is read, and what they refuse is told as
//! what it is.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use axum::{extract::Request, http::header::AUTHORIZATION, response::Response};
use domain::{
    Cause,
    repositories::{RepositoryKind, RepositoryUrl},
};
use egress::EgressProfile;
use registries::{KnownVersions, Synced, Validators};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    challenges::named,
    examine::{examine, failed, stage},
    helm,
    host::{Host, INDEX, answer},
    oci, registries, sync, versions, with_login,
};

const CONFIG: &str = "{\"name\":\"web\",\"description\":\"A chart\"}";
const HELM: &str = "application/vnd.cncf.helm.config.v1+json";

pub(crate) fn digest(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// The manifest of a chart.
pub(crate) fn manifest() -> String {
    json!({ "config": { "mediaType": HELM, "digest": digest(CONFIG) }, "annotations": null })
        .to_string()
}

pub(crate) fn login(request: &Request) -> &str {
    request.headers().get(AUTHORIZATION).map_or("", |value| value.to_str().unwrap())
}

pub(crate) fn unauthorized(challenge: &str) -> Response {
    let body = "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}";
    answer(401, &[("www-authenticate", challenge)], body)
}

/// What a registry with one chart answers to whoever may read.
pub(crate) fn chart(request: &Request) -> Response {
    match request.uri().path() {
        "/v2/" => answer(200, &[], "{}"),
        path if path.ends_with("/tags/list") => answer(200, &[], "{\"tags\":[\"1.0.0\"]}"),
        path if path.contains("/blobs/") => answer(200, &[], CONFIG),
        path if path.contains("/manifests/") => answer(200, &[], manifest()),
        _ => answer(404, &[], ""),
    }
}

pub(crate) fn known(synced: Synced) -> (KnownVersions, Validators) {
    let Synced::Charts { versions, validators, .. } = synced else { panic!("unchanged") };
    let key =
        |found: &domain::charts::FoundVersion| (found.chart.clone(), found.version.version.clone());
    (versions.into_iter().map(|found| (key(&found), found)).collect(), validators)
}

#[tokio::test]
async fn head_is_never_believed() {
    for status in [401, 403, 404, 405, 500] {
        let gone = Arc::new(AtomicUsize::new(0));
        let is_gone = Arc::clone(&gone);
        let host = Host::start(move |_, request| match request.method().as_str() {
            "HEAD" => answer(status, &[], ""),
            _ if request.uri().path().contains("/manifests/") && is_gone.load(SeqCst) == 1 => {
                answer(404, &[], "")
            }
            _ => chart(request),
        })
        .await;
        let registries = registries(&host.authority);
        let target = with_login(oci(&host.url("/team/web")), "right");
        let (stored, validators) = known(sync(&registries, &target).await.unwrap());
        assert_eq!(stored.len(), 1);
        let blobs = host.logins("/v2/team/web/blobs").len();
        let again = registries.sync(&target, &validators, &stored).await.unwrap();
        assert!(matches!(again, Synced::Unchanged { .. }), "{status}");
        assert_eq!(host.logins("/v2/team/web/blobs").len(), blobs, "the same manifest is enough");
        // What GET says is gone is gone.
        gone.store(1, SeqCst);
        let again = registries.sync(&target, &validators, &stored).await.unwrap();
        assert!(versions(&again).is_empty(), "{status}");
    }
}

#[tokio::test]
async fn a_chart_in_an_index_is_listed() {
    let image = json!({ "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest("x") } }).to_string();
    let own = manifest();
    let described = |text: &str, more: serde_json::Value| {
        let mut entry = json!({ "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": digest(text), "size": text.len() });
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entry
    };
    let linux = json!({ "platform": { "os": "linux", "architecture": "amd64" } });
    let missing = described("never pushed", json!({}));
    for (entries, expected) in [
        (json!([described(&image, linux.clone()), described(&own, json!({}))]), vec!["web 1.0.0"]),
        (
            json!([7, {}, missing, described(&own, json!({ "artifactType": HELM, "size": "x" }))]),
            vec!["web 1.0.0"],
        ),
        (json!([described(&image, linux)]), vec![]),
        (json!([]), vec![]),
    ] {
        let index = json!({ "schemaVersion": 2, "manifests": entries }).to_string();
        let (image, own) = (image.clone(), own.clone());
        let host = Host::start(move |_, request| {
            let path = request.uri().path();
            match path.rsplit_once("/manifests/").map(|(_, reference)| reference) {
                Some("1.0.0") => answer(200, &[], index.clone()),
                Some(reference) if reference == digest(&image) => answer(200, &[], image.clone()),
                Some(reference) if reference == digest(&own) => answer(200, &[], own.clone()),
                Some(_) => answer(404, &[], ""),
                None => chart(request),
            }
        })
        .await;
        let found = sync(&registries(&host.authority), &oci(&host.url("/web"))).await.unwrap();
        assert_eq!(versions(&found), expected);
    }
}

#[tokio::test]
async fn one_odd_field_does_not_fail_a_document() {
    for (token, tags) in [
        (r#"{"token":"t","expires_in":"300"}"#, r#"{"tags":["1.0.0"]}"#),
        (r#"{"token":null,"access_token":"t","expires_in":null}"#, r#"{"tags":["1.0.0",7,null]}"#),
        (r#"{"token":"t","access_token":{},"expires_in":299.5}"#, r#"{"name":7,"tags":["1.0.0"]}"#),
        (
            r#"{"token":"t","expires_in":[],"issued_at":9}"#,
            r#"{"tags":["1.0.0"],"repositories":7}"#,
        ),
    ] {
        let host = Host::start(move |own, request| match (request.uri().path(), login(request)) {
            ("/token", _) => answer(200, &[], token),
            (_, "Bearer t") if request.uri().path().ends_with("/tags/list") => {
                answer(200, &[], tags)
            }
            (_, "Bearer t") => chart(request),
            _ => unauthorized(&format!("Bearer realm=\"{}\"", own.url("/token"))),
        })
        .await;
        let found = named(&host, &registries(&host.authority)).await.unwrap();
        assert_eq!(versions(&found), ["web 1.0.0"], "{token} {tags}");
    }
}

#[tokio::test]
async fn encodings_that_are_not_gzip_say_nothing_of_the_body() {
    for encoding in ["aws-chunked", "identity", "utf-8", "AWS-Chunked, identity", ""] {
        let host =
            Host::start(move |_, _| answer(200, &[("content-encoding", encoding)], INDEX)).await;
        let found = sync(&registries(&host.authority), &helm(&host.url(""))).await.unwrap();
        assert_eq!(versions(&found), ["web 1.0.0"], "{encoding}");
    }
    // Packed, and named beside another word: it is unpacked, also for the look before adding.
    let host = Host::start(|_, _| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, INDEX.as_bytes()).unwrap();
        answer(200, &[("content-encoding", "aws-chunked,gzip")], gzip.finish().unwrap())
    })
    .await;
    let registries = registries(&host.authority);
    assert_eq!(versions(&sync(&registries, &helm(&host.url(""))).await.unwrap()), ["web 1.0.0"]);
    let url = RepositoryUrl::parse(&host.url("")).unwrap();
    let kind = registries.detect(&url, None, &EgressProfile::default()).await.unwrap();
    assert_eq!(kind, RepositoryKind::Helm);
}

#[tokio::test]
async fn an_index_that_is_called_a_web_page_is_read() {
    for (kind, body, read) in [
        ("text/html; charset=utf-8", INDEX, Ok(())),
        ("application/xhtml+xml", INDEX, Ok(())),
        ("text/html", "<!doctype html>", Err(Cause::HtmlInsteadOfIndex)),
        ("text/html", "Please log in", Err(Cause::HtmlInsteadOfIndex)),
        ("text/yaml", " <html>", Err(Cause::HtmlInsteadOfIndex)),
    ] {
        let host = Host::start(move |_, request| match request.uri().path() {
            "/index.yaml" => answer(200, &[("content-type", kind)], body),
            _ => answer(404, &[], ""),
        })
        .await;
        let registries = registries(&host.authority);
        let synced = sync(&registries, &helm(&host.url(""))).await;
        assert_eq!(synced.map(drop).map_err(|failure| failure.cause), read, "{kind} {body}");
        let proved = registries.prove(&helm(&host.url(""))).await;
        assert_eq!(proved.map_err(|failure| failure.cause), read, "{kind} {body}");
        let url = RepositoryUrl::parse(&host.url("")).unwrap();
        let added = registries.detect(&url, None, &EgressProfile::default()).await;
        assert_eq!(added.map(drop).map_err(|failure| failure.cause), read, "{kind} {body}");
    }
}

#[tokio::test]
async fn redirects_within_the_origin_are_followed_for_the_root_and_for_tokens() {
    for status in [301, 302, 307, 308] {
        let host = Host::start(move |own, request| match (request.uri().path(), login(request)) {
            ("/v2/", _) => answer(status, &[("location", "/registry/v2/")], ""),
            ("/token", _) => {
                let query = request.uri().query().unwrap();
                answer(status, &[("location", &format!("/auth/token?{query}"))], "")
            }
            ("/auth/token", "Basic YW5uOnJpZ2h0") => answer(200, &[], "{\"token\":\"t\"}"),
            (_, "Bearer t") => chart(request),
            _ => unauthorized(&format!("Bearer realm=\"{}\"", own.url("/token"))),
        })
        .await;
        let found = named(&host, &registries(&host.authority)).await.unwrap();
        assert_eq!(versions(&found), ["web 1.0.0"], "{status}");
    }
}

#[tokio::test]
async fn r_cred_01_a_redirect_to_another_origin_is_refused_by_name() {
    let thief = Host::start(|_, _| answer(200, &[], "{\"token\":\"t\"}")).await;
    let (to, told) = (thief.url("/token?canary-2"), thief.url(""));
    for at in ["/token", "/v2/"] {
        let to = to.clone();
        let host = Host::start(move |own, request| match request.uri().path() {
            path if path == at => answer(302, &[("location", &to)], ""),
            _ => unauthorized(&format!("Bearer realm=\"{}\"", own.url("/token"))),
        })
        .await;
        let registries = registries(&format!("{} {}", host.authority, thief.authority));
        let target = with_login(oci(&host.url("/web")), "canary-1");
        let failure = sync(&registries, &target).await.unwrap_err();
        assert_eq!(failure.cause, Cause::RedirectRefused);
        assert!(failure.to_string().ends_with(&told), "{failure}");
    }
    assert!(thief.seen().is_empty());
}

#[tokio::test]
async fn what_a_registry_without_tls_says_is_told() {
    let elsewhere =
        Host::start(|_, _| answer(302, &[("location", "https://login.example/sso")], "")).await;
    let url = format!("oci://{}/web", elsewhere.authority);
    let registries = registries(&elsewhere.authority);
    let failure = sync(&registries, &oci(&url)).await.unwrap_err();
    assert_eq!(failure.cause, Cause::RedirectRefused);
    assert!(failure.to_string().ends_with("https://login.example"), "{failure}");
}

/// How an address is told by the look before adding, by the connection test and by the sync.
async fn told(host: &Host, path: &str) -> [Option<Cause>; 3] {
    let registries = registries(&host.authority);
    let (url, target) = (RepositoryUrl::parse(&host.url(path)).unwrap(), helm(&host.url(path)));
    let added = registries.detect(&url, None, &EgressProfile::default()).await;
    let tested = failed(&examine(&registries, &target).await);
    let synced = sync(&registries, &target).await;
    [
        added.err().map(|failure| failure.cause),
        tested.map(|(_, cause)| cause),
        synced.err().map(|failure| failure.cause),
    ]
}

#[tokio::test]
async fn adding_testing_and_syncing_read_alike() {
    let late = format!("# {}\n{INDEX}", "a long licence ".repeat(8_000));
    let broken = format!("{INDEX}  api:\n  - {{name: api, version: 'x\n");
    let host = Host::start(move |_, request| match request.uri().path() {
        "/aliases/index.yaml" => answer(
            200,
            &[("content-type", "text/html")],
            "entries:\n  a:\n  - {name: &a a, version: 1.0.0}\n  b:\n  - {name: *a, version: 1}\n",
        ),
        "/late/index.yaml" => answer(200, &[], late.clone()),
        "/broken/index.yaml" => answer(200, &[], broken.clone()),
        "/other/index.yaml" => answer(200, &[], "apiVersion: v1\nkind: List\n"),
        "/empty/index.yaml" => answer(200, &[], ""),
        "/page/index.yaml" => answer(200, &[], "<!doctype html>"),
        _ => answer(404, &[], ""),
    })
    .await;
    for (path, cause) in [
        ("/aliases", None),
        ("/late", None),
        ("/broken", Some(Cause::IndexInvalid)),
        ("/other", Some(Cause::IndexInvalid)),
        ("/empty", Some(Cause::IndexInvalid)),
        ("/page", Some(Cause::HtmlInsteadOfIndex)),
    ] {
        assert_eq!(told(&host, path).await, [cause; 3], "{path}");
    }
    let target = helm(&host.url("/aliases"));
    let examined = examine(&registries(&host.authority), &target).await;
    let pull = &stage(&examined, domain::connection_tests::Stage::Pull).detail;
    assert_eq!(pull, "index.yaml was read: 2 versions.");
}

#[tokio::test]
async fn a_refused_short_cut_is_no_answer() {
    // A server that knows no ranges and no conditions, and a registry that wants smaller pages.
    for status in [400, 412, 501] {
        let host = Host::start(move |_, request| {
            let headers = request.headers();
            let is_plain = !headers.contains_key("range") && !headers.contains_key("if-none-match");
            match request.uri().path() {
                "/index.yaml" if is_plain => answer(200, &[("etag", "\"1\"")], INDEX),
                _ => answer(status, &[], ""),
            }
        })
        .await;
        let (registries, target) = (registries(&host.authority), helm(&host.url("")));
        let (_, validators) = known(sync(&registries, &target).await.unwrap());
        let again = registries.sync(&target, &validators, &KnownVersions::new()).await.unwrap();
        assert!(matches!(again, Synced::Unchanged { .. }), "{status}");
        registries.prove(&target).await.unwrap();
        assert_eq!(failed(&examine(&registries, &target).await), None, "{status}");
    }
    let host = Host::start(|_, request| match (request.uri().path(), request.uri().query()) {
        (path, Some(_)) if path.ends_with("/tags/list") => {
            answer(400, &[], "{\"errors\":[{\"code\":\"PAGINATION_NUMBER_INVALID\"}]}")
        }
        _ => chart(request),
    })
    .await;
    let target = oci(&host.url("/web"));
    let registries = registries(&host.authority);
    assert_eq!(versions(&sync(&registries, &target).await.unwrap()), ["web 1.0.0"]);
    registries.prove(&target).await.unwrap();
}
