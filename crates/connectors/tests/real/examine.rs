//! What every connection test has to keep, and the stages of one that goes well.

use domain::{
    Cause, Timestamp,
    connection_tests::{Stage, StageResult, StageState},
};
use registries::{Examined, Registries, Target};

use crate::{
    helm,
    host::{Host, INDEX, answer},
    oci, registries,
    registry::Registry,
    with_login,
};

/// The moment of all tests.
pub fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-01-02T03:04:05Z").unwrap()
}

/// Tests a target and checks what holds for every test: all stages in order, none after a failure,
/// a cause for the failure alone, and no secret anywhere.
pub async fn examine(registries: &Registries, target: &Target) -> Examined {
    let examined = registries.examine(target, now()).await;
    let stages = &examined.stages;
    assert_eq!(stages.iter().map(|result| result.stage).collect::<Vec<_>>(), Stage::ALL);
    let mut failed = false;
    for result in stages {
        assert!(!failed || result.state == StageState::Skipped, "{result:?}");
        assert_eq!(result.cause.is_some(), result.state == StageState::Failed, "{result:?}");
        assert_eq!(result.millis.is_some(), result.state != StageState::Skipped, "{result:?}");
        assert!(result.detail.ends_with('.') && result.detail.len() < 300, "{result:?}");
        failed |= result.state == StageState::Failed;
    }
    let told = format!("{examined:?}");
    if let Some(login) = &target.login {
        let secret = login.password.expose();
        assert!(secret.len() < 5 || !told.contains(secret), "{told}");
        let key = login.certificate.as_ref().map_or("", |shown| shown.key.expose());
        assert!(!told.contains("PRIVATE KEY") && (key.is_empty() || !told.contains(key)), "{told}");
    }
    assert!(!told.contains("Basic ") && !told.contains("Bearer "), "{told}");
    examined
}

pub fn stage(examined: &Examined, stage: Stage) -> &StageResult {
    examined.stages.iter().find(|result| result.stage == stage).unwrap()
}

/// Where a test failed, and why.
pub fn failed(examined: &Examined) -> Option<(Stage, Cause)> {
    examined.stages.iter().find_map(|result| result.cause.map(|cause| (result.stage, cause)))
}

pub fn states(examined: &Examined) -> Vec<StageState> {
    examined.stages.iter().map(|result| result.state).collect()
}

use StageState::{Failed, Passed, Skipped};

#[tokio::test]
async fn a_real_registry_passes_every_stage_by_the_code_of_the_sync() {
    let registry = Registry::start().await;
    registry.push_chart("team/web", "1.0.0", "A chart").await;
    let registries = registries(&registry.authority);
    for path in ["/team/web", "/team"] {
        let examined = examine(&registries, &registry.target(path)).await;
        // The address is written out, and the registry speaks no TLS.
        let expected = [Passed, Skipped, Passed, Skipped, Passed, Passed, Passed, Passed];
        assert_eq!(states(&examined), expected, "{examined:?}");
        let challenge = stage(&examined, Stage::Challenge);
        assert_eq!(challenge.status, Some(401));
        assert_eq!(
            challenge.detail,
            "The registry answers 401 and asks for a user name and password."
        );
        assert_eq!(stage(&examined, Stage::Pull).detail, "One chart version was read.");
        assert_eq!((examined.certificate, examined.quota, examined.expires_at), (None, None, None));
    }
    let empty = examine(&registries, &registry.target("/nobody")).await;
    assert_eq!(failed(&empty), Some((Stage::List, Cause::NotFound)));
    let typed = Target { chart_names: vec!["web".into()], ..registry.target("/team") };
    assert_eq!(failed(&examine(&registries, &typed).await), None);
    let mistyped = Target { chart_names: vec!["web".into(), "wbe".into()], ..typed };
    let examined = examine(&registries, &mistyped).await;
    assert_eq!(failed(&examined), Some((Stage::List, Cause::NotFound)));
}

#[tokio::test]
async fn a_helm_repository_passes_with_and_without_a_login() {
    let host = Host::start(|_, request| {
        let login = request.headers().get("authorization").is_some();
        match (request.uri().path(), login) {
            ("/open/index.yaml", _) | ("/locked/index.yaml" | "/hidden/index.yaml", true) => {
                answer(200, &[], INDEX)
            }
            ("/locked/index.yaml", false) => answer(401, &[], "canary"),
            _ => answer(404, &[], "canary"),
        }
    })
    .await;
    let registries = registries(&host.authority);
    let open = examine(&registries, &helm(&host.url("/open"))).await;
    assert_eq!(states(&open), [Passed, Skipped, Passed, Skipped, Passed, Skipped, Passed, Passed]);
    for path in ["/open", "/locked", "/hidden"] {
        let examined = examine(&registries, &with_login(helm(&host.url(path)), "canary-1")).await;
        assert_eq!(
            states(&examined),
            [Passed, Skipped, Passed, Skipped, Passed, Passed, Passed, Passed],
            "{path}"
        );
        assert!(!format!("{examined:?}").contains("canary"));
    }
    let locked = examine(&registries, &helm(&host.url("/locked"))).await;
    assert_eq!(failed(&locked), Some((Stage::Token, Cause::NoCredential)));
    assert_eq!(
        states(&locked),
        [Passed, Skipped, Passed, Skipped, Passed, Failed, Skipped, Skipped]
    );
}

#[tokio::test]
async fn the_other_kind_is_told_as_in_a_sync() {
    let host = Host::start(|_, request| match request.uri().path() {
        "/charts/index.yaml" => answer(200, &[], INDEX),
        _ => answer(404, &[], ""),
    })
    .await;
    let registry = Registry::start().await;
    let registries = registries(&format!("{} {}", host.authority, registry.authority));
    let examined = examine(&registries, &oci(&host.url("/charts"))).await;
    assert_eq!(failed(&examined), Some((Stage::Challenge, Cause::WrongKind)));
    let examined = examine(&registries, &helm(&registry.url("/team"))).await;
    assert_eq!(failed(&examined), Some((Stage::Challenge, Cause::WrongKind)));
}
