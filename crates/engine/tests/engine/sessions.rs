//! The first start and signing in.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{net::IpAddr, sync::Arc, time::Duration};

use crate::env::{TestEnv, on_both};
use domain::{
    Field, Principal, Role, Secret, ServiceError, Timestamp, UserId,
    audit::{AuditAction, AuditActor, AuditEvent, AuditQuery},
    service::{Audit, Sessions},
    sessions::{SetUp, SignIn, SignInFrom},
};
use engine::{Clock, ManualClock, SystemClock};
use storage::sessions::NewSession;

const PASSWORD: &str = "correct horse battery";

on_both!(
    r_init_01_a_link_works_once,
    r_init_01_a_newer_link_voids_the_older,
    r_init_01_a_link_ends_after_an_hour,
    r_init_01_two_at_once_make_one_account,
    r_enum_01_unknown_and_wrong_answer_alike,
    an_account_can_sign_in_and_out,
    nobody_is_no_principal,
    sessions_are_never_brought_back_to_life,
);

fn peer(n: u32) -> IpAddr {
    IpAddr::V4(n.into())
}

fn form(token: &Secret, email: &str) -> SetUp {
    SetUp {
        token: token.clone(),
        organization: "Harbour".into(),
        name: "Ada".into(),
        email: email.into(),
        password: Secret::new(PASSWORD.into()),
    }
}

fn typed(email: &str, password: &str) -> SignIn {
    SignIn { email: email.into(), password: Secret::new(password.into()), next: String::new() }
}

fn from(n: u32) -> SignInFrom {
    SignInFrom { address: peer(n), browser: None }
}

async fn token(env: &TestEnv) -> Secret {
    env.without_people().await;
    env.engine.set_up_link().await.unwrap().unwrap().token
}

async fn account(env: &TestEnv) -> UserId {
    env.without_people().await;
    assert_eq!(env.engine.is_set_up().await, Ok(false));
    let form = form(&token(env).await, "ada@example.com");
    env.engine.set_up(form, peer(1)).await.unwrap().user
}

async fn log(env: &TestEnv, principal: &Principal) -> Vec<AuditEvent> {
    Audit::list(&env.engine, principal, AuditQuery::default()).await.unwrap().rows
}

async fn r_init_01_a_link_works_once(env: TestEnv) {
    let token = token(&env).await;
    assert!(token.expose().len() >= 43, "32 random bytes");
    assert!(env.engine.set_up_is_open(&token).await);
    assert!(!env.engine.set_up_is_open(&Secret::new("guessed".into())).await);
    let guessed = form(&Secret::new("guessed".into()), "eve@example.com");
    assert_eq!(env.engine.set_up(guessed, peer(1)).await.unwrap_err(), ServiceError::NotFound);
    let mut weak = form(&token, "ada@example.com");
    weak.password = Secret::new("short".into());
    let refused = env.engine.set_up(weak, peer(1)).await.unwrap_err();
    assert!(refused.problem_of(Field::Password).is_some());

    let user = env.engine.set_up(form(&token, "Ada@Example.com"), peer(1)).await.unwrap().user;
    let principal = env.engine.principal(user).await.unwrap();
    assert_eq!((principal.name.as_str(), principal.organization_name.as_str()), ("Ada", "Harbour"));
    assert_eq!(principal.role, Role::Owner);
    assert_eq!(log(&env, &principal).await[0].action, AuditAction::OrganizationCreated);

    assert!(!env.engine.set_up_is_open(&token).await);
    let again = env.engine.set_up(form(&token, "eve@example.com"), peer(1)).await;
    assert_eq!(again.unwrap_err(), ServiceError::NotFound);
    assert!(env.engine.set_up_link().await.unwrap().is_none());
}

async fn r_init_01_a_newer_link_voids_the_older(env: TestEnv) {
    let (older, newer) = (token(&env).await, token(&env).await);
    assert!(!env.engine.set_up_is_open(&older).await);
    assert!(env.engine.set_up_is_open(&newer).await);
}

async fn r_init_01_a_link_ends_after_an_hour(env: TestEnv) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let engine = env.engine_with(Arc::clone(&clock) as Arc<dyn Clock>, env.vault_config()).await;
    env.without_people().await;
    let token = engine.set_up_link().await.unwrap().unwrap().token;
    clock.advance(Duration::from_secs(3_599));
    assert!(engine.set_up_is_open(&token).await);
    clock.advance(Duration::from_secs(1));
    assert!(!engine.set_up_is_open(&token).await);
    assert_eq!(
        engine.set_up(form(&token, "ada@example.com"), peer(1)).await.unwrap_err(),
        ServiceError::NotFound
    );
}

async fn r_init_01_two_at_once_make_one_account(env: TestEnv) {
    let token = token(&env).await;
    let (a, b) = tokio::join!(
        env.engine.set_up(form(&token, "ada@example.com"), peer(1)),
        env.engine.set_up(form(&token, "bob@example.com"), peer(2)),
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(a.err().or(b.err()), Some(ServiceError::NotFound));
}

async fn r_enum_01_unknown_and_wrong_answer_alike(env: TestEnv) {
    account(&env).await;
    let expected = Field::Password.problem("Wrong email or password.").into();
    for (n, email) in ["ada@example.com", "eve@example.com"].into_iter().enumerate() {
        let from = from(100 + u32::try_from(n).unwrap());
        let answer = env.engine.sign_in(typed(email, "wrong password"), from).await;
        assert_eq!(answer.unwrap_err(), expected, "{email}");
    }
}

async fn an_account_can_sign_in_and_out(env: TestEnv) {
    let user = account(&env).await;
    let signed_in = env.engine.sign_in(typed(" ADA@example.com", PASSWORD), from(3)).await;
    assert_eq!(signed_in.unwrap().user, user);
    assert!(env.engine.sign_in(typed("ada@example.com", "wrong"), from(4)).await.is_err());
    assert_eq!(env.engine.is_set_up().await, Ok(true));
    let principal = env.engine.principal(user).await.unwrap();
    let leaving = principal.clone().visiting_from(Some(peer(5)));
    env.engine.signed_out(&leaving).await;
    assert_eq!(env.engine.memberships(user).await.unwrap()[0].organization, principal.organization);

    let log = log(&env, &principal).await;
    let actions: Vec<_> = log.iter().map(|event| (event.action, event.actor.clone())).collect();
    let ada = AuditActor::Person("Ada".into());
    assert_eq!(
        actions,
        [
            (AuditAction::SignedOut, ada.clone()),
            (AuditAction::SignInRefused, AuditActor::Nobody),
            (AuditAction::SignedIn, ada.clone()),
            (AuditAction::OrganizationCreated, ada),
        ]
    );
    let addresses: Vec<_> = log.iter().map(|event| event.address).collect();
    assert_eq!(addresses, [5, 4, 3, 1].map(|n| Some(peer(n))));
    let sequences: Vec<_> = log.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, [4, 3, 2, 1]);
}

async fn nobody_is_no_principal(env: TestEnv) {
    assert_eq!(env.engine.principal(UserId::new()).await, Err(ServiceError::NotSignedIn));
}

fn session(user: Option<UserId>, expires_at: Timestamp) -> NewSession<'static> {
    NewSession { user, record: "{}", address: "", browser: "", expires_at }
}

async fn sessions_are_never_brought_back_to_life(env: TestEnv) {
    let user = account(&env).await;
    let (db, now) = (&env.db, SystemClock.now());
    let later = now.plus(Duration::from_mins(1));
    storage::sessions::create(db, b"one", &session(Some(user), later), now).await.unwrap();
    storage::sessions::create(db, b"two", &session(Some(user), later), now).await.unwrap();
    assert!(storage::sessions::create(db, b"two", &session(None, later), now).await.is_err());
    assert_eq!(
        storage::sessions::save(db, b"one", Some(user), "{1}", now, later).await.unwrap(),
        1
    );
    assert_eq!(storage::sessions::load(db, b"one", now).await.unwrap().unwrap().record, "{1}");
    assert!(storage::sessions::load(db, b"one", later).await.unwrap().is_none());
    storage::sessions::delete(db, b"one").await.unwrap();
    assert_eq!(
        storage::sessions::save(db, b"one", Some(user), "{2}", now, later).await.unwrap(),
        0
    );
    assert!(storage::sessions::load(db, b"one", now).await.unwrap().is_none());
    assert_eq!(storage::sessions::delete_of_user(db, user).await.unwrap(), 1);
    storage::sessions::create(db, b"three", &session(None, later), now).await.unwrap();
    assert_eq!(storage::sessions::delete_expired(db, later).await.unwrap(), 1);
}
