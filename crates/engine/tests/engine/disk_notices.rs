//! The notice that the disk of a data folder is nearly full.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::{sync::Arc, time::Duration};

use crate::env::hook::Hook;
use crate::env::{TestEnv, on_both};
use domain::{
    audit::{AuditAction, AuditQuery},
    notices::{News, Notice, WebhookForm},
    service::{Audit, Notices},
};
use engine::{Clock, ManualClock, SystemClock};

on_both!(
    a_disk_that_fills_is_one_notice_until_there_is_clearly_room,
    each_organization_is_told_once_by_however_many_replicas,
    a_replica_that_is_gone_takes_its_disk_along,
    the_webhook_is_told_of_a_nearly_full_disk_once,
);

async fn with_clock(mut env: TestEnv) -> (TestEnv, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    env.engine = env.engine_with(shared, env.vault_config()).await;
    (env, clock)
}

async fn listed(env: &TestEnv) -> Vec<Notice> {
    Notices::list(&env.engine, &env.principal).await.unwrap()
}

async fn open(env: &TestEnv) -> u32 {
    Notices::open(&env.engine, &env.principal).await.unwrap()
}

/// Machine, percent, and whether it lasts, of each notice; the newest first.
async fn told(env: &TestEnv) -> Vec<(String, u8, bool)> {
    let told = listed(env).await.into_iter().map(|notice| {
        let News::Disk { used, ended_at, .. } = notice.news else {
            panic!("{notice:?} is not of a disk");
        };
        (notice.name, used, ended_at.is_none())
    });
    told.collect()
}

fn line(machine: &str, used: u8, lasts: bool) -> (String, u8, bool) {
    (machine.to_owned(), used, lasts)
}

async fn a_disk_that_fills_is_one_notice_until_there_is_clearly_room(env: TestEnv) {
    let (env, clock) = with_clock(env).await;
    let look = async |used| {
        env.engine.disk_is_used("hawser-0", used).await.unwrap();
        clock.advance(Duration::from_mins(1));
    };
    look(12).await;
    look(79).await;
    assert_eq!((listed(&env).await, open(&env).await), (vec![], 0));
    let began = clock.now();
    for used in [80, 91, 79, 76, 84] {
        look(used).await;
        assert_eq!(told(&env).await, [line("hawser-0", used, true)]);
    }
    assert_eq!(open(&env).await, 1);
    let News::Disk { began_at, .. } = listed(&env).await[0].news else { panic!("no disk") };
    assert_eq!(began_at, began);

    look(75).await;
    assert_eq!(told(&env).await, [line("hawser-0", 84, false)]);
    assert_eq!(open(&env).await, 0);
    look(79).await;
    assert_eq!(open(&env).await, 0);
    look(97).await;
    assert_eq!(told(&env).await, [line("hawser-0", 97, true), line("hawser-0", 84, false)]);

    let query = AuditQuery { action: Some(AuditAction::NoticeMade), ..AuditQuery::default() };
    let audited = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert_eq!((audited.len(), audited[0].target.as_str()), (2, "hawser-0"));
}

async fn each_organization_is_told_once_by_however_many_replicas(env: TestEnv) {
    let (env, clock) = with_clock(env).await;
    let outsider = TestEnv::organization(&env.db, "Two").await;
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    let other = env.engine_with(shared, env.vault_config()).await;
    for _ in 0..3 {
        let (one, two) = tokio::join!(
            env.engine.disk_is_used("hawser-0", 85),
            other.disk_is_used("hawser-1", 90)
        );
        one.unwrap();
        two.unwrap();
        clock.advance(Duration::from_mins(1));
    }
    assert_eq!(told(&env).await.len(), 1);
    assert_eq!(Notices::list(&env.engine, &outsider).await.unwrap().len(), 1);

    env.engine.disk_is_used("hawser-0", 30).await.unwrap();
    assert_eq!(told(&env).await, [line("hawser-1", 90, true)], "the other one is not better");
    other.disk_is_used("hawser-1", 20).await.unwrap();
    assert_eq!(told(&env).await, [line("hawser-1", 90, false)]);
    assert_eq!(Notices::open(&env.engine, &outsider).await.unwrap(), 0);
}

async fn a_replica_that_is_gone_takes_its_disk_along(env: TestEnv) {
    let (env, clock) = with_clock(env).await;
    env.engine.disk_is_used("hawser-0", 99).await.unwrap();
    for minutes in [4, 4, 4] {
        clock.advance(Duration::from_mins(minutes));
        env.engine.disk_is_used("hawser-1", 10).await.unwrap();
        assert_eq!(open(&env).await, 1);
    }
    clock.advance(Duration::from_mins(4));
    env.engine.disk_is_used("hawser-1", 10).await.unwrap();
    assert_eq!(told(&env).await, [line("hawser-0", 99, false)]);
}

async fn the_webhook_is_told_of_a_nearly_full_disk_once(env: TestEnv) {
    let (hook, webhook) = Hook::start(&[]).await;
    Notices::set_webhook(&env.engine, &env.principal, WebhookForm { webhook }).await.unwrap();
    for used in [81, 82, 83] {
        env.engine.disk_is_used("hawser-0", used).await.unwrap();
    }
    let workers = env.workers();
    let taken = hook.took(1).await;
    workers.stop().await;
    let News::Disk { began_at, .. } = listed(&env).await[0].news else { panic!("no disk") };
    let expected = serde_json::json!({
        "event": "disk_nearly_full",
        "organization": "One",
        "name": "hawser-0",
        "used_percent": 83,
        "since": began_at.rfc3339(),
    });
    assert_eq!(taken, [expected]);
}
