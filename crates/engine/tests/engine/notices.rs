//! Notices before a credential expires, and the webhook they are sent to.
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
    CredentialId, Field, Principal, Role, ServiceError, Timestamp,
    audit::{AuditAction, AuditQuery},
    credentials::{PlaceCredential, Placement},
    notices::{Notice, WebhookForm},
    service::{Audit, Credentials, Notices},
};
use engine::{Clock, ManualClock, SystemClock};

on_both!(
    each_threshold_is_announced_once,
    missed_thresholds_are_announced_as_one,
    a_renewed_credential_is_announced_anew,
    the_webhook_gets_each_notice_once_also_after_a_failure,
    a_webhook_is_checked_and_its_address_not_logged,
);

const DAY: Duration = Duration::from_hours(24);

/// A env whose clock is moved by hand.
async fn with_clock(mut env: TestEnv) -> (TestEnv, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    env.engine = env.engine_with(shared, env.vault_config()).await;
    (env, clock)
}

/// Says on which day a credential expires.
async fn expires(env: &TestEnv, id: CredentialId, at: Timestamp) {
    let detail = Credentials::get(&env.engine, &env.principal, id).await.unwrap();
    let form = PlaceCredential {
        credential: id.to_string(),
        row_version: detail.row_version.to_string(),
        placement: Placement { expires: at.day(), ..Placement::default() },
        anyway: "yes".into(),
    };
    Credentials::place(&env.engine, &env.principal, form).await.unwrap();
}

async fn open(env: &TestEnv) -> u32 {
    Notices::open(&env.engine, &env.principal).await.unwrap()
}

async fn listed(env: &TestEnv) -> Vec<Notice> {
    Notices::list(&env.engine, &env.principal).await.unwrap()
}

async fn each_threshold_is_announced_once(env: TestEnv) {
    let (env, clock) = with_clock(env).await;
    let id = env.credential("robot", "one").await;
    env.credential("other", "one").await;
    expires(&env, id, clock.now().plus(DAY * 100)).await;
    let mut made = Vec::new();
    for _ in 0..105 {
        made.push(env.engine.make_notices().await.unwrap());
        assert_eq!(env.engine.make_notices().await.unwrap(), 0, "each is made once");
        clock.advance(DAY);
    }
    assert_eq!(made.iter().sum::<u32>(), 4, "{made:?}");
    let days: Vec<_> =
        made.iter().enumerate().filter(|(_, n)| **n > 0).map(|(day, _)| day).collect();
    // The day begins at midnight, so the lifetime is up to a day shorter.
    let left: Vec<_> = days.iter().map(|day| 100 - day).collect();
    assert!(
        [30, 14, 7, 1].iter().zip(&left).all(|(due, left)| *left == *due || *left == due + 1),
        "{left:?}"
    );
    let notices = listed(&env).await;
    assert_eq!((notices.len(), open(&env).await), (4, 1));
    assert!(notices.iter().all(|notice| notice.name == "robot" && notice.delivered.is_none()));
    assert!(notices[0].at > notices[3].at, "the newest first");
    let query = AuditQuery { action: Some(AuditAction::NoticeMade), ..AuditQuery::default() };
    let told = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    assert_eq!((told.len(), told[0].target.as_str()), (4, "robot"));

    let outsider = TestEnv::organization(&env.db, "Two").await;
    assert_eq!(Notices::open(&env.engine, &outsider).await.unwrap(), 0);
    assert_eq!(Notices::list(&env.engine, &outsider).await.unwrap(), []);
}

async fn missed_thresholds_are_announced_as_one(env: TestEnv) {
    let (env, clock) = with_clock(env).await;
    let id = env.credential("robot", "one").await;
    expires(&env, id, clock.now().plus(DAY * 100)).await;
    clock.advance(DAY * 95);
    assert_eq!(env.engine.make_notices().await.unwrap(), 1);
    clock.advance(DAY * 30);
    assert_eq!(env.engine.make_notices().await.unwrap(), 1, "over since long");
    assert_eq!(env.engine.make_notices().await.unwrap(), 0);
}

async fn a_renewed_credential_is_announced_anew(env: TestEnv) {
    let (env, clock) = with_clock(env).await;
    let id = env.credential("robot", "one").await;
    expires(&env, id, clock.now().plus(DAY * 100)).await;
    clock.advance(DAY * 80);
    assert_eq!(env.engine.make_notices().await.unwrap(), 1);
    assert_eq!(open(&env).await, 1);
    expires(&env, id, clock.now().plus(DAY * 200)).await;
    assert_eq!(open(&env).await, 0, "what was announced does not count any more");
    assert_eq!(env.engine.make_notices().await.unwrap(), 0);
    clock.advance(DAY * 180);
    assert_eq!(env.engine.make_notices().await.unwrap(), 1);
    Credentials::delete(&env.engine, &env.principal, crate::env::forms::removal(id, "refuse"))
        .await
        .unwrap();
    assert_eq!((open(&env).await, listed(&env).await.len()), (0, 2));
}

async fn delivered(env: &TestEnv, expected: Option<bool>) {
    for _ in 0..400 {
        if listed(env).await[0].delivered == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{:?} and not {expected:?}", listed(env).await[0]);
}

/// Waits until the failure of this try is stored: the next one is asked for by the clock of then.
async fn put_off(env: &TestEnv, tries: usize) {
    let waits = format!(
        "select count(*) from jobs where kind = 'notice' and state = 'retrying' and attempts = {tries}"
    );
    for _ in 0..400 {
        if env.count(&waits).await == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("try {tries} was not put off");
}

async fn set(env: &TestEnv, principal: &Principal, webhook: &str) -> Result<(), ServiceError> {
    Notices::set_webhook(&env.engine, principal, WebhookForm { webhook: webhook.into() }).await
}

async fn the_webhook_gets_each_notice_once_also_after_a_failure(env: TestEnv) {
    let (env, clock) = with_clock(env).await;
    let (hook, address) = Hook::start(&[500, 302]).await;
    set(&env, &env.principal, &address).await.unwrap();
    let id = env.credential("robot", "one").await;
    let end = clock.now().plus(DAY * 100);
    expires(&env, id, end).await;
    clock.advance(DAY * 80);
    assert_eq!(env.engine.make_notices().await.unwrap(), 1);
    let workers = env.workers();
    for tries in 1..=2 {
        hook.took(tries).await;
        put_off(&env, tries).await;
        delivered(&env, Some(false)).await;
        clock.advance(Duration::from_mins(30));
    }
    let taken = hook.took(3).await;
    delivered(&env, Some(true)).await;
    clock.advance(DAY);
    assert_eq!(env.engine.make_notices().await.unwrap(), 0);
    assert_eq!(env.count("select count(*) from jobs where kind = 'notice'").await, 0);
    workers.stop().await;
    assert_eq!(hook.took(3).await.len(), 3, "once is enough");

    let expires_at = Timestamp::parse_day(&end.day()).unwrap();
    let expected = serde_json::json!({
        "event": "credential_expires",
        "organization": "One",
        "credential": id.to_string(),
        "name": "robot",
        "expires_at": expires_at.rfc3339(),
        "days_left": taken[2]["days_left"],
    });
    assert_eq!(taken[2], expected);
    assert!((18..=20).contains(&taken[2]["days_left"].as_u64().unwrap()));
}

async fn a_webhook_is_checked_and_its_address_not_logged(env: TestEnv) {
    for bad in ["http://8.8.8.8/", "https://ada:pw@hooks.example.com/", "ftp://x", "x"] {
        let refused = set(&env, &env.principal, bad).await.unwrap_err();
        assert!(refused.problem_of(Field::Webhook).is_some(), "{bad}: {refused:?}");
    }
    let address = "https://hooks.example.com/services/x?token=hunter2";
    let editor = env.member("Ada", Role::Editor).await;
    assert_eq!(set(&env, &editor, address).await, Err(ServiceError::NotAllowed));
    set(&env, &env.principal, address).await.unwrap();
    let read = Notices::webhook(&env.engine, &env.principal).await.unwrap();
    assert_eq!(read, address);
    assert_eq!(
        Notices::webhook(&env.engine, &editor).await,
        Err(ServiceError::NotAllowed),
        "whoever knows it may post there"
    );
    set(&env, &env.principal, " ").await.unwrap();
    assert_eq!(Notices::webhook(&env.engine, &env.principal).await.unwrap(), "");
    let query = AuditQuery { action: Some(AuditAction::WebhookSet), ..AuditQuery::default() };
    let told = Audit::list(&env.engine, &env.principal, query).await.unwrap().rows;
    let details: Vec<_> = told.iter().map(|event| event.detail.as_str()).collect();
    assert_eq!(details, ["none", "https://hooks.example.com"]);
}
