//! The circuit breaker: a credential that is refused is not tried until the account is locked.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{
    sync::{Arc, atomic::AtomicU32, atomic::Ordering},
    time::Duration,
};

use crate::env::{TestEnv, on_both, registry::Registry};
use axum::{Router, extract::Request};
use domain::{
    Cause, CredentialId,
    audit::{AuditAction, AuditQuery},
    connection_tests::Quota,
    repositories::{AddRepository, SyncTrigger},
    service::{Audit, Credentials, Repositories},
};
use engine::{Clock, SystemClock};
use storage::circuit_breaker::{CredentialAtHost, REFUSALS};

on_both!(
    three_refusals_pause_a_credential_at_that_host,
    a_success_begins_the_count_anew,
    a_new_version_ends_the_pause,
    resuming_ends_the_pause,
    a_wrong_new_password_costs_few_requests,
    refusals_are_counted_across_replicas,
    the_limit_of_a_registry_is_respected,
    syncs_by_interval_wait_for_a_limit_that_is_used_up,
    a_password_changed_at_the_host_costs_few_requests,
);

async fn audited(env: &TestEnv, action: AuditAction) -> Vec<(String, String)> {
    let query = AuditQuery { action: Some(action), ..AuditQuery::default() };
    let page = Audit::list(&env.engine, &env.principal, query).await.unwrap();
    page.rows.into_iter().map(|event| (event.target, event.detail)).collect()
}

async fn paused(env: &TestEnv, credential: CredentialId) -> Vec<String> {
    let paused = storage::circuit_breaker::paused(&env.db, env.scope(), credential).await.unwrap();
    paused.into_iter().map(|host| host.origin).collect()
}

fn origin(registry: &Registry) -> String {
    format!("http://127.0.0.1:{}", registry.port())
}

async fn three_refusals_pause_a_credential_at_that_host(env: TestEnv) {
    let (registry, other) =
        (Registry::start(Some("other")).await, Registry::start(Some("one")).await);
    let credential = env.credential("robot", "one").await;
    let (a, b) = (
        env.repository(&registry, "a", Some(credential)).await,
        env.repository(&registry, "b", Some(credential)).await,
    );
    let elsewhere = env.repository(&other, "c", Some(credential)).await;
    for id in [a, b, a] {
        assert_eq!(paused(&env, credential).await, [] as [String; 0]);
        assert_eq!(env.sync(id).await, Some(Cause::InvalidCredentials));
    }
    assert_eq!(paused(&env, credential).await, [origin(&registry)]);
    let asked = registry.requests();
    for id in [a, b] {
        assert_eq!(env.sync(id).await, Some(Cause::CredentialPaused));
        assert_eq!(env.look(id).await.summary.cause, Some(Cause::CredentialPaused));
    }
    assert_eq!(registry.requests(), asked, "the registry is not asked");
    assert_eq!(env.sync(elsewhere).await, None, "another host is");
    let told = audited(&env, AuditAction::CredentialPaused).await;
    assert_eq!(told, [("robot".to_owned(), format!("at {}", origin(&registry)))]);
}

async fn a_success_begins_the_count_anew(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let id = env.repository(&registry, "a", Some(credential)).await;
    for _ in 0..2 {
        registry.set_password("other");
        for _ in 0..2 {
            assert_eq!(env.sync(id).await, Some(Cause::InvalidCredentials));
        }
        registry.set_password("one");
        assert_eq!(env.sync(id).await, None);
    }
    assert_eq!(paused(&env, credential).await, [] as [String; 0]);
}

async fn pause(env: &TestEnv, registry: &Registry) -> (CredentialId, domain::RepositoryId) {
    registry.set_password("other");
    let credential = env.credential("robot", "one").await;
    let id = env.repository(registry, "a", Some(credential)).await;
    for _ in 0..REFUSALS {
        assert_eq!(env.sync(id).await, Some(Cause::InvalidCredentials));
    }
    assert_eq!(env.sync(id).await, Some(Cause::CredentialPaused));
    (credential, id)
}

async fn a_new_version_ends_the_pause(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let (credential, id) = pause(&env, &registry).await;
    registry.set_password("two");
    let propagation = env.update(credential, "two").await;
    assert_eq!(paused(&env, credential).await, [] as [String; 0]);
    let workers = env.workers();
    assert_eq!(env.end_of(propagation).await.counts.healthy, 1);
    workers.stop().await;
    assert_eq!(env.look(id).await.summary.cause, None);
}

async fn resuming_ends_the_pause(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let (credential, id) = pause(&env, &registry).await;
    registry.set_password("one");
    Credentials::resume(&env.engine, &env.principal, credential, "https://elsewhere:443")
        .await
        .unwrap();
    assert_eq!(env.sync(id).await, Some(Cause::CredentialPaused), "that was another host");
    Credentials::resume(&env.engine, &env.principal, credential, &origin(&registry)).await.unwrap();
    assert_eq!(paused(&env, credential).await, [] as [String; 0]);
    assert_eq!(env.sync(id).await, None);
    let told = audited(&env, AuditAction::CredentialResumed).await;
    assert_eq!(told[0].0, "robot");
}

async fn a_wrong_new_password_costs_few_requests(env: TestEnv) {
    const LINKS: usize = 200;
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, LINKS).await;
    let workers = env.workers();
    env.synced(&ids).await;
    let before = registry.logins();
    let propagation = env.update(credential, "wrong").await;
    let progress = env.end_of(propagation).await;
    assert_eq!(usize::try_from(progress.counts.needs_attention).unwrap(), LINKS);
    assert_eq!(registry.logins() - before, 3, "the account is not locked");
    let refused =
        progress.lines.iter().filter(|line| line.cause == Some(Cause::InvalidCredentials));
    assert!(refused.count() <= 3);
    assert!(
        progress.lines.iter().any(|line| line.cause == Some(Cause::CredentialPaused)),
        "the rest says why it was not tried"
    );
    // The mended one reaches all of them.
    registry.set_password("three");
    let propagation = env.update(credential, "three").await;
    let progress = env.end_of(propagation).await;
    assert_eq!(usize::try_from(progress.counts.healthy).unwrap(), LINKS);
    workers.stop().await;
}

async fn refusals_are_counted_across_replicas(env: TestEnv) {
    let credential = env.credential("robot", "one").await;
    let place = |origin: &str| CredentialAtHost {
        scope: env.scope(),
        credential,
        origin: origin.to_owned(),
    };
    let now = domain::Timestamp::from_millis(1_000);
    let record = async |refused: &[(CredentialAtHost, u32)]| {
        let mut tx = env.db.begin().await.unwrap();
        let paused = storage::circuit_breaker::record(&mut tx, refused, now).await.unwrap();
        tx.commit().await.unwrap();
        paused
    };
    let (a, b) = (place("https://a:443"), place("https://b:443"));
    assert_eq!(record(&[(a.clone(), 2), (b.clone(), 3)]).await, std::slice::from_ref(&b));
    assert_eq!(
        record(&[(a.clone(), 1), (b.clone(), 2)]).await,
        std::slice::from_ref(&a),
        "each is told once"
    );
    let mut tx = env.db.begin().await.unwrap();
    storage::circuit_breaker::accepted(&mut tx, &a).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        paused(&env, credential).await,
        [a.origin.clone(), b.origin.clone()],
        "a result that comes late does not end a pause"
    );
    let is_paused = async |origin: &str| {
        storage::circuit_breaker::is_paused(&env.db, env.scope(), credential, origin).await.unwrap()
    };
    assert!(is_paused(&a.origin).await && !is_paused("https://c:443").await);
}

/// A stub of a registry that tells how many requests are left, as Docker Hub does.
async fn limited(left: Arc<AtomicU32>, asked: Arc<AtomicU32>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("oci://{}/charts", listener.local_addr().unwrap());
    let answer = async move |request: Request| {
        asked.fetch_add(1, Ordering::SeqCst);
        let body = if request.uri().path().ends_with("/tags/list") {
            r#"{"name":"charts/nginx","tags":[]}"#
        } else {
            "{}"
        };
        let left = format!("{};w=21600", left.load(Ordering::SeqCst));
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("docker-distribution-api-version", "registry/2.0".to_owned()),
            ("ratelimit-limit", "100;w=21600".to_owned()),
            ("ratelimit-remaining", left),
        ];
        (headers, body)
    };
    let router = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

async fn the_limit_of_a_registry_is_respected(env: TestEnv) {
    let left = Arc::new(AtomicU32::new(50));
    let form = AddRepository {
        url: limited(Arc::clone(&left), Arc::default()).await.into(),
        charts: "nginx".into(),
        interval: "300".into(),
        ..AddRepository::default()
    };
    let id = Repositories::add(&env.engine, &env.principal, form).await.unwrap();
    let waits = async |remaining| {
        left.store(remaining, Ordering::SeqCst);
        env.sync(id).await;
        let found = env.look(id).await;
        assert_eq!(found.quota, Some(Quota { limit: 100, remaining, resets_at: None }));
        found.next_sync_at.unwrap().since(SystemClock.now())
    };
    let soon = Duration::from_mins(5);
    assert!(waits(2).await <= soon);
    assert!(waits(1).await > soon * 10, "the last ones are left to people");
    assert!(waits(0).await > soon * 10);
    assert!(waits(50).await <= soon);
}

async fn syncs_by_interval_wait_for_a_limit_that_is_used_up(env: TestEnv) {
    let (left, asked) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let url = limited(Arc::clone(&left), Arc::clone(&asked)).await;
    let mut ids = Vec::new();
    for path in ["a", "b"] {
        let form = AddRepository {
            url: format!("{url}/{path}").into(),
            charts: "nginx".into(),
            interval: "300".into(),
            ..AddRepository::default()
        };
        ids.push(Repositories::add(&env.engine, &env.principal, form).await.unwrap());
    }
    let sync = async |id, trigger| {
        let before = asked.load(Ordering::SeqCst);
        let ended = env.engine.sync_repository(env.scope(), id, trigger).await;
        assert_eq!(ended.unwrap(), None);
        asked.load(Ordering::SeqCst) - before
    };
    assert!(sync(ids[0], SyncTrigger::Person).await > 0);
    assert_eq!(sync(ids[1], SyncTrigger::Interval).await, 0, "another one used it up");
    let next = env.look(ids[1]).await.next_sync_at.unwrap();
    assert!(next.since(SystemClock.now()) > Duration::from_mins(50));
    for trigger in [SyncTrigger::Changed, SyncTrigger::Delivery, SyncTrigger::Person] {
        left.store(50, Ordering::SeqCst);
        assert!(sync(ids[1], trigger).await > 0);
    }
    assert!(sync(ids[1], SyncTrigger::Interval).await > 0, "there is enough again");
}

async fn a_password_changed_at_the_host_costs_few_requests(env: TestEnv) {
    const LINKS: usize = 40;
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, LINKS).await;
    assert_eq!(env.sync(ids[0]).await, None, "the host takes it");
    registry.set_password("changed");
    registry.set_delay(Duration::from_millis(200));
    let before = registry.logins();
    let causes = futures::future::join_all(ids.iter().map(|id| env.sync(*id))).await;
    let refused = registry.logins() - before;
    assert!((1..=8).contains(&refused), "{refused} logins were refused");
    assert!(causes.contains(&Some(Cause::CredentialPaused)), "{causes:?}");
    assert_eq!(paused(&env, credential).await, [origin(&registry)]);
}
