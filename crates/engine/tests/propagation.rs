//! One update on its way to every linked repository, whatever happens meanwhile.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod world;

use std::time::Duration;

use connectors::{http::Login, repository::Target};
use domain::{
    Cause, CredentialId, PropagationId, RepositoryId, Secret, Timestamp,
    audit::{AuditAction, AuditQuery},
    propagation::DeliveryState,
    repositories::{EditRepository, RepositoryKind, RepositoryUrl},
    service::{Audit, Repositories},
};
use engine::{Clock, SystemClock};
use futures::{StreamExt, stream};
use storage::propagation::{Claimed, Settlement};
use world::{World, on_both, registry::Registry};

on_both!(
    an_update_reaches_every_repository,
    a_broken_registry_does_not_hold_up_the_others,
    a_refused_login_needs_attention_at_once,
    i_11_every_target_ends_at_the_newest_version,
    i_12_a_zombie_writes_nothing,
    i_14_organizations_take_turns,
    i_15_what_a_killed_worker_held_is_done_by_another,
    deliveries_without_a_link_are_superseded,
    ten_thousand_links_are_queued_at_once,
    a_thousand_deliveries_cost_little_more_than_their_requests,
);

async fn linked(
    world: &World,
    registry: &Registry,
    credential: CredentialId,
    count: usize,
) -> Vec<RepositoryId> {
    let mut ids = Vec::new();
    for n in 0..count {
        ids.push(world.repository(registry, &format!("r{n}"), Some(credential)).await);
    }
    ids
}

fn now() -> Timestamp {
    SystemClock.now()
}

async fn applied(world: &World, repository: RepositoryId) -> i64 {
    storage::propagation::applied_version(&world.db, world.scope(), repository)
        .await
        .unwrap()
        .unwrap()
}

async fn an_update_reaches_every_repository(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    let ids = linked(&world, &registry, credential, 10).await;
    let workers = world.workers();
    world.synced(&ids).await;

    registry.set_password("two");
    let propagation = world.update(credential, "two").await;
    let progress = world.end_of(propagation).await;
    assert_eq!(
        (progress.counts.healthy, progress.counts.total(), progress.lines.len()),
        (10, 10, 10)
    );
    for id in &ids {
        assert_eq!(applied(&world, *id).await, 2);
        assert_eq!(
            world.look(*id).await.runs[0].charts,
            None,
            "the unchanged index was not read again"
        );
    }
    let query =
        AuditQuery { action: Some(AuditAction::PropagationFinished), ..AuditQuery::default() };
    let page = Audit::list(&world.engine, &world.actor, query).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows[0].detail, "version 2: 10 healthy, 0 need attention, 0 superseded");
    let history =
        storage::propagation::history(&world.db, world.scope(), credential, 20).await.unwrap();
    assert_eq!((history.len(), history[0].counts.healthy), (1, 10));
    workers.stop().await;
}

async fn a_broken_registry_does_not_hold_up_the_others(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    let ids = linked(&world, &registry, credential, 5).await;
    let workers = world.workers();
    world.synced(&ids).await;

    registry.set_password("two");
    registry.break_path("r3", 503);
    let propagation = world.update(credential, "two").await;
    let mut progress = world.progress(propagation).await;
    for _ in 0..400 {
        progress = world.progress(propagation).await;
        if progress.counts.healthy == 4 && progress.lines[0].state == DeliveryState::Retrying {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((progress.counts.healthy, progress.finished_at), (4, None));
    assert_eq!(
        (progress.lines[0].repository, progress.lines[0].cause),
        (ids[3], Some(Cause::ServerError))
    );

    registry.break_path("r3", 0);
    let progress = world.end_of(propagation).await;
    assert_eq!(progress.counts.healthy, 5);
    assert!(progress.lines.iter().any(|line| line.attempts > 1));
    workers.stop().await;
}

async fn a_refused_login_needs_attention_at_once(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    let ids = linked(&world, &registry, credential, 2).await;
    let workers = world.workers();
    world.synced(&ids).await;
    let propagation = world.update(credential, "wrong").await;
    let progress = world.end_of(propagation).await;
    assert_eq!(
        (progress.counts.needs_attention, progress.lines[0].cause),
        (2, Some(Cause::InvalidCredentials))
    );
    assert!(progress.lines.iter().all(|line| line.attempts == 1));
    assert_eq!(applied(&world, ids[0]).await, 1);
    workers.stop().await;
}

async fn i_11_every_target_ends_at_the_newest_version(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    let ids = linked(&world, &registry, credential, 8).await;
    let workers = world.workers();
    world.synced(&ids).await;

    registry.set_delay(Duration::from_millis(50));
    registry.set_password("three");
    let before = registry.requests();
    let second = world.update(credential, "two").await;
    let third = world.update(credential, "three").await;
    let progress = world.end_of(third).await;
    assert_eq!(progress.counts.healthy, 8);
    let counts = world.end_of(second).await.counts;
    assert_eq!(counts.total(), 8);
    assert_eq!(counts.healthy + counts.superseded + counts.needs_attention, 8);
    for id in &ids {
        assert_eq!(applied(&world, *id).await, 3);
        assert_eq!(world.look(*id).await.summary.cause, None);
    }
    let claims: u32 = progress.lines.iter().map(|line| line.attempts).sum::<u32>()
        + world.progress(second).await.lines.iter().map(|line| line.attempts).sum::<u32>();
    // A try that meets the new version half-way asks the registry once more.
    assert!(registry.requests() - before <= 2 * usize::try_from(claims).unwrap());
    workers.stop().await;
}

async fn claim(
    world: &World,
    owner: &str,
    at: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Vec<Claimed> {
    storage::propagation::claim(&world.db, owner, at, until, limit, 100).await.unwrap()
}

fn healthy(work: &Claimed) -> Settlement {
    Settlement {
        work: work.clone(),
        state: DeliveryState::Healthy,
        cause: None,
        run_at: now(),
        at: now(),
    }
}

async fn settle(world: &World, settlement: &Settlement) -> usize {
    let mut tx = world.db.begin().await.unwrap();
    let ours = storage::propagation::settle(&mut tx, &[settlement]).await.unwrap();
    tx.commit().await.unwrap();
    ours.len()
}

async fn i_12_a_zombie_writes_nothing(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    linked(&world, &registry, credential, 1).await;
    let propagation = world.update(credential, "two").await;

    let lease = Duration::from_secs(45);
    let zombie = claim(&world, "a", now(), now().plus(lease), 10).await;
    assert_eq!(zombie.len(), 1);
    assert_eq!(claim(&world, "b", now(), now().plus(lease), 10).await, [], "the lease holds");
    let later = now().plus(lease * 2);
    assert_eq!(
        storage::propagation::renew(&world.db, "a", later, later).await.unwrap(),
        0,
        "too late"
    );
    let second = claim(&world, "b", later, later.plus(lease), 10).await;
    assert_eq!((second.len(), second[0].fence), (1, zombie[0].fence + 1));

    assert_eq!(settle(&world, &healthy(&zombie[0])).await, 0);
    assert_eq!(world.progress(propagation).await.counts.running, 1);
    assert_eq!(settle(&world, &healthy(&second[0])).await, 1);
    assert_eq!(settle(&world, &healthy(&second[0])).await, 0, "only once");
    assert_eq!(world.progress(propagation).await.counts.healthy, 1);
}

async fn i_14_organizations_take_turns(mut world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    linked(&world, &registry, credential, 20).await;
    world.update(credential, "two").await;

    let other = World::organization(&world.db, "Two").await;
    let busy = std::mem::replace(&mut world.actor, other);
    let credential = world.credential("robot", "one").await;
    linked(&world, &registry, credential, 2).await;
    world.update(credential, "two").await;

    let claimed = claim(&world, "a", now(), now().plus(Duration::from_secs(45)), 4).await;
    let ours = claimed.iter().filter(|work| work.organization == world.actor.organization).count();
    assert_eq!((claimed.len(), ours), (4, 2));
    let next = storage::propagation::claim(
        &world.db,
        "a",
        now(),
        now().plus(Duration::from_secs(45)),
        100,
        5,
    )
    .await;
    let next = next.unwrap();
    assert!(next.iter().all(|work| work.organization == busy.organization));
    assert_eq!(next.len(), 3, "two are held already, and five is the limit");
}

async fn i_15_what_a_killed_worker_held_is_done_by_another(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    linked(&world, &registry, credential, 3).await;
    registry.set_password("two");
    let propagation = world.update(credential, "two").await;
    // Killed right after the claim, whose lease has a second left.
    let claimed = claim(&world, "killed", now(), now().plus(Duration::from_secs(1)), 10).await;
    assert_eq!(claimed.len(), 3);
    let workers = world.workers();
    let progress = world.end_of(propagation).await;
    assert_eq!(progress.counts.healthy, 3);
    assert!(progress.lines.iter().all(|line| line.attempts == 2));
    workers.stop().await;
}

async fn deliveries_without_a_link_are_superseded(world: World) {
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    let ids = linked(&world, &registry, credential, 3).await;
    registry.set_password("two");
    let propagation = world.update(credential, "two").await;
    Repositories::delete(&world.engine, &world.actor, ids[0]).await.unwrap();
    let seen = world.look(ids[1]).await;
    let unlink = EditRepository {
        repository: ids[1].to_string(),
        row_version: seen.row_version.to_string(),
        url: seen.summary.url,
        name: seen.summary.name,
        ..EditRepository::default()
    };
    Repositories::edit(&world.engine, &world.actor, unlink).await.unwrap();
    let workers = world.workers();
    let progress = world.end_of(propagation).await;
    assert_eq!((progress.counts.healthy, progress.counts.superseded), (1, 2));
    workers.stop().await;
}

async fn ten_thousand_links_are_queued_at_once(world: World) {
    let credential = world.credential("robot", "one").await;
    let mut tx = world.db.begin().await.unwrap();
    for n in 0..10_000 {
        let id = RepositoryId::new();
        let name = format!("r{n}");
        let fields = storage::repositories::Change {
            name: &name,
            name_key: &name,
            kind: RepositoryKind::Helm,
            url: "https://charts.example.com",
            origin: "https://charts.example.com:443",
            chart_names: &[],
            interval: 3_600,
            by: "Ada",
        };
        let new = storage::repositories::New { id, fields, now: now() };
        storage::repositories::insert(&mut tx, world.scope(), &new).await.unwrap();
        storage::repositories::link(
            &mut tx,
            world.scope(),
            id,
            credential,
            "https://charts.example.com:443",
            now(),
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    for version in [2, 3] {
        let start = std::time::Instant::now();
        let mut tx = world.db.begin().await.unwrap();
        let queued = storage::propagation::start(
            &mut tx,
            world.scope(),
            PropagationId::new(),
            credential,
            version,
            "Ada",
            now(),
        );
        assert_eq!(queued.await.unwrap(), 10_000);
        tx.commit().await.unwrap();
        println!("10,000 links queued in {:?}", start.elapsed());
        let start = std::time::Instant::now();
        let claimed = claim(&world, "a", now(), now(), 100).await;
        println!("100 of them claimed in {:?}", start.elapsed());
        assert_eq!(claimed.len(), 100);
    }
}

async fn a_thousand_deliveries_cost_little_more_than_their_requests(world: World) {
    const LINKS: usize = 1_000;
    let registry = Registry::start(Some("one")).await;
    let credential = world.credential("robot", "one").await;
    let ids = linked(&world, &registry, credential, LINKS).await;
    let workers = world.workers();
    world.synced(&ids).await;
    registry.set_password("two");
    let before = registry.requests();
    let start = std::time::Instant::now();
    let propagation = world.update(credential, "two").await;
    let progress = world.end_of(propagation).await;
    println!("1,000 deliveries in {:?}", start.elapsed());
    assert_eq!((progress.counts.healthy, progress.lines.len()), (1_000, 200));
    assert_eq!(registry.requests() - before, LINKS, "one conditional request each");
    workers.stop().await;

    let start = std::time::Instant::now();
    stream::iter(0..LINKS)
        .for_each_concurrent(8, |n| {
            let (registries, url) = (world.registries(), registry.url(&format!("r{n}")));
            async move {
                let login = Login { username: "robot".into(), password: Secret::new("two".into()) };
                let target = Target {
                    url: RepositoryUrl::parse(&url).unwrap(),
                    kind: RepositoryKind::Helm,
                    login: Some(login),
                    login_key: None,
                    chart_names: Vec::new(),
                };
                registries.prove(&target).await.unwrap();
            }
        })
        .await;
    println!("1,000 bare requests in {:?}", start.elapsed());
}
