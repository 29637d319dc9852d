//! Git servers with a private authority, behind a proxy, and of a kind that nobody named.

use std::collections::BTreeMap;

use axum::response::Response;
use domain::{Cause, gitops::GitUrl};
use egress::{AllowList, EgressProfile, Outbound, OutboundSettings};
use git_http::{Git, Hosting, commit_url};
use serde_json::{Value, json};

use testkit::git_server::{CANARY, GitServer, branch, client, commit, login, write};

use crate::{authority::Authority, exchange_stub::Stub, host::answer, proxy::Proxy};

const REPOSITORY: &str = "acme/gitops";

#[tokio::test]
async fn a_road_of_its_own_is_taken_by_every_request() {
    let (server, authority) = (GitServer::with_repository().await, Authority::new("CA"));
    let at = authority.sign("localhost").in_front_of(&server.authority).await;
    let proxy = Proxy::start("").await;
    let proxies = BTreeMap::from([(
        "out".to_owned(),
        format!("http://{}", proxy.authority).parse().unwrap(),
    )]);
    let allow = AllowList::parse(&at).unwrap();
    let settings = OutboundSettings { allow, proxies, ..OutboundSettings::default() };
    let git = Git::new(Outbound::with(settings).unwrap());
    let url = GitUrl::parse(&format!("https://{at}/{REPOSITORY}.git")).unwrap();

    let failure = git.branches(&url, &login()).await.unwrap_err();
    assert_eq!(failure.cause, Cause::TlsUntrusted);
    let egress = EgressProfile { ca: authority.pem(), proxy: "out".into() };
    let own = git.by(egress.clone());
    assert_eq!(own.branches(&url, &login()).await.unwrap().names, ["main"]);
    let checkout = own.open(&url, &login(), &branch("main"), None).await.unwrap();
    let there = checkout.file("apps/a.yaml").unwrap().unwrap();
    let contents = checkout.contents(&[&there]).await.unwrap();
    assert_eq!(contents[&there.blob], b"a: 1\n");
    let pushed = checkout.push(commit(vec![write("a", "a\n")]), &branch("main")).await.unwrap();
    assert_eq!(server.head(REPOSITORY, "main"), pushed.commit);
    let tunnel = format!("CONNECT {at} HTTP/1.1");
    assert!(!proxy.asked().is_empty() && proxy.asked().iter().all(|asked| *asked == tunnel));

    let unknown = git.by(EgressProfile { proxy: "other".into(), ..egress });
    let failure = unknown.branches(&url, &login()).await.unwrap_err();
    assert_eq!(failure.cause, Cause::ProxyError);
    assert!(!format!("{failure} {failure:?}").contains(CANARY));
}

/// What each kind of host answers at one path, and how the page of a commit begins there.
fn kinds() -> [(&'static str, Value, &'static str, &'static str); 4] {
    [
        ("/api/v1/version", json!({ "version": "1.24.0" }), "a/b", "/a/b/commit/"),
        (
            "/api/v4/version",
            json!({ "version": "18.0.0", "revision": "4e963fe" }),
            "a/b",
            "/a/b/-/commit/",
        ),
        (
            "/rest/api/1.0/application-properties",
            json!({ "displayName": "Bitbucket", "version": "9.4.0" }),
            "scm/A/b",
            "/projects/A/repos/b/commits/",
        ),
        ("/api/v3/meta", json!({ "installed_version": "3.17.0" }), "a/b", "/a/b/commit/"),
    ]
}

async fn recognized(stub: &Stub, path: &str) -> (GitUrl, Option<Hosting>) {
    let url = GitUrl::parse(&stub.url(&format!("/{path}.git"))).unwrap();
    let hosting = client(&stub.authority).recognize(&url, &login()).await.unwrap();
    (url, hosting)
}

fn json(document: &Value) -> Response {
    answer(200, &[("content-type", "application/json")], document.to_string())
}

#[tokio::test]
async fn a_host_that_nobody_named_says_what_it_is() {
    for (at, said, path, page) in kinds() {
        let stub = Stub::start(
            move |asked| {
                if asked.path == at { json(&said) } else { answer(404, &[], "{}") }
            },
        )
        .await;
        let (url, hosting) = recognized(&stub, path).await;
        let id = "a".repeat(40);
        let expected = format!("{}{page}{id}", url.origin());
        assert_eq!(commit_url(&url, hosting.as_ref(), &id), expected, "{at}");
    }
}

#[tokio::test]
async fn a_host_that_says_anything_else_stays_unknown() {
    for said in [json!({}), json!([]), json!({ "version": 1 }), json!("Bitbucket")] {
        let stub = Stub::start(move |_| json(&said)).await;
        let (_, hosting) = recognized(&stub, "scm/A/b").await;
        assert_eq!(hosting, None);
        assert!(stub.asked().len() <= 4 && stub.asked().iter().all(|one| one.body.is_empty()));
    }
    let stub = Stub::start(|_| answer(500, &[], "<html>")).await;
    assert_eq!(recognized(&stub, "a/b").await.1, None);
    // One that has no time now is not called unknown.
    let stub = Stub::start(|_| answer(429, &[], "")).await;
    let url = GitUrl::parse(&stub.url("/a/b.git")).unwrap();
    let failure = client(&stub.authority).recognize(&url, &login()).await.unwrap_err();
    assert_eq!(failure.cause, Cause::RateLimited);
}
