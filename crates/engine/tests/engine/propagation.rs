//! One update on its way to every linked repository, whatever happens meanwhile.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{sync::Arc, time::Duration};

use crate::env::{TestEnv, on_both, registry::Registry};
use domain::{
    Cause, RepositoryId,
    audit::{AuditAction, AuditQuery},
    propagation::{DeliveryState, DeliveryTarget},
    repositories::{
        AddRepository, EditRepository, RepositorySelection, RepositoryState, SyncTrigger,
    },
    service::{Audit, Repositories},
};
use engine::SystemClock;

on_both!(
    an_update_reaches_every_repository,
    a_broken_registry_does_not_hold_up_the_others,
    a_refused_login_needs_attention_at_once,
    i_11_every_target_ends_at_the_newest_version,
    deliveries_without_a_link_are_superseded,
    a_late_success_of_an_old_version_does_not_count,
    a_late_refusal_of_an_old_version_does_not_count,
);

async fn applied(env: &TestEnv, repository: RepositoryId) -> i64 {
    storage::propagation::applied_version(&env.db, env.scope(), repository).await.unwrap().unwrap()
}

async fn an_update_reaches_every_repository(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 10).await;
    let workers = env.workers();
    env.synced(&ids).await;

    registry.set_password("two");
    let propagation = env.update(credential, "two").await;
    let progress = env.end_of(propagation).await;
    assert_eq!(
        (progress.counts.healthy, progress.counts.total(), progress.lines.len()),
        (10, 10, 10)
    );
    for id in &ids {
        assert_eq!(applied(&env, *id).await, 2);
        assert_eq!(
            env.look(*id).await.runs[0].charts,
            None,
            "the unchanged index was not read again"
        );
    }
    let query =
        AuditQuery { action: Some(AuditAction::PropagationFinished), ..AuditQuery::default() };
    let page = Audit::list(&env.engine, &env.principal, query).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows[0].detail, "version 2: 10 healthy, 0 need attention, 0 superseded");
    let history =
        storage::propagation::history(&env.db, env.scope(), credential, 20).await.unwrap();
    assert_eq!((history.len(), history[0].counts.healthy), (1, 10));
    workers.stop().await;
}

async fn a_broken_registry_does_not_hold_up_the_others(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 5).await;
    let workers = env.workers();
    env.synced(&ids).await;

    registry.set_password("two");
    registry.break_path("r3", 503);
    let propagation = env.update(credential, "two").await;
    let mut progress = env.progress(propagation).await;
    for _ in 0..400 {
        progress = env.progress(propagation).await;
        if progress.counts.healthy == 4 && progress.lines[0].state == DeliveryState::Retrying {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((progress.counts.healthy, progress.finished_at), (4, None));
    assert_eq!(
        (progress.lines[0].place, progress.lines[0].cause),
        (DeliveryTarget::Repository(ids[3]), Some(Cause::ServerError))
    );

    registry.break_path("r3", 0);
    let progress = env.end_of(propagation).await;
    assert_eq!(progress.counts.healthy, 5);
    assert!(progress.lines.iter().any(|line| line.attempts > 1));
    workers.stop().await;
}

async fn a_refused_login_needs_attention_at_once(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 2).await;
    let workers = env.workers();
    env.synced(&ids).await;
    let propagation = env.update(credential, "wrong").await;
    let progress = env.end_of(propagation).await;
    assert_eq!(
        (progress.counts.needs_attention, progress.lines[0].cause),
        (2, Some(Cause::InvalidCredentials))
    );
    assert!(progress.lines.iter().all(|line| line.attempts == 1));
    assert_eq!(applied(&env, ids[0]).await, 1);
    workers.stop().await;
}

async fn i_11_every_target_ends_at_the_newest_version(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 8).await;
    let workers = env.workers();
    env.synced(&ids).await;

    registry.set_delay(Duration::from_millis(50));
    registry.set_password("three");
    let before = registry.requests();
    let second = env.update(credential, "two").await;
    let third = env.update(credential, "three").await;
    let progress = env.end_of(third).await;
    assert_eq!(progress.counts.healthy, 8);
    let counts = env.end_of(second).await.counts;
    assert_eq!(counts.total(), 8);
    assert_eq!(counts.healthy + counts.superseded + counts.needs_attention, 8);
    for id in &ids {
        assert_eq!(applied(&env, *id).await, 3);
        assert_eq!(env.look(*id).await.summary.cause, None);
    }
    let claims: u32 = progress.lines.iter().map(|line| line.attempts).sum::<u32>()
        + env.progress(second).await.lines.iter().map(|line| line.attempts).sum::<u32>();
    // A try that meets the new version half-way asks the registry once more.
    assert!(registry.requests() - before <= 2 * usize::try_from(claims).unwrap());
    workers.stop().await;
}

async fn deliveries_without_a_link_are_superseded(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 3).await;
    registry.set_password("two");
    let propagation = env.update(credential, "two").await;
    Repositories::delete(&env.engine, &env.principal, ids[0]).await.unwrap();
    let seen = env.look(ids[1]).await;
    let unlink = EditRepository {
        repository: ids[1].to_string(),
        row_version: seen.row_version.to_string(),
        fields: AddRepository {
            url: seen.summary.url.into(),
            name: seen.summary.name,
            ..AddRepository::default()
        },
    };
    Repositories::edit(&env.engine, &env.principal, unlink).await.unwrap();
    let workers = env.workers();
    let progress = env.end_of(propagation).await;
    assert_eq!((progress.counts.healthy, progress.counts.superseded), (1, 2));
    workers.stop().await;
}

async fn a_late_success_of_an_old_version_does_not_count(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 1).await;
    let workers = env.workers();
    env.synced(&ids).await;

    registry.hold();
    Repositories::sync(&env.engine, &env.principal, RepositorySelection::These(ids.clone()))
        .await
        .unwrap();
    // The sync is on its way with the old password, which the registry still takes.
    registry.held(1).await;
    registry.answer_others();
    let propagation = env.update(credential, "two").await;
    assert_eq!(env.end_of(propagation).await.counts.needs_attention, 1);
    registry.release();

    let by_person = async || {
        let runs = env.look(ids[0]).await.runs;
        runs.into_iter().find(|run| run.trigger == SyncTrigger::Person)
    };
    let mut run = by_person().await;
    for _ in 0..200 {
        if run.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
        run = by_person().await;
    }
    assert_eq!(run.unwrap().cause, Some(Cause::InvalidCredentials), "answered by the new version");
    let seen = env.look(ids[0]).await;
    assert_eq!(
        (seen.summary.state, seen.summary.cause),
        (RepositoryState::Failing, Some(Cause::InvalidCredentials))
    );
    assert_eq!(seen.runs.iter().filter(|run| run.cause.is_none()).count(), 1);
    workers.stop().await;
}

/// SQLite has one process for itself, so this is for PostgreSQL alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_deliver_everything_once() {
    const LINKS: usize = 50;
    let mut env = TestEnv::on_postgresql().await;
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, LINKS).await;
    let replica = async || env.engine_with(Arc::new(SystemClock), env.vault_config()).await;
    let (first, second) = (replica().await, replica().await);
    // Neither is told of new work by the engine that updates, so they find it side by side.
    let asking = std::mem::replace(&mut env.engine, first);
    let one = env.workers();
    env.engine = second;
    let two = env.workers();
    env.engine = asking;
    env.synced(&ids).await;

    let mut before = registry.requests();
    for password in ["two", "three", "four"] {
        registry.set_password(password);
        let propagation = env.update(credential, password).await;
        let progress = env.end_of(propagation).await;
        assert_eq!((progress.counts.healthy, progress.counts.total()), (50, 50));
        assert!(progress.lines.iter().all(|line| line.attempts == 1));
        assert_eq!(registry.requests() - before, LINKS, "each is delivered once");
        before = registry.requests();
    }
    for id in &ids {
        let delivered = env.look(*id).await.runs;
        let delivered = delivered.iter().filter(|run| run.trigger == SyncTrigger::Delivery);
        assert_eq!(delivered.map(|run| run.cause).collect::<Vec<_>>(), [None; 3]);
        assert_eq!(applied(&env, *id).await, 4);
    }
    one.stop().await;
    two.stop().await;
}

async fn a_late_refusal_of_an_old_version_does_not_count(env: TestEnv) {
    let registry = Registry::start(Some("other")).await;
    let credential = env.credential("robot", "one").await;
    let id = env.repository(&registry, "a", Some(credential)).await;
    // The first use of a minute is written down, and would wait.
    assert_eq!(env.sync(id).await, Some(Cause::InvalidCredentials));
    // Somebody makes the count begin anew, and a sync from before ends while that is not committed.
    let mut tx = env.db.begin().await.unwrap();
    storage::circuit_breaker::resume(&mut tx, env.scope(), credential, "").await.unwrap();
    let before = registry.logins();
    let (engine, scope) = (env.engine.clone(), env.scope());
    let sync = tokio::spawn(async move {
        engine.sync_repository(scope, id, SyncTrigger::Person).await.unwrap()
    });
    for _ in 0..400 {
        if registry.logins() > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(registry.logins() > before, "it was asked with the credential");
    // It comes to write down the refusal.
    env.somebody_waits().await;
    tx.commit().await.unwrap();
    sync.await.unwrap();
    assert_eq!(env.count("select count(*) from refusals").await, 0);
}
