//! Redirects and links: the login stays at its origin, and nobody is led inside.

use domain::Cause;
use sha2::{Digest, Sha256};

use crate::{
    helm,
    host::{Host, INDEX, answer},
    oci, registries, sync, versions, with_login,
};

#[tokio::test]
async fn r_cred_01_a_redirect_to_another_port_goes_without_the_login() {
    for status in [301, 302, 303, 307, 308] {
        let other = Host::start(|_, _| answer(200, &[], INDEX)).await;
        let to = other.url("/index.yaml");
        let first = Host::start(move |_, _| answer(status, &[("location", &to)], "")).await;
        let registries = registries(&format!("{} {}", first.authority, other.authority));
        let found =
            sync(&registries, &with_login(helm(&first.url("/charts")), "canary-1")).await.unwrap();
        assert_eq!(versions(&found), ["web 1.0.0"]);
        assert!(first.logins("/charts/index.yaml")[0].as_deref().unwrap().starts_with("Basic "));
        assert_eq!(other.logins("/"), [None], "{status}");
    }
}

#[tokio::test]
async fn r_cred_01_back_at_the_origin_the_login_stays_out() {
    let second = Host::start(|_, request| {
        let back = request.uri().query().unwrap().to_owned();
        answer(302, &[("location", &back)], "")
    })
    .await;
    let to = second.url("/?");
    let first = Host::start(move |own, request| match request.uri().path() {
        "/index.yaml" => answer(302, &[("location", &format!("{to}{}", own.url("/back")))], ""),
        _ => answer(200, &[], INDEX),
    })
    .await;
    let registries = registries(&format!("{} {}", first.authority, second.authority));
    sync(&registries, &with_login(helm(&first.url("")), "canary-1")).await.unwrap();
    assert_eq!(first.logins("/back"), [None]);
}

#[tokio::test]
async fn a_redirect_at_the_same_origin_keeps_the_login() {
    let host = Host::start(|_, request| match request.uri().path() {
        "/index.yaml" => answer(302, &[("location", "/real/index.yaml")], ""),
        _ => answer(200, &[], INDEX),
    })
    .await;
    sync(&registries(&host.authority), &with_login(helm(&host.url("")), "x")).await.unwrap();
    assert!(host.logins("/real/index.yaml")[0].is_some());
}

#[tokio::test]
async fn a_login_page_behind_a_redirect_is_told_as_a_redirect() {
    let other = Host::start(|_, _| answer(401, &[], "")).await;
    let to = other.url("/");
    let first = Host::start(move |_, _| answer(302, &[("location", &to)], "")).await;
    let registries = registries(&format!("{} {}", first.authority, other.authority));
    let failure = sync(&registries, &with_login(helm(&first.url("")), "x")).await.unwrap_err();
    assert_eq!(failure.cause, Cause::RedirectRefused);
}

#[tokio::test]
async fn r_ssrf_04_a_redirect_inside_is_refused_before_a_connection() {
    let inner = Host::start(|_, _| answer(200, &[], INDEX)).await;
    for to in [
        inner.url("/index.yaml"),
        "http://169.254.169.254/latest/meta-data".into(),
        "file:///etc/passwd".into(),
        "http://u:p@127.0.0.1/".into(),
    ] {
        let first = Host::start(move |_, _| answer(302, &[("location", &to)], "")).await;
        let failure = sync(&registries(&first.authority), &helm(&first.url(""))).await.unwrap_err();
        assert_eq!(failure.cause, Cause::RedirectRefused);
    }
    assert!(inner.seen().is_empty());
}

#[tokio::test]
async fn r_ssrf_04_six_hops_and_loops_end() {
    let host = Host::start(|_, request| match request.uri().path() {
        "/index.yaml" => answer(302, &[("location", "/1")], ""),
        path => {
            let next = path.trim_start_matches('/').parse::<u32>().unwrap() + 1;
            answer(302, &[("location", &format!("/{next}"))], "")
        }
    })
    .await;
    let failure = sync(&registries(&host.authority), &helm(&host.url(""))).await.unwrap_err();
    assert_eq!((failure.cause, host.seen().len()), (Cause::RedirectRefused, 6));
    let host = Host::start(|_, _| answer(302, &[("location", "/index.yaml")], "")).await;
    let failure = sync(&registries(&host.authority), &helm(&host.url(""))).await.unwrap_err();
    assert_eq!((failure.cause, host.seen().len()), (Cause::RedirectRefused, 6));
}

#[tokio::test]
async fn r_cred_01_the_next_page_at_another_host_is_not_asked_for() {
    let other = Host::start(|_, _| answer(200, &[], "{\"tags\":[\"2.0.0\"]}")).await;
    let next = format!("<{}>; rel=\"next\"", other.url("/v2/web/tags/list"));
    let first = Host::start(move |_, request| match request.uri().path() {
        "/v2/" => answer(401, &[("www-authenticate", "Basic realm=\"x\"")], ""),
        _ => answer(200, &[("link", &next)], "{\"tags\":[\"1.0.0\"]}"),
    })
    .await;
    let registries = registries(&format!("{} {}", first.authority, other.authority));
    let failure =
        sync(&registries, &with_login(oci(&first.url("/web")), "canary-1")).await.unwrap_err();
    assert_eq!(failure.cause, Cause::RedirectRefused);
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn r_bomb_07_pages_that_repeat_end() {
    let host = Host::start(|_, request| match request.uri().path() {
        "/v2/" => answer(200, &[], "{}"),
        _ => answer(
            200,
            &[("link", "</v2/web/tags/list?last=a>; rel=next")],
            "{\"tags\":[\"1.0.0\"]}",
        ),
    })
    .await;
    let failure = sync(&registries(&host.authority), &oci(&host.url("/web"))).await.unwrap_err();
    assert_eq!((failure.cause, host.seen().len()), (Cause::IndexInvalid, 4));
}

#[tokio::test]
async fn r_cred_01_a_challenge_behind_a_redirect_gets_no_login() {
    let other = Host::start(|own, _| {
        answer(401, &[("www-authenticate", &format!("Bearer realm=\"{}\"", own.url("/token")))], "")
    })
    .await;
    let to = other.url("/v2/web/tags/list");
    let first = Host::start(move |_, request| match request.uri().path() {
        "/v2/" => answer(401, &[("www-authenticate", "Basic realm=\"x\"")], ""),
        _ => answer(307, &[("location", &to)], ""),
    })
    .await;
    let registries = registries(&format!("{} {}", first.authority, other.authority));
    let failure =
        sync(&registries, &with_login(oci(&first.url("/web")), "canary-1")).await.unwrap_err();
    assert_eq!(failure.cause, Cause::RedirectRefused);
    assert_eq!(other.seen().len(), 1);
    assert_eq!(other.logins("/"), [None]);
}

#[tokio::test]
async fn r_cred_01_a_blob_at_a_store_is_read_without_the_login_and_checked() {
    let config = "{\"name\":\"web\",\"description\":\"From the store\"}";
    let digest = format!("sha256:{}", hex::encode(Sha256::digest(config)));
    for (content, cause) in [
        (config, None),
        ("{\"name\":\"web\",\"description\":\"Swapped\"}", Some(Cause::IndexInvalid)),
    ] {
        let store = Host::start(move |_, _| answer(200, &[], content)).await;
        let (to, digest) = (store.url("/blob"), digest.clone());
        let first = Host::start(move |_, request| {
            let path = request.uri().path();
            let manifest = format!("{{\"config\":{{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\",\"digest\":\"{digest}\"}}}}");
            match path {
                "/v2/" => answer(401, &[("www-authenticate", "Basic realm=\"x\"")], ""),
                _ if path.contains("/blobs/") => answer(307, &[("location", &to)], ""),
                _ if path.contains("/manifests/") => answer(200, &[], manifest),
                _ => answer(200, &[], "{\"tags\":[\"1.0.0\"]}"),
            }
        })
        .await;
        let registries = registries(&format!("{} {}", first.authority, store.authority));
        let found = sync(&registries, &with_login(oci(&first.url("/web")), "canary-1")).await;
        assert_eq!(found.as_ref().err().map(|failure| failure.cause), cause);
        assert_eq!(found.map_or(vec![], |found| versions(&found)).is_empty(), cause.is_some());
        assert_eq!(store.logins("/"), [None]);
    }
}
