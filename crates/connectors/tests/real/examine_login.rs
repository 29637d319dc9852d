//! Logins that are refused, and the stage that tells it.

use domain::{
    Cause,
    connection_tests::{Stage, StageState},
};

use crate::{
    examine::{examine, failed, stage},
    helm,
    host::{Host, answer},
    oci, registries,
    registry::Registry,
    sync,
    token_service::TokenRegistry,
    with_login,
};

#[tokio::test]
async fn a_wrong_password_fails_at_the_login_with_basic() {
    let registry = Registry::start().await;
    registry.push_chart("team/web", "1.0.0", "A chart").await;
    let registries = registries(&registry.authority);
    for path in ["", "/team", "/team/web"] {
        let url = format!("oci://{}{path}", registry.authority);
        let wrong = examine(&registries, &with_login(oci(&url), "canary-wrong")).await;
        assert_eq!(failed(&wrong), Some((Stage::Token, Cause::InvalidCredentials)), "{path}");
        assert_eq!(stage(&wrong, Stage::Token).status, Some(401));
        let without = examine(&registries, &oci(&url)).await;
        assert_eq!(failed(&without), Some((Stage::Token, Cause::NoCredential)), "{path}");
    }
}

#[tokio::test]
async fn tokens_of_a_real_registry_are_got_and_their_limits_are_told() {
    let registry = TokenRegistry::start(&["pull"]).await;
    let registries = registries(&registry.authority);
    let target = |path: &str| oci(&format!("oci://{}{path}", registry.authority));
    let right = with_login(target("/team/web"), "canary-right");
    let examined = examine(&registries, &right).await;
    assert_eq!(failed(&examined), None, "{examined:?}");
    assert_eq!(
        stage(&examined, Stage::Challenge).detail,
        "The registry answers 401 and asks for a token from 127.0.0.1."
    );
    assert_eq!(stage(&examined, Stage::Token).detail, "A token was granted for the login.");
    let wrong = examine(&registries, &with_login(target("/team/web"), "canary-wrong")).await;
    assert_eq!(failed(&wrong), Some((Stage::Token, Cause::InvalidCredentials)));
    // The token is granted, and opens nothing.
    let none = TokenRegistry::start(&[]).await;
    let registries = crate::registries(&none.authority);
    let url = format!("oci://{}/team/web", none.authority);
    let target = with_login(oci(&url), "canary-right");
    let examined = examine(&registries, &target).await;
    assert_eq!(stage(&examined, Stage::Token).state, StageState::Passed);
    assert_eq!(failed(&examined), sync_failure(&registries, &target).await);
    assert_eq!(failed(&examined).unwrap().0, Stage::List);
}

/// The cause of a sync, at the stage where a test finds it too.
async fn sync_failure(
    registries: &registries::Registries,
    target: &registries::Target,
) -> Option<(Stage, Cause)> {
    sync(registries, target).await.err().map(|failure| (Stage::List, failure.cause))
}

#[tokio::test]
async fn a_foreign_realm_fails_at_the_login_and_gets_nothing() {
    let host = Host::start(|_, _| {
        answer(401, &[("www-authenticate", "Bearer realm=\"https://evil.example/token\"")], "")
    })
    .await;
    let target = with_login(oci(&host.url("/web")), "canary-1");
    let examined = examine(&registries(&host.authority), &target).await;
    assert_eq!(failed(&examined), Some((Stage::Token, Cause::ForeignRealm)));
    assert!(stage(&examined, Stage::Challenge).detail.ends_with("a token from evil.example."));
    assert!(host.seen().iter().all(|seen| seen.login.is_none()));
}

#[tokio::test]
async fn refusals_of_github_and_of_nginx_have_causes_of_their_own() {
    let host = Host::start(|_, request| {
        let sso = [("x-github-sso", "required; url=https://github.com/orgs/x/sso?canary")];
        let restricted = "Although you appear to have the correct authorization credentials, the \
            `x` organization has enabled OAuth App access restrictions";
        match request.uri().path() {
            "/sso/index.yaml" => answer(403, &sso, ""),
            "/restricted/index.yaml" => answer(403, &[], restricted),
            _ => answer(400, &[], "<center>No required SSL certificate was sent</center>"),
        }
    })
    .await;
    let registries = registries(&host.authority);
    for (path, cause) in [
        ("/sso", Cause::SsoRequired),
        ("/restricted", Cause::OrganizationRestricted),
        ("/certificate", Cause::ClientCertificate),
    ] {
        let target = with_login(helm(&host.url(path)), "canary-1");
        assert_eq!(sync(&registries, &target).await.unwrap_err().cause, cause, "{path}");
        let examined = examine(&registries, &target).await;
        assert_eq!(failed(&examined), Some((Stage::Token, cause)), "{path}");
        assert!(!format!("{examined:?}").contains("canary"));
    }
}
