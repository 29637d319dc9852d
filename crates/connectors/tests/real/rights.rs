//! What a test tells besides its stages: rights beyond reading, expiry and limits of requests.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::connection_tests::{Quota, Stage};
use registries::Target;

use crate::{
    examine::{examine, failed, stage},
    host::{Host, answer},
    oci, registries, sync,
    token_service::TokenRegistry,
    with_login,
};

#[tokio::test]
async fn a_token_that_may_push_is_flagged_and_one_that_may_pull_is_not() {
    for (rights, excess) in [
        (&["pull"][..], &[][..]),
        (&["pull", "push"], &["push"]),
        (&["pull", "push", "*"], &["push"]),
    ] {
        let registry = TokenRegistry::start(rights).await;
        let registries = registries(&registry.authority);
        let url = format!("oci://{}/team/web", registry.authority);
        let examined = examine(&registries, &with_login(oci(&url), "canary-right")).await;
        assert_eq!(failed(&examined), None, "{examined:?}");
        assert_eq!(examined.excess, excess, "{rights:?}");
    }
}

/// A registry whose root, tags and manifests say what GHCR says, and beside it GitHub's API. Both
/// are called stubs.
async fn ghcr(scopes: &'static str, status: u16) -> (Host, Host) {
    let registry = Host::start(|own, request| {
        let realm = format!("Bearer realm=\"{}\",service=\"ghcr.io\"", own.url("/token"));
        let login = request.headers().contains_key("authorization");
        match (request.uri().path(), login) {
            ("/token", true) => answer(200, &[], "{\"token\":\"opaque\"}"),
            ("/v2/x/web/tags/list", true) => answer(200, &[], "{\"tags\":[]}"),
            _ => answer(401, &[("www-authenticate", &realm)], ""),
        }
    })
    .await;
    let api = Host::start(move |_, _| {
        let headers = [
            ("x-oauth-scopes", scopes),
            ("github-authentication-token-expiration", "2026-10-01 12:00:00 UTC"),
        ];
        answer(status, &headers, "{}")
    })
    .await;
    (registry, api)
}

#[tokio::test]
async fn github_tells_scopes_and_expiry_of_a_token_of_its_registry_alone() {
    for (scopes, status, excess) in [
        ("read:packages", 200, &[][..]),
        ("repo, write:packages, read:org", 200, &["repo", "write:packages"]),
        ("repo", 401, &[]),
    ] {
        let (registry, api) = ghcr(scopes, status).await;
        let allow = format!("{} {}", registry.authority, api.authority);
        let registries = registries(&allow);
        let target = with_login(oci(&registry.url("/x/web")), "ghp_canary");

        let other = examine(&registries, &target).await;
        assert!(other.excess.is_empty() && api.seen().is_empty());

        let registries =
            registries.with_github(registry.authority.clone(), api.url("/").parse().unwrap());
        let examined = examine(&registries, &target).await;
        assert_eq!(examined.excess, excess, "{scopes}");
        let expires = examined.expires_at.map(domain::Timestamp::rfc3339);
        assert_eq!(expires.as_deref(), (status == 200).then_some("2026-10-01T12:00:00Z"));
        assert_eq!(api.logins("/"), [Some("Bearer ghp_canary".to_owned())]);
        let anonymous =
            examine(&registries, &Target { login: None, login_key: None, ..target }).await;
        assert!(failed(&anonymous).is_some() && api.seen().len() == 1);
    }
}

#[tokio::test]
async fn a_password_that_is_a_token_tells_its_end() {
    let host = Host::start(|_, _| answer(401, &[("www-authenticate", "Basic")], "")).await;
    let password = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode("{\"exp\":1767323045}"));
    let target = with_login(oci(&host.url("/web")), &password);
    let examined = examine(&registries(&host.authority), &target).await;
    assert_eq!(examined.expires_at.unwrap().rfc3339(), "2026-01-02T03:04:05Z");
    assert_eq!(failed(&examined).unwrap().0, Stage::Token);
}

#[tokio::test]
async fn limits_of_requests_are_read_from_any_answer_and_kept_for_the_login() {
    let host = Host::start(|_, request| {
        let login = request.headers().contains_key("authorization");
        let limits: &[(&str, &str)] =
            &[("ratelimit-limit", "200;w=21600"), ("ratelimit-remaining", "3;w=21600")];
        match (request.uri().path(), login) {
            ("/v2/", false) => answer(401, &[("www-authenticate", "Basic")], ""),
            ("/v2/", true) => answer(200, &[], "{}"),
            ("/v2/web/tags/list", _) => answer(200, &[], "{\"tags\":[\"1.0.0\"]}"),
            _ => answer(429, limits, "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\"}]}"),
        }
    })
    .await;
    let registries = registries(&host.authority);
    let target = with_login(oci(&host.url("/web")), "canary-1");
    let other = with_login(oci(&host.url("/web")), "canary-1");
    assert_eq!(registries.quota(&target), None);
    let told = Some(Quota { limit: 200, remaining: 3, resets_at: None });
    assert!(sync(&registries, &target).await.is_err());
    assert_eq!(registries.quota(&target), told);
    assert_eq!(registries.quota(&other), None);
    registries.evict(target.login_key.unwrap().credential);
    assert_eq!(registries.quota(&target), None);

    let unsaved = Target { login_key: None, ..target };
    let examined = examine(&registries, &unsaved).await;
    assert_eq!((examined.quota, registries.quota(&unsaved)), (told, None));
    assert_eq!(stage(&examined, Stage::Pull).status, Some(429));
}
