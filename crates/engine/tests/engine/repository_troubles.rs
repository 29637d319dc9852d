//! Notices of repositories that fail or whose credential is paused.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::{sync::Arc, time::Duration};

use crate::env::hook::Hook;
use crate::env::{TestEnv, on_both, registry::Registry};
use domain::{
    Cause, Role, Timestamp,
    audit::{AuditAction, AuditQuery},
    notices::{Group, News, Notice, Subject, WebhookForm},
    repositories::{AddRepository, EditRepository},
    service::{Audit, Credentials, Notices, Repositories},
};
use engine::{Clock, ManualClock, SystemClock};

on_both!(
    a_refused_password_is_one_notice_for_the_host_until_it_is_mended,
    each_cause_and_host_has_its_notice_and_another_cause_goes_on,
    what_may_pass_is_announced_after_ten_minutes,
    a_repository_that_moves_or_goes_takes_its_trouble_along,
    the_webhook_is_told_of_a_failing_repository_once,
);

async fn made(env: &TestEnv) -> u32 {
    env.engine.make_notices().await.unwrap()
}

async fn listed(env: &TestEnv) -> Vec<Notice> {
    Notices::list(&env.engine, &env.principal).await.unwrap()
}

/// Cause, how many repositories, and whether it lasts, of each notice; the newest first.
async fn told(env: &TestEnv) -> Vec<(Cause, u32, bool)> {
    let told = listed(env).await.into_iter().map(|notice| {
        let News::Trouble { subject: Subject::Repository(_), cause, ended_at, .. } = notice.news
        else {
            panic!("{notice:?} is not of a repository");
        };
        (cause, notice.group.unwrap().repositories, ended_at.is_none())
    });
    told.collect()
}

async fn with_clock(mut env: TestEnv) -> (TestEnv, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    env.engine = env.engine_with(shared, env.vault_config()).await;
    (env, clock)
}

async fn a_refused_password_is_one_notice_for_the_host_until_it_is_mended(env: TestEnv) {
    let registry = Registry::start(Some("one")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 3).await;
    for id in &ids {
        assert_eq!(env.sync(*id).await, None);
    }
    assert_eq!(made(&env).await, 0);

    registry.set_password("changed at the host");
    assert_eq!(env.sync(ids[1]).await, Some(Cause::InvalidCredentials));
    assert_eq!(made(&env).await, 1);
    let first = listed(&env).await.remove(0);
    let host = format!("127.0.0.1:{}", registry.port());
    assert_eq!(first.group, Some(Group { host, repositories: 1 }));
    assert_eq!(first.name, format!("r1-{}", registry.port()));
    let News::Trouble { subject, began_at, .. } = first.news else { panic!("{first:?}") };
    assert_eq!(subject, Subject::Repository(ids[1]));
    assert_eq!(Notices::open(&env.engine, &env.principal).await.unwrap(), 1);

    for id in [ids[0], ids[2]] {
        assert_eq!(env.sync(id).await, Some(Cause::InvalidCredentials));
    }
    assert_eq!(made(&env).await, 0, "it is known, and a pause is what became of it");
    assert_eq!(told(&env).await, [(Cause::CredentialPaused, 3, true)]);
    for id in &ids {
        assert_eq!(env.sync(*id).await, Some(Cause::CredentialPaused));
    }
    assert_eq!(made(&env).await, 0);
    assert_eq!(told(&env).await, [(Cause::CredentialPaused, 3, true)]);

    registry.set_password("one");
    let origin = format!("http://127.0.0.1:{}", registry.port());
    Credentials::resume(&env.engine, &env.principal, credential, &origin).await.unwrap();
    assert_eq!(env.sync(ids[0]).await, None);
    assert_eq!(made(&env).await, 0);
    assert_eq!(told(&env).await, [(Cause::CredentialPaused, 2, true)]);
    for id in &ids {
        assert_eq!(env.sync(*id).await, None);
    }
    made(&env).await;
    assert_eq!(told(&env).await, [(Cause::CredentialPaused, 2, false)]);
    assert_eq!(Notices::open(&env.engine, &env.principal).await.unwrap(), 0);
    let last = listed(&env).await.remove(0);
    let News::Trouble { began_at: same, .. } = last.news else { panic!("{last:?}") };
    assert_eq!((last.id, same), (first.id, began_at));

    registry.set_password("changed again");
    assert_eq!(env.sync(ids[2]).await, Some(Cause::InvalidCredentials));
    assert_eq!(made(&env).await, 1, "that is another time");
    let query = AuditQuery { action: Some(AuditAction::NoticeMade), ..AuditQuery::default() };
    let audited = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert_eq!(
        (audited.len(), audited[0].target.as_str()),
        (2, listed(&env).await[0].name.as_str())
    );
    let outsider = TestEnv::organization(&env.db, "Two").await;
    assert_eq!(Notices::list(&env.engine, &outsider).await.unwrap(), []);
}

async fn each_cause_and_host_has_its_notice_and_another_cause_goes_on(env: TestEnv) {
    let (one, other) = (Registry::start(None).await, Registry::start(None).await);
    let a = env.repository(&one, "a", None).await;
    let b = env.repository(&one, "b", None).await;
    let c = env.repository(&other, "c", None).await;
    for (registry, path, status) in [(&one, "a", 404), (&one, "b", 403), (&other, "c", 404)] {
        registry.break_path(path, status);
    }
    let mut causes = Vec::new();
    for id in [a, b, c] {
        causes.push(env.sync(id).await.unwrap());
    }
    assert_eq!(made(&env).await, 3, "{causes:?}");
    let ids = async || -> Vec<_> {
        let mut ids: Vec<_> = listed(&env).await.iter().map(|notice| notice.id).collect();
        ids.sort_unstable();
        ids
    };
    let before = ids().await;
    other.break_path("c", 403);
    let cause = env.sync(c).await.unwrap();
    assert_ne!(cause, causes[2]);
    assert_eq!(made(&env).await, 0, "it fails ever since, of another cause");
    assert_eq!(ids().await, before);
    let of_c = async || {
        let all = listed(&env).await;
        let found = all.into_iter().find(|notice| notice.name.starts_with("c-")).unwrap();
        let News::Trouble { cause, ended_at, .. } = found.news else { panic!("{found:?}") };
        (cause, ended_at.is_none())
    };
    assert_eq!(of_c().await, (cause, true));
    other.break_path("c", 0);
    assert_eq!(env.sync(c).await, None);
    made(&env).await;
    assert_eq!(of_c().await, (cause, false));
    assert_eq!(Notices::open(&env.engine, &env.principal).await.unwrap(), 2);
}

async fn what_may_pass_is_announced_after_ten_minutes(env: TestEnv) {
    let (env, clock) = with_clock(env).await;
    let registry = Registry::start(None).await;
    let id = env.repository(&registry, "a", None).await;
    registry.break_path("a", 503);
    let cause = env.sync(id).await.unwrap();
    assert!(cause.may_pass(), "{cause:?}");
    assert_eq!(made(&env).await, 0);
    clock.advance(Duration::from_mins(6));
    registry.break_path("a", 0);
    assert_eq!(env.sync(id).await, None);
    registry.break_path("a", 503);
    assert_eq!(env.sync(id).await, Some(cause));
    clock.advance(Duration::from_mins(6));
    assert_eq!(env.sync(id).await, Some(cause));
    assert_eq!(made(&env).await, 0, "it worked in between");
    clock.advance(Duration::from_mins(4));
    assert_eq!(made(&env).await, 1);
    let News::Trouble { began_at, .. } = listed(&env).await[0].news else { panic!("no trouble") };
    assert_eq!(began_at, clock.now().minus(Duration::from_mins(10)));
}

async fn a_repository_that_moves_or_goes_takes_its_trouble_along(env: TestEnv) {
    let (broken, works) = (Registry::start(None).await, Registry::start(None).await);
    let (a, b) =
        (env.repository(&broken, "a", None).await, env.repository(&broken, "b", None).await);
    for (id, path) in [(a, "a"), (b, "b")] {
        broken.break_path(path, 404);
        assert!(env.sync(id).await.is_some());
    }
    assert_eq!(made(&env).await, 1);
    let detail = env.look(a).await;
    let form = EditRepository {
        repository: a.to_string(),
        row_version: detail.row_version.to_string(),
        fields: AddRepository {
            url: works.url("a").into(),
            name: "a".into(),
            kind: "helm".into(),
            ..AddRepository::default()
        },
    };
    Repositories::edit(&env.engine, &env.principal, form).await.unwrap();
    assert_eq!(made(&env).await, 0, "nobody knows yet how it does there");
    assert_eq!(
        told(&env).await.iter().map(|(_, n, lasts)| (*n, *lasts)).collect::<Vec<_>>(),
        [(1, true)]
    );
    Repositories::delete(&env.engine, &env.principal, b).await.unwrap();
    made(&env).await;
    assert_eq!(
        told(&env).await.iter().map(|(_, n, lasts)| (*n, *lasts)).collect::<Vec<_>>(),
        [(1, false)]
    );
}

async fn the_webhook_is_told_of_a_failing_repository_once(env: TestEnv) {
    let (hook, address) = Hook::start(&[]).await;
    Notices::set_webhook(&env.engine, &env.principal, WebhookForm { webhook: address })
        .await
        .unwrap();
    assert_eq!(env.principal.role, Role::Owner);
    let registry = Registry::start(Some("other")).await;
    let credential = env.credential("robot", "one").await;
    let ids = env.linked(&registry, credential, 2).await;
    for id in &ids {
        assert_eq!(env.sync(*id).await, Some(Cause::InvalidCredentials));
    }
    assert_eq!(made(&env).await, 1);
    let workers = env.workers();
    let taken = hook.took(1).await.remove(0);
    workers.stop().await;
    let News::Trouble { began_at, .. } = listed(&env).await[0].news else { panic!("no trouble") };
    let expected = serde_json::json!({
        "event": "repository_fails",
        "organization": "One",
        "id": ids[0].to_string(),
        "name": format!("r0-{}", registry.port()),
        "host": format!("127.0.0.1:{}", registry.port()),
        "repositories": 2,
        "cause": taken["cause"],
        "title": taken["title"],
        "since": Timestamp::rfc3339(began_at),
    });
    assert_eq!(taken, expected);
    let refused = [Cause::InvalidCredentials, Cause::CredentialPaused].map(Cause::as_str);
    assert!(refused.contains(&taken["cause"].as_str().unwrap()));
}
