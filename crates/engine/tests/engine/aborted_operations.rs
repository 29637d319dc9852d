//! What was given up: candidates that are tested again or discarded, and versions that nobody uses,
//! whatever Vault says at the time.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use crate::env::{
    TestEnv, Workers,
    fault_injection::{
        FaultInjection,
        candidates::{is_active, is_refused, lines},
    },
    forms::version,
    on_both,
    registry::Registry,
};
use domain::{
    Cause, CredentialId, ServiceError, audit::AuditAction, credentials::CredentialState,
    service::Credentials,
};
use engine::Clock;
use storage::credentials::{Kind, OperationEnd, OperationStep};
use vault::VaultConfig;

on_both!(
    a_refused_candidate_is_tested_again_where_it_was_refused,
    a_candidate_that_was_promoted_meanwhile_is_not_tested_again,
    f4_a_candidate_that_is_discarded_without_vault_is_destroyed_later,
    a_version_that_arrived_too_late_is_destroyed,
);

async fn a_refused_candidate_is_tested_again_where_it_was_refused(env: TestEnv) {
    let (ready, late) = (Registry::start(Some("new")).await, Registry::start(Some("old")).await);
    let id = env.credential("ghcr", "old").await;
    env.repository(&ready, "a", Some(id)).await;
    env.repository(&late, "b", Some(id)).await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let workers = Workers::of(&faults.engine);
    let refused = faults.until(id, is_refused).await;
    let seen = lines(refused.candidate.as_ref().unwrap());
    assert_eq!(seen, [(Some(true), None), (Some(false), Some(Cause::InvalidCredentials))]);

    late.set_password("new");
    let again = async |number| {
        let form = version(&refused, number);
        Credentials::test_again(&faults.engine, &faults.env.principal, form).await
    };
    assert!(matches!(again(1).await, Err(ServiceError::Stale { .. })));
    again(2).await.unwrap();
    let promoted = faults.until(id, is_active).await;
    workers.stop().await;
    assert_eq!((promoted.vault_version, faults.password(id).await.as_str()), (2, "new"));
    assert_eq!(faults.logged(AuditAction::CandidatePromoted).await, 1);
    assert!(again(2).await.is_err(), "there is no candidate any more");
}

async fn a_candidate_that_was_promoted_meanwhile_is_not_tested_again(env: TestEnv) {
    let registry = Registry::start(Some("old")).await;
    let id = env.credential("ghcr", "old").await;
    env.repository(&registry, "a", Some(id)).await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let (scope, now, db) = (faults.env.scope(), faults.now(), &faults.env.db);
    let form = version(&faults.get(id).await, 2);
    let staged = storage::credentials::candidate(db, scope, id).await.unwrap().unwrap();
    let operation = &staged.operation;
    // Somebody promotes it between the look of the one who tests and what they write.
    let mut tx = db.begin().await.unwrap();
    let (step, ended) = (OperationStep::Staged, OperationEnd::Applied(2));
    storage::credentials::settle(&mut tx, scope, operation.id, step, ended, now).await.unwrap();
    storage::credentials::commit(&mut tx, scope, operation, 2, now).await.unwrap();
    let ends = async {
        faults.env.somebody_waits().await;
        tx.commit().await.unwrap();
    };
    let test = Credentials::test_again(&faults.engine, &faults.env.principal, form);
    let (tested, ()) = tokio::join!(test, ends);
    assert!(matches!(tested, Err(ServiceError::Stale { .. })), "{tested:?}");
    assert_eq!(faults.logged(AuditAction::ConnectionTested).await, 0);
    assert!(is_active(&faults.get(id).await));
}

/// Waits until Vault holds these versions of a secret; moves the clock on, so that jobs are due.
async fn holds(faults: &FaultInjection, id: CredentialId, versions: &[u64]) {
    for _ in 0..1_200 {
        if faults.vault.versions(&faults.path(id)).await.unwrap() == versions {
            return;
        }
        faults.clock.advance(Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(faults.vault.versions(&faults.path(id)).await.unwrap(), versions, "not in time");
}

async fn f4_a_candidate_that_is_discarded_without_vault_is_destroyed_later(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let seen = faults.get(id).await;
    let nowhere =
        VaultConfig { address: "http://127.0.0.1:1".parse().unwrap(), ..faults.env.vault_config() };
    let clock = Arc::clone(&faults.clock) as Arc<dyn Clock>;
    let cut_off = faults.env.engine_with(clock, nowhere).await;
    Credentials::discard(&cut_off, &faults.env.principal, version(&seen, 2)).await.unwrap();
    assert_eq!(faults.get(id).await.state, CredentialState::Active);
    assert_eq!(faults.vault.versions(&faults.path(id)).await.unwrap(), [1, 2]);
    // Without Vault the job is tried again; it is not lost.
    let workers = Workers::of(&cut_off);
    faults.clock.advance(Duration::from_mins(2));
    while faults.env.count("select attempts from jobs where kind = 'destroy'").await == 0 {
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    workers.stop().await;
    let workers = Workers::of(&faults.engine);
    holds(&faults, id, &[1]).await;
    workers.stop().await;
    assert_eq!(faults.password(id).await, "old");
}

async fn a_version_that_arrived_too_late_is_destroyed(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend_a(Kind::Update, id).await;
    assert_eq!(faults.recover().await, 1);
    faults.write(1, id, operation.id, "late").await;
    faults.update(id, "new").await.unwrap();
    assert_eq!(faults.vault.versions(&faults.path(id)).await.unwrap(), [1, 2, 3]);
    let workers = Workers::of(&faults.engine);
    holds(&faults, id, &[1, 3]).await;
    workers.stop().await;
    assert_eq!(faults.password(id).await, "new");
}
