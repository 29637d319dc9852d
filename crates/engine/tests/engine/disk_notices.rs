//! The notice that the disk of a data folder is nearly full.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::{sync::Arc, time::Duration};

use crate::world::hook::Hook;
use crate::world::{World, on_both};
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

async fn with_clock(mut world: World) -> (World, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    world.engine = world.engine_with(shared, world.vault_config()).await;
    (world, clock)
}

async fn listed(world: &World) -> Vec<Notice> {
    Notices::list(&world.engine, &world.actor).await.unwrap()
}

async fn open(world: &World) -> u32 {
    Notices::open(&world.engine, &world.actor).await.unwrap()
}

/// Machine, percent, and whether it lasts, of each notice; the newest first.
async fn told(world: &World) -> Vec<(String, u8, bool)> {
    let told = listed(world).await.into_iter().map(|notice| {
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

async fn a_disk_that_fills_is_one_notice_until_there_is_clearly_room(world: World) {
    let (world, clock) = with_clock(world).await;
    let look = async |used| {
        world.engine.disk_is_used("hawser-0", used).await.unwrap();
        clock.advance(Duration::from_mins(1));
    };
    look(12).await;
    look(79).await;
    assert_eq!((listed(&world).await, open(&world).await), (vec![], 0));
    let began = clock.now();
    for used in [80, 91, 79, 76, 84] {
        look(used).await;
        assert_eq!(told(&world).await, [line("hawser-0", used, true)]);
    }
    assert_eq!(open(&world).await, 1);
    let News::Disk { began_at, .. } = listed(&world).await[0].news else { panic!("no disk") };
    assert_eq!(began_at, began);

    look(75).await;
    assert_eq!(told(&world).await, [line("hawser-0", 84, false)]);
    assert_eq!(open(&world).await, 0);
    look(79).await;
    assert_eq!(open(&world).await, 0);
    look(97).await;
    assert_eq!(told(&world).await, [line("hawser-0", 97, true), line("hawser-0", 84, false)]);

    let query = AuditQuery { action: Some(AuditAction::NoticeMade), ..AuditQuery::default() };
    let audited = Audit::list(&world.engine, &world.actor, query).await.unwrap().rows;
    assert_eq!((audited.len(), audited[0].target.as_str()), (2, "hawser-0"));
}

async fn each_organization_is_told_once_by_however_many_replicas(world: World) {
    let (world, clock) = with_clock(world).await;
    let outsider = World::organization(&world.db, "Two").await;
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    let other = world.engine_with(shared, world.vault_config()).await;
    for _ in 0..3 {
        let (one, two) = tokio::join!(
            world.engine.disk_is_used("hawser-0", 85),
            other.disk_is_used("hawser-1", 90)
        );
        one.unwrap();
        two.unwrap();
        clock.advance(Duration::from_mins(1));
    }
    assert_eq!(told(&world).await.len(), 1);
    assert_eq!(Notices::list(&world.engine, &outsider).await.unwrap().len(), 1);

    world.engine.disk_is_used("hawser-0", 30).await.unwrap();
    assert_eq!(told(&world).await, [line("hawser-1", 90, true)], "the other one is not better");
    other.disk_is_used("hawser-1", 20).await.unwrap();
    assert_eq!(told(&world).await, [line("hawser-1", 90, false)]);
    assert_eq!(Notices::open(&world.engine, &outsider).await.unwrap(), 0);
}

async fn a_replica_that_is_gone_takes_its_disk_along(world: World) {
    let (world, clock) = with_clock(world).await;
    world.engine.disk_is_used("hawser-0", 99).await.unwrap();
    for minutes in [4, 4, 4] {
        clock.advance(Duration::from_mins(minutes));
        world.engine.disk_is_used("hawser-1", 10).await.unwrap();
        assert_eq!(open(&world).await, 1);
    }
    clock.advance(Duration::from_mins(4));
    world.engine.disk_is_used("hawser-1", 10).await.unwrap();
    assert_eq!(told(&world).await, [line("hawser-0", 99, false)]);
}

async fn the_webhook_is_told_of_a_nearly_full_disk_once(world: World) {
    let (hook, webhook) = Hook::start(&[]).await;
    Notices::set_webhook(&world.engine, &world.actor, WebhookForm { webhook }).await.unwrap();
    for used in [81, 82, 83] {
        world.engine.disk_is_used("hawser-0", used).await.unwrap();
    }
    let workers = world.workers();
    let taken = hook.took(1).await;
    workers.stop().await;
    let News::Disk { began_at, .. } = listed(&world).await[0].news else { panic!("no disk") };
    let expected = serde_json::json!({
        "event": "disk_nearly_full",
        "organization": "One",
        "name": "hawser-0",
        "used_percent": 83,
        "since": began_at.rfc3339(),
    });
    assert_eq!(taken, [expected]);
}
