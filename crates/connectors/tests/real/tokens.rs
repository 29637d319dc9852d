//! The token dance, and the realms that never get a password.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use axum::{http::header::AUTHORIZATION, response::Response};
use domain::Cause;

use crate::{
    host::{Host, answer},
    oci, registries, sync, with_login,
};

/// A registry without charts whose tokens come from `realm`; it takes the token that is newest.
async fn registry(realm: Option<String>, lifetime: u32) -> (Host, Arc<AtomicUsize>) {
    let issued = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&issued);
    let host = Host::start(move |own, request| {
        let login = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let challenge = |realm: &str| {
            answer(
                401,
                &[("www-authenticate", &format!("bearer REALM=\"{realm}\",service=\"s 1\""))],
                "",
            )
        };
        let realm = realm.clone().unwrap_or_else(|| own.url("/token"));
        let token = |number: usize| {
            answer(200, &[], format!("{{\"token\":\"t{number}\",\"expires_in\":{lifetime}}}"))
        };
        match (request.uri().path(), login) {
            // The password of ann is right: base64 of ann:right.
            ("/token", Some("Basic YW5uOnJpZ2h0")) => token(counter.fetch_add(1, SeqCst) + 1),
            ("/token", _) => answer(401, &[], ""),
            (_, Some(login)) if login == format!("Bearer t{}", counter.load(SeqCst)) => tags(),
            _ => challenge(&realm),
        }
    })
    .await;
    (host, issued)
}

fn tags() -> Response {
    answer(200, &[], "{\"name\":\"web\",\"tags\":[\"latest\"]}")
}

#[tokio::test]
async fn a_token_is_got_once_for_a_scope_and_again_when_refused_or_forgotten() {
    let (host, issued) = registry(None, 300).await;
    let registries = registries(&host.authority);
    let target = with_login(oci(&host.url("/web")), "right");
    let (a, b, c) = tokio::join!(
        sync(&registries, &target),
        sync(&registries, &target),
        registries.prove(&target)
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(issued.load(SeqCst), 1);
    let asked = host.seen().into_iter().find(|seen| seen.path.starts_with("/token")).unwrap();
    assert_eq!(asked.path, "/token?service=s+1&scope=repository%3Aweb%3Apull&client_id=hawser");
    // The registry forgets the token: it is dropped and got anew, once.
    issued.store(5, SeqCst);
    assert!(sync(&registries, &target).await.is_ok());
    assert_eq!(issued.load(SeqCst), 6);
    registries.evict(target.login_key.unwrap().credential);
    assert!(sync(&registries, &target).await.is_ok());
    assert_eq!(issued.load(SeqCst), 7);
}

#[tokio::test]
async fn a_short_token_is_not_kept_and_a_wrong_password_is_told() {
    let (host, issued) = registry(None, 1).await;
    let registries = registries(&host.authority);
    let failure =
        sync(&registries, &with_login(oci(&host.url("/web")), "wrong")).await.unwrap_err();
    assert_eq!((failure.cause, failure.status), (Cause::InvalidCredentials, Some(401)));
    assert_eq!(host.seen().iter().filter(|seen| seen.path.starts_with("/token")).count(), 1);
    assert_eq!(
        sync(&registries, &oci(&host.url("/web"))).await.unwrap_err().cause,
        Cause::NoCredential
    );
    let unsaved = domain_target(&host);
    assert!(sync(&registries, &unsaved).await.is_ok() && sync(&registries, &unsaved).await.is_ok());
    assert_eq!(issued.load(SeqCst), 2, "a login that is not stored shares no token");
}

fn domain_target(host: &Host) -> registries::Target {
    registries::Target { login_key: None, ..with_login(oci(&host.url("/web")), "right") }
}

#[tokio::test]
async fn r_cred_02_a_foreign_realm_gets_nothing() {
    let thief = Host::start(|_, _| answer(200, &[], "{\"token\":\"t0\"}")).await;
    for realm in [
        thief.url("/token"),
        format!("https://{}/token", thief.authority),
        "https://auth.docker.io/token".into(),
        "http://169.254.169.254/".into(),
    ] {
        let (host, _) = registry(Some(realm), 300).await;
        let registries = registries(&format!("{} {}", host.authority, thief.authority));
        let failure =
            sync(&registries, &with_login(oci(&host.url("/web")), "canary-1")).await.unwrap_err();
        assert_eq!(failure.cause, Cause::ForeignRealm);
        assert!(host.seen().iter().all(|seen| seen.login.is_none()));
    }
    assert!(thief.seen().is_empty());
}

#[tokio::test]
async fn r_cred_01_the_token_service_may_not_redirect() {
    let thief = Host::start(|_, _| answer(200, &[], "{\"token\":\"x\"}")).await;
    let to = thief.url("/token");
    let host = Host::start(move |own, request| match request.uri().path() {
        "/token" => answer(307, &[("location", &to)], ""),
        _ => answer(
            401,
            &[("www-authenticate", &format!("Bearer realm=\"{}\"", own.url("/token")))],
            "",
        ),
    })
    .await;
    let registries = registries(&format!("{} {}", host.authority, thief.authority));
    let failure =
        sync(&registries, &with_login(oci(&host.url("/web")), "canary-1")).await.unwrap_err();
    assert_eq!(failure.cause, Cause::RedirectRefused);
    assert!(thief.seen().is_empty());
}

#[tokio::test]
async fn a_token_that_opens_nothing_is_a_matter_of_rights() {
    let host = Host::start(|own, request| match request.uri().path() {
        "/token" => answer(200, &[], "{\"access_token\":\"t\"}"),
        _ => answer(
            401,
            &[("www-authenticate", &format!("Bearer realm=\"{}\"", own.url("/token")))],
            "",
        ),
    })
    .await;
    let registries = registries(&host.authority);
    let target = registries::Target {
        chart_names: vec!["web".into()],
        ..with_login(oci(&host.url("/team")), "x")
    };
    assert_eq!(sync(&registries, &target).await.unwrap_err().cause, Cause::InsufficientScope);
    assert_eq!(registries.prove(&target).await.unwrap_err().cause, Cause::InsufficientScope);
}
