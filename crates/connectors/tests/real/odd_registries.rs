//! Registries as they are: what they say in their own way is read, and what they refuse is told as
//! what it is.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use axum::{extract::Request, http::header::AUTHORIZATION, response::Response};
use connectors::{
    http::EgressProfile,
    repository::{KnownVersions, Registries, Synced, Target, Validators},
};
use domain::{
    Cause,
    repositories::{RepositoryKind, RepositoryUrl},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    examine::{examine, failed, stage},
    helm,
    host::{Host, INDEX, answer},
    oci, registries, sync, versions, with_login,
};

const CONFIG: &str = "{\"name\":\"web\",\"description\":\"A chart\"}";
const HELM: &str = "application/vnd.cncf.helm.config.v1+json";

fn digest(text: &str) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(text)))
}

/// The manifest of a chart.
fn manifest() -> String {
    json!({ "config": { "mediaType": HELM, "digest": digest(CONFIG) }, "annotations": null })
        .to_string()
}

fn login(request: &Request) -> &str {
    request.headers().get(AUTHORIZATION).map_or("", |value| value.to_str().unwrap())
}

fn unauthorized(challenge: &str) -> Response {
    let body = "{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}";
    answer(401, &[("www-authenticate", challenge)], body)
}

/// What a registry with one chart answers to whoever may read.
fn chart(request: &Request) -> Response {
    match request.uri().path() {
        "/v2/" => answer(200, &[], "{}"),
        path if path.ends_with("/tags/list") => answer(200, &[], "{\"tags\":[\"1.0.0\"]}"),
        path if path.contains("/blobs/") => answer(200, &[], CONFIG),
        path if path.contains("/manifests/") => answer(200, &[], manifest()),
        _ => answer(404, &[], ""),
    }
}

/// Syncs `web` at a host with a login, typed by name.
async fn named(host: &Host, registries: &Registries) -> Result<Synced, connectors::Failure> {
    let target = with_login(oci(&host.url("/team")), "right");
    sync(registries, &Target { chart_names: vec!["web".into()], ..target }).await
}

#[tokio::test]
async fn a_token_is_asked_for_the_scope_that_the_registry_wants() {
    for (status, wanted, asked) in [
        (401, "repository:team/web:metadata_read", "metadata_read,pull"),
        (403, "repository:team/web:metadata_read", "metadata_read,pull"),
        (401, "repository:team/web:pull,push,content_read", "content_read,pull"),
    ] {
        let asked = format!("scope=repository:team/web:{asked}");
        let wider = asked.clone();
        let host = Host::start(move |own, request| {
            let query = url::form_urlencoded::parse(request.uri().query().unwrap_or("").as_bytes())
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>();
            let challenge =
                |more: &str| format!("Bearer realm=\"{}\",service=\"s\"{more}", own.url("/token"));
            match (request.uri().path(), login(request)) {
                ("/token", _) if query.contains(&wider) => answer(200, &[], "{\"token\":\"wide\"}"),
                ("/token", _) => answer(200, &[], "{\"token\":\"narrow\"}"),
                (_, "Bearer wide") => chart(request),
                (_, "Bearer narrow") => {
                    let more = format!(",scope=\"{wanted}\",error=\"insufficient_scope\"");
                    answer(status, &[("www-authenticate", &challenge(&more))], "")
                }
                _ => unauthorized(&challenge(",scope=\"registry:catalog:*\"")),
            }
        })
        .await;
        let registries = registries(&host.authority);
        let found = named(&host, &registries).await.unwrap();
        assert_eq!(versions(&found), ["web 1.0.0"], "{status} {wanted}");
        let tokens = host.seen().into_iter().filter(|seen| seen.path.starts_with("/token"));
        assert_eq!(tokens.count(), 2, "the narrow one and the wide one, for all requests: {asked}");
    }
}

#[tokio::test]
async fn a_scope_that_is_never_enough_is_asked_for_once() {
    let host = Host::start(move |own, request| match request.uri().path() {
        "/token" => answer(200, &[], "{\"token\":\"t\"}"),
        path => {
            let scope = format!("repository:{}:pull", path.len() + own.seen().len());
            unauthorized(&format!("Bearer realm=\"{}\",scope=\"{scope}\"", own.url("/token")))
        }
    })
    .await;
    let failure = named(&host, &registries(&host.authority)).await.unwrap_err();
    assert_eq!(failure.cause, Cause::InsufficientScope);
    assert_eq!(host.logins("/v2/team").len(), 2, "once, and wider");
}

#[tokio::test]
async fn what_a_login_may_not_read_is_no_wrong_login() {
    // The tags may be listed, and every manifest is refused with a challenge: to tokens, and to
    // passwords.
    let many: Vec<_> = (0..30).map(|number| format!("1.{number}.0")).collect();
    let tags = json!({ "tags": many }).to_string();
    for scheme in ["Bearer", "Basic"] {
        let tags = tags.clone();
        let host = Host::start(move |own, request| {
            let challenge = format!("{scheme} realm=\"{}\"", own.url("/token"));
            match (request.uri().path(), login(request)) {
                ("/token", _) => answer(200, &[], "{\"token\":\"t\",\"expires_in\":300}"),
                (_, "") => unauthorized(&challenge),
                ("/v2/", _) => answer(200, &[], "{}"),
                (path, _) if path.ends_with("/tags/list") => answer(200, &[], tags.clone()),
                _ => unauthorized(&challenge),
            }
        })
        .await;
        let registries = registries(&host.authority);
        let target = with_login(oci(&host.url("/web")), "right");
        for _ in 0..3 {
            let failure = sync(&registries, &target).await.unwrap_err();
            assert_eq!(failure.cause, Cause::InsufficientScope, "{scheme}");
        }
    }
}

#[tokio::test]
async fn a_token_service_that_refuses_a_scope_may_still_take_the_login() {
    // The registry refuses a token for this path in either way, and gives one for no path.
    for (status, to_login, cause) in [
        (403, 200, Cause::InsufficientScope),
        (403, 401, Cause::InvalidCredentials),
        (403, 403, Cause::InsufficientScope),
    ] {
        let host = Host::start(move |own, request| {
            let query = request.uri().query().unwrap_or_default();
            match (request.uri().path(), query.contains("scope=")) {
                ("/token", true) => answer(status, &[], "{\"errors\":[{\"code\":\"DENIED\"}]}"),
                ("/token", false) if to_login == 200 => answer(200, &[], "{\"token\":\"t\"}"),
                ("/token", false) => answer(to_login, &[], ""),
                _ => unauthorized(&format!("Bearer realm=\"{}\"", own.url("/token"))),
            }
        })
        .await;
        let failure = named(&host, &registries(&host.authority)).await.unwrap_err();
        assert_eq!(failure.cause, cause, "{status} {to_login}");
    }
}

#[tokio::test]
async fn a_login_that_opens_one_chart_is_not_wrong_because_of_another() {
    // This token service says 401 of a path that the account may not read.
    let host = Host::start(move |own, request| {
        let query = request.uri().query().unwrap_or_default();
        match (request.uri().path(), login(request)) {
            ("/token", "") => answer(401, &[], ""),
            ("/token", _) if query.contains("secret") => answer(401, &[], ""),
            ("/token", _) => answer(200, &[], "{\"token\":\"t\",\"expires_in\":300}"),
            (_, "") => unauthorized(&format!("Bearer realm=\"{}\"", own.url("/token"))),
            _ => chart(request),
        }
    })
    .await;
    let registries = registries(&host.authority);
    let mine = with_login(oci(&host.url("/team")), "right");
    let open = Target { chart_names: vec!["web".into()], ..mine.clone() };
    assert_eq!(versions(&sync(&registries, &open).await.unwrap()), ["web 1.0.0"]);
    let shut = Target { chart_names: vec!["secret".into()], ..mine };
    let failure = sync(&registries, &shut).await.unwrap_err();
    assert_eq!(failure.cause, Cause::InsufficientScope);
    // A login of which nothing is known is tried once.
    let unknown = Target { chart_names: vec!["secret".into()], ..with_login(shut, "wrong") };
    let before = host.logins("/token").len();
    let failure = sync(&registries, &unknown).await.unwrap_err();
    assert_eq!(failure.cause, Cause::InvalidCredentials);
    assert_eq!(host.logins("/token").len(), before + 1);
}

#[tokio::test]
async fn a_challenge_without_words_gets_the_password() {
    // Open at the root, and elsewhere 401 without a challenge.
    let host = Host::start(|_, request| match (request.uri().path(), login(request)) {
        ("/v2/", _) => answer(200, &[], "{}"),
        (_, "Basic YW5uOnJpZ2h0") => chart(request),
        _ => answer(401, &[], ""),
    })
    .await;
    let registries = registries(&host.authority);
    assert_eq!(versions(&named(&host, &registries).await.unwrap()), ["web 1.0.0"]);
    let wrong = with_login(oci(&host.url("/team/web")), "wrong");
    assert_eq!(sync(&registries, &wrong).await.unwrap_err().cause, Cause::InvalidCredentials);
    let none = oci(&host.url("/team/web"));
    assert_eq!(sync(&registries, &none).await.unwrap_err().cause, Cause::NoCredential);
}

fn known(synced: Synced) -> (KnownVersions, Validators) {
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

#[tokio::test]
async fn what_is_left_out_is_counted() {
    let image = json!({ "config": { "mediaType": "application/vnd.oci.image.config.v1+json",
        "digest": digest("x") } })
    .to_string();
    let tags = json!({ "tags": ["latest", "v1", "2023.10.1", "2024.01.05", "1.2_b.7", "main",
        "sha256-0a.sig", 7, "3.0.0-image", "0.0.1-gone"] });
    let host = Host::start(move |_, request| match request.uri().path() {
        path if path.ends_with("/tags/list") => answer(200, &[], tags.to_string()),
        path if path.ends_with("-image") => answer(200, &[], image.clone()),
        path if path.ends_with("-gone") => answer(404, &[], ""),
        _ => chart(request),
    })
    .await;
    let registries = registries(&host.authority);
    let target = oci(&host.url("/web"));
    let synced = sync(&registries, &target).await.unwrap();
    // In the order of Helm, and as they were published.
    assert_eq!(versions(&synced), ["web 2024.01.05", "web 2023.10.1", "web 1.2+b.7", "web v1"]);
    let Synced::Charts { versions, left_out, .. } = &synced else { panic!("unchanged") };
    assert!(versions[2].version.url.ends_with("/web:1.2_b.7"));
    assert_eq!(
        left_out.words(),
        "4 tags that are no versions, 1 tag that is no chart, \
         1 tag that was listed and is not there"
    );
    let (stored, validators) = known(synced);
    let again = registries.sync(&target, &validators, &stored).await.unwrap();
    assert!(matches!(again, Synced::Unchanged { .. }));
}

/// A registry whose catalog lists `listed` below `team`: each is read, or answers as its name says.
async fn catalog(listed: &'static [&'static str]) -> Host {
    Host::start(move |_, request| {
        let path = request.uri().path();
        let is = |name: &str| path.starts_with(&format!("/v2/team/{name}/"));
        let tags = path.ends_with("/tags/list");
        match path {
            "/v2/_catalog" => {
                let names: Vec<_> = listed.iter().map(|name| format!("team/{name}")).collect();
                answer(200, &[], json!({ "repositories": names }).to_string())
            }
            "/v2/team/tags/list" => answer(404, &[], ""),
            _ if is("gone") => answer(404, &[], ""),
            _ if is("secret") => answer(403, &[], ""),
            _ if is("senseless") && tags => answer(200, &[], "tags?"),
            _ if is("broken") && path.contains("/blobs/") => answer(200, &[], "swapped"),
            _ if is("half") && tags => answer(200, &[], "{\"tags\":[\"2.0.0\",\"1.0.0\"]}"),
            _ if is("half") && path.ends_with("/2.0.0") => answer(200, &[], "x".repeat(5 << 20)),
            _ if is("down") => answer(503, &[], ""),
            _ => chart(request),
        }
    })
    .await
}

#[tokio::test]
async fn one_chart_that_cannot_be_read_does_not_hide_the_others() {
    let host = catalog(&["gone", "secret", "senseless", "broken", "half", "web"]).await;
    let target = with_login(oci(&host.url("/team")), "right");
    let synced = sync(&registries(&host.authority), &target).await.unwrap();
    assert_eq!(versions(&synced), ["half 1.0.0", "web 1.0.0"]);
    let Synced::Charts { left_out, .. } = synced else { panic!("unchanged") };
    assert_eq!(
        left_out.words(),
        "1 tag whose manifest cannot be read, \
         1 chart that the catalog lists and that is not there, \
         1 chart that the login may not read, 2 charts that cannot be read"
    );
}

#[tokio::test]
async fn what_was_known_of_a_chart_stays_while_it_cannot_be_read() {
    let whole = catalog(&["web", "half"]).await;
    let target = with_login(oci(&whole.url("/team")), "right");
    let synced = sync(&registries(&whole.authority), &target).await.unwrap();
    let (mut stored, validators) = known(synced);
    // The same chart, read when the login still opened it.
    let mut secret = stored[&("web".to_owned(), "1.0.0".to_owned())].clone();
    secret.chart = "secret".into();
    stored.insert(("secret".into(), "1.0.0".into()), secret);
    let host = catalog(&["web", "secret"]).await;
    let target = with_login(oci(&host.url("/team")), "right");
    let again = registries(&host.authority).sync(&target, &validators, &stored).await.unwrap();
    assert_eq!(versions(&again), ["secret 1.0.0", "web 1.0.0"]);
}

#[tokio::test]
async fn a_catalog_of_which_nothing_can_be_read_fails() {
    for (listed, cause) in [
        (&["secret"] as &[&str], Cause::InsufficientScope),
        (&["senseless", "broken"], Cause::IndexInvalid),
        (&["gone", "secret"], Cause::InsufficientScope),
        // Another time it may be read.
        (&["web", "down"], Cause::ServerError),
    ] {
        let host = catalog(listed).await;
        let target = with_login(oci(&host.url("/team")), "right");
        let failure = sync(&registries(&host.authority), &target).await.unwrap_err();
        assert_eq!(failure.cause, cause, "{listed:?}");
    }
}

#[tokio::test]
async fn older_tags_of_an_image_are_counted_and_not_read() {
    let tags: Vec<_> = (0..50).map(|number| format!("1.{number}.0")).collect();
    let host = Host::start(move |_, request| match request.uri().path() {
        path if path.ends_with("/tags/list") => {
            answer(200, &[], json!({ "tags": tags }).to_string())
        }
        path if path.contains("/manifests/") => answer(200, &[], "{}"),
        _ => chart(request),
    })
    .await;
    let synced = sync(&registries(&host.authority), &oci(&host.url("/app"))).await.unwrap();
    let Synced::Charts { versions, left_out, .. } = synced else { panic!("unchanged") };
    assert!(versions.is_empty());
    assert_eq!(
        left_out.words(),
        "3 tags that are no charts, 47 older tags of something whose newest tags are no charts"
    );
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
