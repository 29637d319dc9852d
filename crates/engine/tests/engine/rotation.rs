//! Staged rotation: a candidate counts only when it was tested, or when a person says so.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::time::Duration;

use crate::env::{
    TestEnv, Workers,
    fault_injection::{
        FaultInjection,
        candidates::{is_active, is_refused, lines},
    },
    forms::edited,
    on_both,
    registry::Registry,
};
use domain::{
    Cause, ServiceError,
    audit::{AuditAction, AuditQuery},
    credentials::{CandidateState, CredentialDetail, CredentialState, VersionOrigin},
    repositories::RepositoryUrl,
    service::{Audit, Credentials, Repositories},
};

on_both!(
    a_candidate_that_passes_everywhere_is_promoted,
    a_candidate_without_links_is_promoted_at_once,
    a_refused_candidate_waits_for_a_person,
    f18_a_host_that_refuses_is_not_asked_by_all,
    a_discarded_candidate_leaves_everything_as_it_was,
    what_may_pass_is_tried_again,
    a_repository_that_was_unlinked_does_not_count,
    a_repository_linked_at_the_last_moment_counts,
);

async fn a_candidate_that_passes_everywhere_is_promoted(env: TestEnv) {
    let registry = Registry::start(Some("new")).await;
    let id = env.credential("ghcr", "old").await;
    env.linked(&registry, id, 10).await;
    let faults = FaultInjection::new(env).await;
    let saved = faults.store(id, "new").await.unwrap();
    assert_eq!(saved.propagation, None);
    let waiting = faults.get(id).await;
    assert_eq!((waiting.state, waiting.vault_version), (CredentialState::Rotating, 1));
    let staged = waiting.candidate.unwrap();
    assert_eq!((staged.vault_version, staged.by.as_str()), (2, "Ada"));
    assert_eq!(staged.state, CandidateState::Testing);
    assert_eq!(lines(&staged), [(None, None); 10]);
    assert_eq!(faults.password(id).await, "old", "INV-2: not before it is promoted");
    let choices =
        Credentials::choices(&faults.engine, &faults.env.principal, "", None, "").await.unwrap();
    assert_eq!(choices[0].id, id, "it can be chosen meanwhile");

    let workers = Workers::of(&faults.engine);
    let after = faults.until(id, is_active).await;
    assert_eq!((after.vault_version, after.candidate), (2, None));
    assert_eq!(faults.password(id).await, "new");
    assert_eq!(after.versions[0].origin, VersionOrigin::Promoted);
    let (propagation, _) = after.versions[0].propagation.unwrap();
    assert_eq!(faults.env.end_of(propagation).await.counts.healthy, 10);
    workers.stop().await;
    assert_eq!(faults.logged(AuditAction::CandidateStored).await, 1);
    assert_eq!(faults.logged(AuditAction::CandidatePromoted).await, 1);
}

async fn a_candidate_without_links_is_promoted_at_once(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let workers = Workers::of(&faults.engine);
    faults.until(id, is_active).await;
    workers.stop().await;
    assert_eq!(faults.password(id).await, "new");
    let query =
        AuditQuery { action: Some(AuditAction::CandidatePromoted), ..AuditQuery::default() };
    let told = Audit::list(&faults.engine, &faults.env.principal, query).await.unwrap().rows;
    assert_eq!(told[0].detail, "version 2, 0 repositories, no repository uses it");
}

async fn a_refused_candidate_waits_for_a_person(env: TestEnv) {
    let (old, new) = (Registry::start(Some("old")).await, Registry::start(Some("new")).await);
    let id = env.credential("ghcr", "old").await;
    let kept = env.repository(&old, "a", Some(id)).await;
    env.repository(&new, "b", Some(id)).await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let workers = Workers::of(&faults.engine);
    let refused = faults.until(id, is_refused).await;
    workers.stop().await;
    let seen = refused.candidate.as_ref().unwrap();
    assert_eq!(lines(seen), [(Some(false), Some(Cause::InvalidCredentials)), (Some(true), None)]);
    assert!(seen.lines[0].passed == Some(false), "what was refused comes first");
    assert_eq!((faults.password(id).await.as_str(), refused.vault_version), ("old", 1));
    assert_eq!(faults.env.sync(kept).await, None, "the old one goes on");

    let saved = faults.promote(&refused, 2).await.unwrap();
    assert_eq!(faults.env.progress(saved.propagation.unwrap()).await.counts.total(), 2);
    let after = faults.get(id).await;
    assert_eq!((after.state, after.vault_version), (CredentialState::Active, 2));
    assert_eq!(faults.password(id).await, "new");
    let again = faults.promote(&after, 2).await;
    assert!(matches!(again, Err(ServiceError::Stale { .. })), "{again:?}");
}

async fn f18_a_host_that_refuses_is_not_asked_by_all(env: TestEnv) {
    let registry = Registry::start(Some("old")).await;
    let id = env.credential("ghcr", "old").await;
    env.linked(&registry, id, 20).await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "wrong").await.unwrap();
    // Only the test asks.
    let (scope, kind) = (faults.env.scope(), storage::jobs::Kind::Sync);
    let (now, due) = (faults.now(), faults.now().plus(Duration::from_hours(1)));
    let db = &faults.env.db;
    let syncs = storage::jobs::claim(db, kind, "nobody", now, due, 100, 100).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    for work in syncs {
        storage::jobs::finish(&mut tx, kind, &work).await.unwrap();
    }
    tx.commit().await.unwrap();
    let before = registry.logins();
    let workers = Workers::of(&faults.engine);
    let refused = faults.until(id, is_refused).await;
    workers.stop().await;
    let refused = lines(refused.candidate.as_ref().unwrap());
    assert_eq!(refused, [(Some(false), Some(Cause::InvalidCredentials)); 20]);
    assert_eq!(registry.logins() - before, 3);
    assert!(storage::circuit_breaker::paused(&faults.env.db, scope, id).await.unwrap().is_empty());
}

async fn a_discarded_candidate_leaves_everything_as_it_was(env: TestEnv) {
    let id = env.credential("ghcr", "old").await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let waiting = faults.get(id).await;
    for (seen, number) in
        [(&waiting, 1), (&CredentialDetail { row_version: 1, ..waiting.clone() }, 2)]
    {
        let stale = faults.discard(seen, number).await;
        assert!(matches!(stale, Err(ServiceError::Stale { .. })), "{stale:?}");
    }
    faults.discard(&waiting, 2).await.unwrap();
    let after = faults.get(id).await;
    assert_eq!((after.state, after.vault_version), (CredentialState::Active, 1));
    assert_eq!((after.candidate, after.versions.len()), (None, 1));
    assert_eq!(faults.password(id).await, "old");
    assert!(faults.vault.read(&faults.path(id), 2).await.is_err(), "it is destroyed in Vault");
    assert_eq!(faults.logged(AuditAction::CandidateDiscarded).await, 1);
    // The job finds nothing to test, and the next update goes its way.
    let workers = Workers::of(&faults.engine);
    faults.update(id, "newer").await.unwrap();
    workers.stop().await;
    assert_eq!(
        (faults.password(id).await.as_str(), faults.get(id).await.vault_version),
        ("newer", 3)
    );
}

async fn what_may_pass_is_tried_again(env: TestEnv) {
    let registry = Registry::start(Some("new")).await;
    let id = env.credential("ghcr", "old").await;
    env.linked(&registry, id, 2).await;
    registry.break_path("r1", 503);
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let workers = Workers::of(&faults.engine);
    let tested = |detail: &CredentialDetail| {
        detail
            .candidate
            .as_ref()
            .is_some_and(|candidate| candidate.lines.iter().all(|line| line.passed.is_some()))
    };
    let waiting = faults.until(id, tested).await;
    assert_eq!(lines(waiting.candidate.as_ref().unwrap())[0], (Some(true), None));
    registry.break_path("r1", 0);
    faults.until(id, is_active).await;
    workers.stop().await;
    assert_eq!(faults.password(id).await, "new");
}

async fn a_repository_that_was_unlinked_does_not_count(env: TestEnv) {
    let registry = Registry::start(Some("new")).await;
    let id = env.credential("ghcr", "old").await;
    let repositories = env.linked(&registry, id, 2).await;
    registry.break_path("r1", 503);
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let workers = Workers::of(&faults.engine);
    faults
        .until(id, |detail| {
            detail
                .candidate
                .as_ref()
                .is_some_and(|candidate| candidate.lines[0].passed == Some(false))
        })
        .await;
    let now = faults.env.look(repositories[1]).await;
    let unlinked = edited(&now, &now.summary.url, None);
    Repositories::edit(&faults.engine, &faults.env.principal, unlinked).await.unwrap();
    faults.until(id, is_active).await;
    workers.stop().await;
    assert_eq!(faults.password(id).await, "new");
}

async fn a_repository_linked_at_the_last_moment_counts(env: TestEnv) {
    let registry = Registry::start(Some("old")).await;
    let id = env.credential("ghcr", "old").await;
    let repository = env.repository(&registry, "charts", None).await;
    env.allow(id, &registry.url("")).await;
    let faults = FaultInjection::new(env).await;
    faults.store(id, "new").await.unwrap();
    let (db, scope) = (&faults.env.db, faults.env.scope());
    let origin = RepositoryUrl::parse(&registry.url("charts")).unwrap().origin();
    // Somebody links while the test, which saw no link, waits for the credential to promote it.
    let mut tx = db.begin().await.unwrap();
    storage::repositories::lock(&mut tx, scope, id).await.unwrap().unwrap();
    let workers = Workers::of(&faults.engine);
    // SQLite has one writer, so there the test is claimed only after the commit.
    if !faults.env.is_sqlite() {
        faults.env.somebody_waits().await;
    }
    storage::repositories::link(&mut tx, scope, repository, id, &origin, faults.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let refused = faults.until(id, is_refused).await;
    workers.stop().await;
    let refused = lines(refused.candidate.as_ref().unwrap());
    assert_eq!(refused, [(Some(false), Some(Cause::InvalidCredentials))]);
    assert_eq!(faults.password(id).await, "old");
}
