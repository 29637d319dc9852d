//! The history of a secret, and the way back to an earlier one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use crate::env::{
    TestEnv,
    fault_injection::FaultInjection,
    forms::{candidate, version},
    on_both,
    registry::Registry,
};
use domain::{
    CredentialId, Field, ServiceError,
    audit::AuditAction,
    credentials::{CredentialDetail, CredentialState, Saved, VersionOrigin},
    service::{Answer, Credentials},
};
use engine::Clock;
use vault::VaultConfig;

on_both!(
    every_version_tells_who_when_and_what,
    an_earlier_version_is_brought_back_and_delivered,
    i_02_only_what_was_committed_comes_back,
    f1_a_version_on_its_way_back_is_rolled_forward,
    f4_without_vault_the_page_still_works,
);

async fn roll_back(faults: &FaultInjection, seen: &CredentialDetail, number: i64) -> Answer<Saved> {
    Credentials::roll_back(&faults.engine, &faults.env.principal, version(seen, number)).await
}

async fn with_versions(faults: &FaultInjection, id: CredentialId, passwords: &[&str]) {
    for password in passwords {
        faults.update(id, password).await.unwrap();
    }
}

async fn every_version_tells_who_when_and_what(env: TestEnv) {
    let registry = Registry::start(None).await;
    let id = env.credential("ghcr", "canary-one").await;
    let faults = FaultInjection::new(env).await;
    faults.clock.advance(std::time::Duration::from_hours(1));
    with_versions(&faults, id, &["canary-two"]).await;
    faults.env.linked(&registry, id, 2).await;
    with_versions(&faults, id, &["canary-three"]).await;
    faults.vault.destroy_version(&faults.path(id), 1).await.unwrap();
    let detail = faults.get(id).await;
    let told: Vec<_> = detail
        .versions
        .iter()
        .map(|version| {
            (
                version.vault_version,
                version.origin,
                version.changed.as_str(),
                version.is_current,
                version.is_kept,
            )
        })
        .collect();
    let updated = VersionOrigin::Updated;
    assert_eq!(
        told,
        [
            (3, updated, "new secret", true, true),
            (2, updated, "new secret", false, true),
            (1, VersionOrigin::Created, "", false, false),
        ]
    );
    assert!(detail.versions.iter().all(|version| version.by == "Ada"));
    assert_eq!(detail.versions[0].at, faults.now());
    assert!(detail.versions[2].at < faults.now());
    let (propagation, counts) = detail.versions[0].propagation.unwrap();
    assert_eq!((propagation, counts.total()), (detail.history[0].id, 2));
    assert_eq!(detail.versions[1].propagation, None);
    assert!(!format!("{detail:?}").contains("canary"));
}

async fn an_earlier_version_is_brought_back_and_delivered(env: TestEnv) {
    let registry = Registry::start(None).await;
    let id = env.credential("ghcr", "one").await;
    env.linked(&registry, id, 2).await;
    let faults = FaultInjection::new(env).await;
    with_versions(&faults, id, &["two"]).await;
    let seen = faults.get(id).await;
    let current = roll_back(&faults, &seen, 2).await.unwrap_err();
    assert!(current.problem_of(Field::Credential).is_some(), "{current:?}");

    let saved = roll_back(&faults, &seen, 1).await.unwrap();
    assert_eq!(faults.env.progress(saved.propagation.unwrap()).await.counts.total(), 2);
    let after = faults.get(id).await;
    assert_eq!((after.vault_version, faults.password(id).await.as_str()), (3, "one"));
    assert_eq!(after.versions[0].origin, VersionOrigin::RolledBack);
    assert_eq!(after.versions[0].changed, "version 1 again");
    assert_eq!(faults.logged(AuditAction::CredentialRolledBack).await, 1);
    let stale = roll_back(&faults, &seen, 1).await;
    assert_eq!(stale, Err(ServiceError::Stale { changed_by: "Ada".into() }));

    faults.vault.destroy_version(&faults.path(id), 2).await.unwrap();
    let gone = roll_back(&faults, &after, 2).await.unwrap_err();
    assert!(gone.problem_of(Field::Credential).is_some(), "{gone:?}");
    assert_eq!(faults.get(id).await.versions, {
        let mut versions = after.versions;
        versions[1].is_kept = false;
        versions
    });
}

async fn i_02_only_what_was_committed_comes_back(env: TestEnv) {
    let id = env.credential("ghcr", "one").await;
    let faults = FaultInjection::new(env).await;
    // A candidate that was discarded, and the write of an operation that was given up.
    let form = candidate(&faults.get(id).await, "never");
    Credentials::update(&faults.engine, &faults.env.principal, form).await.unwrap();
    let staged = faults.get(id).await;
    Credentials::discard(&faults.engine, &faults.env.principal, version(&staged, 2)).await.unwrap();
    let operation = faults.intend(id).await;
    assert_eq!(faults.recover().await, 1);
    faults.write(2, id, operation.id, "late").await;
    let seen = faults.get(id).await;
    for number in [2, 3, 4, 0, -1] {
        let refused = roll_back(&faults, &seen, number).await.unwrap_err();
        assert!(refused.problem_of(Field::Credential).is_some(), "{number}: {refused:?}");
    }
    assert_eq!(faults.get(id).await.versions.len(), 1);
    assert_eq!(faults.password(id).await, "one");
}

async fn f1_a_version_on_its_way_back_is_rolled_forward(env: TestEnv) {
    let id = env.credential("ghcr", "one").await;
    let faults = FaultInjection::new(env).await;
    let operation = faults.intend_a(storage::credentials::Kind::Restore, id).await;
    faults.write(1, id, operation.id, "again").await;
    assert_eq!(faults.recover().await, 1);
    let detail = faults.get(id).await;
    assert_eq!((detail.state, detail.vault_version), (CredentialState::Active, 2));
    assert_eq!(detail.versions[0].origin, VersionOrigin::RolledBack);
    assert_eq!(faults.logged(AuditAction::CredentialRolledBack).await, 1);
}

async fn f4_without_vault_the_page_still_works(env: TestEnv) {
    let id = env.credential("ghcr", "one").await;
    let mut faults = FaultInjection::new(env).await;
    with_versions(&faults, id, &["two"]).await;
    let nowhere =
        VaultConfig { address: "http://127.0.0.1:1".parse().unwrap(), ..faults.env.vault_config() };
    let clock = Arc::clone(&faults.clock) as Arc<dyn Clock>;
    faults.engine = faults.env.engine_with(clock, nowhere).await;
    let detail = faults.get(id).await;
    assert_eq!(detail.versions.len(), 2);
    assert!(detail.versions.iter().all(|version| !version.is_kept));
    let refused = roll_back(&faults, &detail, 1).await;
    assert_eq!(refused, Err(ServiceError::Unavailable { what: "Vault".into() }));
    assert_eq!(faults.get(id).await, detail);
}
