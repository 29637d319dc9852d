//! A Vault whose policy lacks a right: that is said, and nothing is called done that is not.

use std::{path::Path, sync::Arc, time::Duration};

use domain::{
    Cause, ServiceError,
    credentials::{CredentialQuery, CredentialState, Remains, Undestroyed},
    service::Credentials,
};
use engine::{Engine, SystemClock};
use vault::{Right, policy};

use testkit::own_vault::OwnVault;

use crate::env::{
    TestEnv, Workers,
    forms::{change, new, removal},
    on_both, told,
};

on_both!(
    a_secret_that_may_not_be_destroyed_waits_and_is_told_as_waiting,
    a_right_that_is_lacking_is_told_as_that_and_changes_no_state,
);

/// The policy without what is allowed on the path of one right for it.
fn without(capability: &str, right: Right) -> String {
    let line = format!("secret/{}", right.path());
    policy("secret")
        .lines()
        .map(|rule| {
            if rule.contains(&line) {
                rule.replace(&format!(", \"{capability}\""), "")
                    .replace(&format!("\"{capability}\", "), "")
            } else {
                rule.to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

async fn undestroyed(env: &TestEnv, engine: &Engine) -> Vec<Undestroyed> {
    let query = CredentialQuery::default();
    Credentials::list(engine, &env.principal, query).await.unwrap().undestroyed
}

async fn a_secret_that_may_not_be_destroyed_waits_and_is_told_as_waiting(env: TestEnv) {
    let own = OwnVault::start(Path::new(&told("HAWSER_TEST_BAO")));
    own.store("secret", 2);
    own.policy(&without("delete", Right::DestroySecrets));
    let engine = env.engine_with(Arc::new(SystemClock), own.config("secret")).await;
    let id = Credentials::create(&engine, &env.principal, new("ghcr", "one")).await.unwrap().id;
    Credentials::delete(&engine, &env.principal, removal(id, "refuse")).await.unwrap();
    assert_eq!(undestroyed(&env, &engine).await, [], "nobody tried yet");

    let workers = Workers::of(&engine);
    let mut waiting = Vec::new();
    for _ in 0..400 {
        waiting = undestroyed(&env, &engine).await;
        if !waiting.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let name = "ghcr".to_owned();
    let expected = Undestroyed { name, remains: Remains::Secret, cause: Cause::VaultRefused };
    assert_eq!(waiting, [expected]);
    let folder = format!("orgs/{}/credentials/", env.principal.organization);
    assert!(own.listed("secret", &folder).contains(&id.to_string()));

    // The operator mends it, and it goes by itself.
    own.policy(&policy("secret"));
    env.sql("update jobs set run_at = 0 where kind = 'destroy'").await;
    for _ in 0..400 {
        waiting = undestroyed(&env, &engine).await;
        if waiting.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((waiting, own.listed("secret", &folder)), (vec![], String::new()));
    workers.stop().await;
}

async fn a_right_that_is_lacking_is_told_as_that_and_changes_no_state(env: TestEnv) {
    let own = OwnVault::start(Path::new(&told("HAWSER_TEST_BAO")));
    own.store("secret", 2);
    own.policy(&policy("secret"));
    let engine = env.engine_with(Arc::new(SystemClock), own.config("secret")).await;
    let id = Credentials::create(&engine, &env.principal, new("ghcr", "one")).await.unwrap().id;
    own.policy(&without("update", Right::WriteSecrets));
    let detail = Credentials::get(&engine, &env.principal, id).await.unwrap();
    let refused = Credentials::update(&engine, &env.principal, change(&detail, "two")).await;
    let Err(ServiceError::NeedsOperator { why }) = refused else { panic!("{refused:?}") };
    assert!(why.contains("store secrets") && why.contains("data/orgs/*"), "{why}");
    let detail = Credentials::get(&engine, &env.principal, id).await.unwrap();
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 1));

    own.seal();
    let refused = Credentials::update(&engine, &env.principal, change(&detail, "two")).await;
    let Err(ServiceError::NeedsOperator { why }) = refused else { panic!("{refused:?}") };
    assert!(why.contains("sealed"), "{why}");
    let detail = Credentials::get(&engine, &env.principal, id).await.unwrap();
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 1));
}
