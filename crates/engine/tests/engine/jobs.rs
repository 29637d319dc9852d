//! Claiming work by lease, and how much of it there can be.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::time::Duration;

use crate::env::{TestEnv, on_both, registry::Registry};
use domain::{
    Cause, PropagationId, RepositoryId, Role, Timestamp,
    propagation::DeliveryState,
    repositories::{RepositoryKind, RepositorySelection, RepositoryState},
    service::Repositories,
};
use engine::{Clock, SystemClock};
use storage::{
    jobs::{self, Kind},
    propagation::{ClaimedDelivery, Settlement, Start},
};

on_both!(
    i_12_a_zombie_writes_nothing,
    i_14_organizations_take_turns,
    i_15_what_a_killed_worker_held_is_done_by_another,
    ten_thousand_links_are_queued_at_once,
    many_deliveries_cost_one_request_each,
    only_what_is_in_hand_is_renewed,
    destroying_does_not_wait_for_syncs,
    a_sync_that_takes_too_long_is_said,
    asking_for_syncs_while_others_end_never_fails,
);

fn now() -> Timestamp {
    SystemClock.now()
}

async fn claim(
    env: &TestEnv,
    owner: &str,
    at: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Vec<ClaimedDelivery> {
    storage::propagation::claim(&env.db, owner, at, until, limit, 100).await.unwrap()
}

fn healthy(work: &ClaimedDelivery) -> Settlement {
    Settlement {
        work: work.clone(),
        state: DeliveryState::Healthy,
        cause: None,
        run_at: now(),
        at: now(),
    }
}

async fn settle(env: &TestEnv, settlement: &Settlement) -> usize {
    let mut tx = env.db.begin().await.unwrap();
    let ours = storage::propagation::settle(&mut tx, &[settlement]).await.unwrap();
    tx.commit().await.unwrap();
    ours.len()
}

async fn i_12_a_zombie_writes_nothing(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    env.linked(&registry, credential, 1).await;
    let propagation = env.update(credential, "two").await;

    let lease = Duration::from_secs(45);
    let zombie = claim(&env, "a", now(), now().plus(lease), 10).await;
    assert_eq!(zombie.len(), 1);
    assert_eq!(claim(&env, "b", now(), now().plus(lease), 10).await, [], "the lease holds");
    let later = now().plus(lease * 2);
    assert_eq!(
        storage::propagation::renew(&env.db, &zombie, later, later).await.unwrap(),
        0,
        "too late"
    );
    let second = claim(&env, "b", later, later.plus(lease), 10).await;
    assert_eq!((second.len(), second[0].fence), (1, zombie[0].fence + 1));

    assert_eq!(settle(&env, &healthy(&zombie[0])).await, 0);
    assert_eq!(env.progress(propagation).await.counts.running, 1);
    assert_eq!(settle(&env, &healthy(&second[0])).await, 1);
    assert_eq!(settle(&env, &healthy(&second[0])).await, 0, "only once");
    assert_eq!(env.progress(propagation).await.counts.healthy, 1);
}

async fn i_14_organizations_take_turns(mut env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    env.linked(&registry, credential, 20).await;
    env.update(credential, "two").await;

    let other = TestEnv::organization(&env.db, "Two").await;
    let busy = std::mem::replace(&mut env.principal, other);
    let credential = env.credential("robot", "one").await;
    env.linked(&registry, credential, 2).await;
    env.update(credential, "two").await;

    let claimed = claim(&env, "a", now(), now().plus(Duration::from_secs(45)), 4).await;
    let ours = claimed.iter().filter(|work| work.scope == env.scope()).count();
    assert_eq!((claimed.len(), ours), (4, 2));
    let next = storage::propagation::claim(
        &env.db,
        "a",
        now(),
        now().plus(Duration::from_secs(45)),
        100,
        5,
    )
    .await;
    let next = next.unwrap();
    assert!(next.iter().all(|work| work.scope.organization() == busy.organization));
    assert_eq!(next.len(), 3, "two are held already, and five is the limit");
}

async fn i_15_what_a_killed_worker_held_is_done_by_another(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    env.linked(&registry, credential, 3).await;
    registry.set_password("two");
    let propagation = env.update(credential, "two").await;
    // Killed right after the claim, whose lease has a second left.
    let claimed = claim(&env, "killed", now(), now().plus(Duration::from_secs(1)), 10).await;
    assert_eq!(claimed.len(), 3);
    let workers = env.workers();
    let progress = env.end_of(propagation).await;
    assert_eq!(progress.counts.healthy, 3);
    assert!(progress.lines.iter().all(|line| line.attempts == 2));
    workers.stop().await;
}

async fn ten_thousand_links_are_queued_at_once(env: TestEnv) {
    let credential = env.credential("robot", "one").await;
    let project = storage::projects::default_id(&env.db, env.scope()).await.unwrap();
    let mut tx = env.db.begin().await.unwrap();
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
            project,
            is_automatic: false,
            environment: domain::credentials::Environment::Unset,
            ca: "",
            proxy: "",
        };
        let new = storage::repositories::NewRepository { id, fields, now: now() };
        storage::repositories::insert(&mut tx, env.scope(), &new).await.unwrap();
        storage::repositories::link(
            &mut tx,
            env.scope(),
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
        let mut tx = env.db.begin().await.unwrap();
        let start = Start {
            propagation: PropagationId::new(),
            credential,
            vault_version: version,
            by: "Ada",
            places: &[],
        };
        let queued = storage::propagation::start(&mut tx, env.scope(), &start, now());
        assert_eq!(queued.await.unwrap(), 10_000);
        tx.commit().await.unwrap();
        let claimed = claim(&env, "a", now(), now(), 100).await;
        assert_eq!(claimed.len(), 100);
    }
}

async fn many_deliveries_cost_one_request_each(env: TestEnv) {
    const LINKS: usize = 300;
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, LINKS).await;
    let workers = env.workers();
    env.synced(&ids).await;
    registry.set_password("two");
    let before = registry.requests();
    let propagation = env.update(credential, "two").await;
    let progress = env.end_of(propagation).await;
    assert_eq!((progress.counts.healthy, progress.lines.len()), (300, 200));
    assert_eq!(registry.requests() - before, LINKS, "one conditional request each");
    workers.stop().await;
}

async fn only_what_is_in_hand_is_renewed(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 3).await;
    env.update(credential, "two").await;
    let lease = Duration::from_secs(45);
    let (start, half) = (now(), now().plus(lease / 2));
    let (end, until) = (start.plus(lease), half.plus(lease));

    let mut claimed = claim(&env, "a", start, end, 10).await;
    let lost = claimed.pop().unwrap();
    assert_eq!(
        storage::propagation::renew(&env.db, &claimed, half, until).await.unwrap(),
        2,
        "the third is nobody's any more"
    );
    let stale: Vec<_> = claimed
        .iter()
        .map(|work| ClaimedDelivery { fence: work.fence - 1, ..work.clone() })
        .collect();
    assert_eq!(storage::propagation::renew(&env.db, &stale, half, until).await.unwrap(), 0);
    let taken = claim(&env, "b", end, until, 10).await;
    assert_eq!(taken.iter().map(ClaimedDelivery::key).collect::<Vec<_>>(), [lost.key()]);
    // At the end of a process all it has is free at once, and nothing of another one.
    assert_eq!(storage::propagation::release(&env.db, "a", end).await.unwrap(), 2);
    assert_eq!(claim(&env, "c", end, until, 10).await.len(), 2);

    let jobs = async |owner: &'static str, at: Timestamp, until: Timestamp| {
        jobs::claim(&env.db, Kind::Sync, owner, at, until, 10, 10).await.unwrap()
    };
    let mut claimed = jobs("a", start, end).await;
    assert_eq!(claimed.len(), ids.len(), "each was queued when it was added");
    let lost = claimed.pop().unwrap().target;
    let held: Vec<_> = claimed.into_iter().map(|work| (Kind::Sync, work)).collect();
    assert_eq!(jobs::renew(&env.db, &held, half, until).await.unwrap(), 2);
    let taken = jobs("b", end, until).await;
    assert_eq!(taken.iter().map(|work| work.target).collect::<Vec<_>>(), [lost]);
    assert_eq!(jobs::release(&env.db, "a", end).await.unwrap(), 2);
    assert_eq!(jobs("c", end, until).await.len(), 2);
}

async fn destroying_does_not_wait_for_syncs(env: TestEnv) {
    let mut tx = env.db.begin().await.unwrap();
    for (kind, count) in [(Kind::Sync, 20), (Kind::Destroy, 3)] {
        for _ in 0..count {
            let target = RepositoryId::new().uuid();
            jobs::queue(&mut tx, env.scope(), kind, target, "test", now(), now()).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    let claim = async |kind, most| {
        let until = now().plus(Duration::from_secs(45));
        jobs::claim(&env.db, kind, "a", now(), until, 32, most).await.unwrap().len()
    };
    assert_eq!((claim(Kind::Sync, 16).await, claim(Kind::Sync, 16).await), (16, 0));
    assert_eq!((claim(Kind::Destroy, 2).await, claim(Kind::Destroy, 2).await), (2, 0));
}

async fn a_sync_that_takes_too_long_is_said(mut env: TestEnv) {
    let registry = Registry::start(None).await;
    registry.hold();
    env.engine = env.engine.giving_up_after(Duration::from_millis(200));
    let id = env.repository(&registry, "slow", None).await;
    let workers = env.workers();
    env.synced(&[id]).await;
    let seen = env.look(id).await;
    assert_eq!(
        (seen.summary.state, seen.summary.cause, seen.runs[0].cause),
        (RepositoryState::Failing, Some(Cause::Timeout), Some(Cause::Timeout))
    );
    assert!(seen.next_sync_at.is_some(), "it is tried again");
    workers.stop().await;
}

/// A sync that ends takes away its job and writes to its repository; whoever asks for one writes to both too.
async fn asking_for_syncs_while_others_end_never_fails(env: TestEnv) {
    let registry = Registry::start(None).await;
    let mut ids = Vec::new();
    for n in 0..12 {
        ids.push(env.repository(&registry, &format!("r{n}"), None).await);
    }
    let workers = env.workers();
    // Nobody may ask as often in a minute as all of them together.
    let mut people = Vec::new();
    for _ in 0..6 {
        people.push(env.member("Ada", Role::Owner).await);
    }
    let asking = people.into_iter().enumerate().map(|(n, principal)| {
        let (engine, ids) = (env.engine.clone(), ids.clone());
        tokio::spawn(async move {
            for round in 0..12 {
                let some = if n % 2 == 0 {
                    RepositorySelection::all()
                } else {
                    RepositorySelection::These(ids[round..].to_vec())
                };
                Repositories::sync(&engine, &principal, some).await.unwrap();
            }
        })
    });
    for one in asking.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    env.synced(&ids).await;
    workers.stop().await;
}
