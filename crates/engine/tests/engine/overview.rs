//! The first page: what needs attention as it is now, and how everything is doing.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::time::Duration;

use crate::env::{
    TestEnv,
    forms::{change, placement},
    on_both,
    registry::Registry,
};
use domain::{
    Cause, CredentialId, Role, Status,
    audit::AuditAction,
    credentials::Placement,
    overview::{Begun, Counted, FailingRepositories, Matter, OverviewPage},
    service::{Credentials, Overview},
};
use engine::{Clock, SystemClock};

on_both!(
    an_organization_begins_with_nothing,
    a_broken_credential_is_told_as_it_fails_and_is_over_once_it_is_mended,
    each_cause_is_one_line_and_the_worst_comes_first,
    what_expires_is_told_once_and_what_is_over_is_a_line,
    syncs_are_counted_by_the_hour_and_forgotten,
    nobody_sees_another_organization_and_viewers_no_audit_log,
);

async fn look(env: &TestEnv) -> OverviewPage {
    Overview::overview(&env.engine, &env.principal).await.unwrap()
}

fn states(page: &OverviewPage, kind: Counted) -> Vec<(Status, u32)> {
    page.health.iter().find(|health| health.kind == kind).unwrap().states.clone()
}

/// The lines about repositories.
fn failing(page: &OverviewPage) -> Vec<&FailingRepositories> {
    page.attention
        .iter()
        .filter_map(|line| match &line.matter {
            Matter::Repositories(found) => Some(found),
            _ => None,
        })
        .collect()
}

async fn an_organization_begins_with_nothing(env: TestEnv) {
    let page = look(&env).await;
    assert_eq!(page.begun, Begun::default());
    assert_eq!((page.attention.len(), page.expiring.len(), page.hours.len()), (0, 0, 24));
    assert!(page.health.iter().all(|health| health.total() == 0), "{:?}", page.health);
    assert_eq!(page.recent, Some(Vec::new()));
    env.credential("robot", "one").await;
    let registry = Registry::start(None).await;
    env.repository(&registry, "a", None).await;
    let begun = Begun { credentials: true, repositories: true, ..Begun::default() };
    assert_eq!(look(&env).await.begun, begun);
}

async fn a_broken_credential_is_told_as_it_fails_and_is_over_once_it_is_mended(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 4).await;
    for id in &ids {
        assert_eq!(env.sync(*id).await, None);
    }
    assert_eq!(look(&env).await.attention, []);

    registry.set_password("changed at the host");
    assert_eq!(env.sync(ids[0]).await, Some(Cause::InvalidCredentials));
    let page = look(&env).await;
    let [line] = page.attention.as_slice() else { panic!("{:?}", page.attention) };
    assert_eq!(line.status, Status::Failing);
    let host = format!("127.0.0.1:{}", registry.port());
    let found = failing(&page)[0];
    assert_eq!(found.credential, Some((credential, "robot".to_owned())));
    assert_eq!((found.count, found.first, &found.host), (1, ids[0], &host));
    assert!(found.is_of_credential());

    for id in &ids[1..] {
        assert!(env.sync(*id).await.is_some());
    }
    let page = look(&env).await;
    let told: Vec<_> = failing(&page).iter().map(|it| (it.cause, it.count)).collect();
    assert_eq!(told, [(Cause::CredentialPaused, 4)], "a pause is one line with what it stops");
    assert_eq!(page.attention.len(), 1);
    assert_eq!(failing(&page)[0].names.len(), 3);
    assert_eq!(states(&page, Counted::Repositories), [(Status::Paused, 4)]);
    assert_eq!(states(&page, Counted::Credentials), [(Status::Paused, 1)]);
    assert_eq!(states(&page, Counted::Charts), [(Status::Stale, 8)]);

    let detail = Credentials::get(&env.engine, &env.principal, credential).await.unwrap();
    let form = change(&detail, "changed at the host");
    let workers = env.workers();
    let saved = Credentials::update(&env.engine, &env.principal, form).await.unwrap();
    env.end_of(saved.propagation.unwrap()).await;
    workers.stop().await;
    let page = look(&env).await;
    assert_eq!(page.attention, []);
    assert_eq!(states(&page, Counted::Repositories), [(Status::Healthy, 4)]);
    assert_eq!(states(&page, Counted::Credentials), [(Status::Healthy, 1)]);
    assert_eq!(states(&page, Counted::Charts), [(Status::Healthy, 8)]);
}

async fn each_cause_is_one_line_and_the_worst_comes_first(env: TestEnv) {
    let (one, other) = (Registry::start(None).await, Registry::start(None).await);
    let mut ids = Vec::new();
    for path in ["a", "b"] {
        ids.push(env.repository(&one, path, None).await);
    }
    ids.push(env.repository(&other, "c", None).await);
    let never = env.repository(&other, "never", None).await;
    for id in &ids {
        assert_eq!(env.sync(*id).await, None);
    }
    one.break_path("a", 404);
    one.break_path("b", 404);
    other.break_path("c", 503);
    other.break_path("never", 503);
    for id in ids.iter().chain([&never]) {
        assert!(env.sync(*id).await.is_some());
    }
    let page = look(&env).await;
    let told: Vec<_> = page
        .attention
        .iter()
        .zip(failing(&page))
        .map(|(line, it)| (line.status, it.count))
        .collect();
    assert_eq!(told, [(Status::Failing, 2), (Status::Stale, 2)]);
    // The same words as in the list of repositories, where nothing is kept of what was never synced.
    let listed = [(Status::Failing, 3), (Status::Stale, 1)];
    assert_eq!(states(&page, Counted::Repositories), listed);
}

async fn expires_on(env: &TestEnv, id: CredentialId, day: &str) {
    let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
    let confirmed = Placement { expires: day.into(), ..Placement::default() };
    let form = placement(&detail, confirmed);
    Credentials::place(&env.engine, &env.principal, form).await.unwrap();
}

async fn what_expires_is_told_once_and_what_is_over_is_a_line(env: TestEnv) {
    let now = SystemClock.now();
    let day = |days: u64| now.plus(Duration::from_hours(24 * days)).day();
    let (soon, late, over) = (
        env.credential("soon", "one").await,
        env.credential("late", "one").await,
        env.credential("over", "one").await,
    );
    expires_on(&env, soon, &day(5)).await;
    expires_on(&env, late, &day(200)).await;
    expires_on(&env, over, &day(9)).await;
    let past = now.minus(Duration::from_hours(24)).millis();
    env.sql(&format!(
        "update credentials set expires_at = {past} where id = {}",
        env.sql_id(over.uuid())
    ))
    .await;
    let page = look(&env).await;
    let names: Vec<_> = page.expiring.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["over", "soon"]);
    let [line] = page.attention.as_slice() else { panic!("{:?}", page.attention) };
    assert_eq!(line.status, Status::Expired);
    assert_eq!(line.matter.name(), "over");
    let counted = [(Status::Expired, 1), (Status::Expiring, 1), (Status::Healthy, 1)];
    assert_eq!(states(&page, Counted::Credentials), counted);

    // What it opens fails now: that is one line, which says why.
    let registry = Registry::start(Some("another")).await;
    let id = env.repository(&registry, "a", Some(over)).await;
    assert_eq!(env.sync(id).await, Some(Cause::InvalidCredentials));
    let page = look(&env).await;
    assert_eq!(page.attention.len(), 1, "{:?}", page.attention);
    assert!(failing(&page)[0].expired.is_some());
    assert_eq!(page.attention[0].status, Status::Expired);
}

async fn syncs_are_counted_by_the_hour_and_forgotten(env: TestEnv) {
    let registry = Registry::start(None).await;
    let a = env.repository(&registry, "a", None).await;
    let b = env.repository(&registry, "b", None).await;
    registry.break_path("b", 404);
    for id in [a, a, b] {
        env.sync(id).await;
    }
    let page = look(&env).await;
    let sum = |of: fn(&domain::overview::SyncHour) -> u32| page.hours.iter().map(of).sum::<u32>();
    assert_eq!((sum(|hour| hour.syncs), sum(|hour| hour.failures)), (3, 1));
    assert_eq!(page.hours.len(), 24);
    env.sql("update sync_hours set hour = hour - 24").await;
    assert!(look(&env).await.hours.iter().all(|hour| hour.syncs == 0), "that was yesterday");
    let now = SystemClock.now();
    assert!(storage::overview::forget_old_hours(&env.db, now).await.unwrap() > 0);
}

async fn nobody_sees_another_organization_and_viewers_no_audit_log(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "wrong").await;
    let id = env.repository(&registry, "a", Some(credential)).await;
    assert!(env.sync(id).await.is_some());
    let outsider = TestEnv::organization(&env.db, "Two").await;
    let page = Overview::overview(&env.engine, &outsider).await.unwrap();
    assert_eq!((page.attention.len(), page.begun), (0, Begun::default()));
    assert!(page.health.iter().all(|health| health.total() == 0));

    let recent = look(&env).await.recent.unwrap();
    let actions: Vec<_> = recent.iter().map(|event| event.action).collect();
    assert!(actions.contains(&AuditAction::RepositoryAdded), "{actions:?}");
    let viewer = env.member("Grace", Role::Viewer).await;
    let page = Overview::overview(&env.engine, &viewer).await.unwrap();
    assert_eq!((page.recent, page.attention.len()), (None, 1));
}
