//! Guessing passwords and tokens does not pay, and keeps nobody out (R-BRUTE).
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{net::IpAddr, sync::Arc, time::Duration};

use crate::env::{TestEnv, on_both, patience::waiting};
use domain::{
    Field, Secret, ServiceError,
    audit::{AuditAction, AuditQuery},
    service::{Answer, Audit, Sessions},
    sessions::{SetUp, SignIn, SignInFrom, SignedIn},
};
use engine::{Clock, Engine, ManualClock, SystemClock};

const PASSWORD: &str = "correct horse battery";
const ADA: &str = "ada@example.com";

on_both!(
    r_brute_01_failures_alone_cost_a_growing_delay,
    r_brute_01_three_addresses_do_not_keep_an_owner_out,
    r_brute_01_a_known_browser_has_a_budget_of_its_own,
    r_brute_01_budgets_hold_for_all_replicas,
    r_brute_01_a_corrected_password_does_not_wait_twice,
    r_brute_01_a_right_set_up_token_is_taken_after_wrong_ones,
    r_brute_01_failures_are_forgotten,
);

/// An engine with a clock of its own, and Ada's account in it.
struct Harbour {
    env: TestEnv,
    engine: Engine,
    clock: Arc<ManualClock>,
    ada: SignedIn,
}

impl Harbour {
    async fn new(env: TestEnv) -> Self {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let engine = replica(&env, &clock).await;
        env.without_people().await;
        let token = engine.set_up_link().await.unwrap().unwrap().token;
        let ada = engine.set_up(form(&token), address(1)).await.unwrap();
        Self { env, engine, clock, ada }
    }

    /// Tries a password from an address; answers what came of it, and after how many seconds.
    async fn from(&self, n: u32, email: &str, password: &str) -> (Answer<SignedIn>, u64) {
        let from = SignInFrom { address: address(n), browser: None };
        waiting(&self.clock, self.engine.sign_in(typed(email, password), from)).await
    }

    /// The same, for a task of its own.
    fn begin(
        &self,
        n: u32,
        email: &str,
        password: &str,
        browser: Option<Secret>,
    ) -> impl Future<Output = Answer<SignedIn>> + use<> {
        let (engine, form) = (self.engine.clone(), typed(email, password));
        let from = SignInFrom { address: address(n), browser };
        async move { engine.sign_in(form, from).await }
    }

    /// The same from Ada's own browser.
    async fn at_home(&self, email: &str, password: &str) -> (Answer<SignedIn>, u64) {
        let from = SignInFrom { address: address(1), browser: self.ada.browser.clone() };
        waiting(&self.clock, self.engine.sign_in(typed(email, password), from)).await
    }
}

async fn replica(env: &TestEnv, clock: &Arc<ManualClock>) -> Engine {
    env.engine_with(Arc::clone(clock) as Arc<dyn Clock>, env.vault_config()).await
}

fn address(n: u32) -> IpAddr {
    IpAddr::V4((0xC633_6400 + n).into())
}

fn form(token: &Secret) -> SetUp {
    SetUp {
        token: token.clone(),
        organization: "Harbour".into(),
        name: "Ada".into(),
        email: ADA.into(),
        password: Secret::new(PASSWORD.into()),
    }
}

fn typed(email: &str, password: &str) -> SignIn {
    SignIn { email: email.into(), password: Secret::new(password.into()), next: String::new() }
}

fn is_wrong(answer: &Answer<SignedIn>) -> bool {
    answer.as_ref().is_err_and(|problem| problem.problem_of(Field::Password).is_some())
}

async fn r_brute_01_failures_alone_cost_a_growing_delay(env: TestEnv) {
    let harbour = Harbour::new(env).await;
    for _ in 0..20 {
        let (signed_in, waited) = harbour.from(5, ADA, PASSWORD).await;
        assert!(signed_in.is_ok() && waited == 0, "{signed_in:?} after {waited} s");
    }
    let mut delays = Vec::new();
    for n in 0..11 {
        // From ever other addresses, of an account that is there and of one that is not.
        for (list, email) in [(0, ADA), (1, "eve@example.com")] {
            let (answer, waited) = harbour.from(100 + 2 * n + list, email, "wrong").await;
            assert!(is_wrong(&answer), "{answer:?}");
            if list == 0 {
                delays.push(waited);
            } else {
                assert_eq!(
                    delays.last(),
                    Some(&waited),
                    "nothing tells that there is no such account"
                );
            }
        }
    }
    assert_eq!(delays, [0, 0, 0, 1, 2, 4, 8, 16, 20, 20, 20]);
    let (answer, _) = harbour.from(7, ADA, "wrong").await;
    let told = answer.unwrap_err();
    let told = told.problem_of(Field::Password).unwrap();
    assert_eq!(told, "Wrong email or password. The next try takes 20 seconds longer.");

    // Many accounts from one address cost as well.
    let mut delays = Vec::new();
    for n in 0..13 {
        let (answer, waited) = harbour.from(8, &format!("{n}@example.com"), "wrong").await;
        assert!(is_wrong(&answer), "{answer:?}");
        delays.push(waited);
    }
    assert_eq!(delays, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4]);
    let (answer, waited) = harbour.from(9, "13@example.com", "wrong").await;
    assert!(is_wrong(&answer) && waited == 0, "another address is left alone");
}

async fn r_brute_01_three_addresses_do_not_keep_an_owner_out(env: TestEnv) {
    let harbour = Harbour::new(env).await;
    for n in 0..10 {
        drop(harbour.from(n, ADA, "wrong").await);
    }
    // Three addresses have used up what costs nothing, and go on with all they have: at her account, and at
    // any other.
    for n in 0..30 {
        let (answer, waited) =
            harbour.from(100 + n % 3, &format!("{n}@example.com"), "wrong").await;
        assert!(is_wrong(&answer) && waited == 0, "{answer:?}");
    }
    let mut attack = tokio::task::JoinSet::new();
    for n in 0..60 {
        let email = if n < 57 { format!("{n}@example.org") } else { ADA.to_owned() };
        attack.spawn(harbour.begin(100 + n % 3, &email, "wrong", None));
    }
    for _ in 0..45 {
        let answer = attack.join_next().await.unwrap().unwrap();
        assert!(matches!(answer, Err(ServiceError::TooMany { seconds: 1..=21 })), "{answer:?}");
    }
    // Five of each of the three wait now, and the owner, who comes from elsewhere.
    let owner = tokio::spawn(harbour.begin(9, ADA, PASSWORD, None));
    harbour.clock.slept_on_by(16).await;
    // At her own browser she waits for nothing, and for nobody before argon2.
    let at_home = harbour.begin(1, ADA, PASSWORD, harbour.ada.browser.clone()).await;
    assert_eq!(at_home.map(|ada| ada.user), Ok(harbour.ada.user));
    assert!(!owner.is_finished());
    harbour.clock.advance(Duration::from_secs(20));
    assert_eq!(owner.await.unwrap().map(|ada| ada.user), Ok(harbour.ada.user));
    while let Some(answer) = attack.join_next().await {
        let answer = answer.unwrap();
        assert!(is_wrong(&answer), "{answer:?}");
    }
}

async fn r_brute_01_a_known_browser_has_a_budget_of_its_own(env: TestEnv) {
    let harbour = Harbour::new(env).await;
    for n in 0..10 {
        drop(harbour.from(n, ADA, "wrong").await);
    }
    let (answer, waited) = harbour.at_home(ADA, PASSWORD).await;
    assert_eq!((answer.unwrap().browser.is_none(), waited), (true, 0), "it keeps what it has");
    let mut delays = Vec::new();
    for _ in 0..5 {
        delays.push(harbour.at_home(ADA, "wrong").await.1);
    }
    assert_eq!(delays, [0, 0, 0, 1, 2], "whoever has the browser does not guess freely either");
    assert_eq!(harbour.at_home("bob@example.com", "wrong").await.1, 0);
    for _ in 0..3 {
        drop(harbour.at_home("bob@example.com", "wrong").await);
    }
    let (_, waited) = harbour.from(50, "bob@example.com", "wrong").await;
    assert_eq!(waited, 2, "it is known to Ada alone");
    // A browser is known after half a year no more; before that it is made known anew.
    harbour.clock.advance(Duration::from_hours(100 * 24));
    let renewed = harbour.at_home(ADA, PASSWORD).await.0.unwrap().browser.unwrap();
    let kept = harbour.ada.browser.as_ref().unwrap();
    assert!(renewed.expose().len() >= 43 && renewed.expose() != kept.expose());
    harbour.clock.advance(Duration::from_hours(100 * 24));
    for n in 0..10 {
        drop(harbour.from(n, ADA, "wrong").await);
    }
    assert_eq!(harbour.at_home(ADA, "wrong").await.1, 20);
    // What somebody made up is nobody's browser.
    let from = SignInFrom { address: address(60), browser: Some(Secret::new("made up".into())) };
    let work = harbour.engine.sign_in(typed(ADA, "wrong"), from);
    assert_eq!(waiting(&harbour.clock, work).await.1, 20);
}

async fn r_brute_01_budgets_hold_for_all_replicas(env: TestEnv) {
    let harbour = Harbour::new(env).await;
    for n in 0..5 {
        drop(harbour.from(n, ADA, "wrong").await);
    }
    let other = replica(&harbour.env, &harbour.clock).await;
    let from = SignInFrom { address: address(9), browser: None };
    let (answer, waited) =
        waiting(&harbour.clock, other.sign_in(typed(" Ada+x@Example.COM", "wrong"), from)).await;
    assert!(is_wrong(&answer) && waited == 4, "{answer:?} after {waited} s");
}

async fn r_brute_01_a_corrected_password_does_not_wait_twice(env: TestEnv) {
    let harbour = Harbour::new(env).await;
    for n in 0..10 {
        drop(harbour.from(n, ADA, "wrong").await);
    }
    let mistaken = tokio::spawn(harbour.begin(40, ADA, "mistaken", None));
    harbour.clock.slept_on_by(1).await;
    harbour.clock.advance(Duration::from_secs(15));
    let right = tokio::spawn(harbour.begin(40, ADA, PASSWORD, None));
    let replaced = mistaken.await.unwrap();
    assert_eq!(replaced.map(|ada| ada.user), Err(ServiceError::TooMany { seconds: 6 }));
    harbour.clock.slept_on_by(1).await;
    harbour.clock.advance(Duration::from_secs(5));
    assert!(right.await.unwrap().is_ok());
    let principal = harbour.engine.principal(harbour.ada.user).await.unwrap();
    let log = Audit::list(&harbour.engine, &principal, AuditQuery::default()).await.unwrap().rows;
    let refused = log.iter().filter(|row| row.action == AuditAction::SignInRefused).count();
    assert_eq!(refused, 10, "the password that was replaced was not looked at");
}

async fn r_brute_01_a_right_set_up_token_is_taken_after_wrong_ones(env: TestEnv) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let engine = replica(&env, &clock).await;
    env.without_people().await;
    let token = engine.set_up_link().await.unwrap().unwrap().token;
    let guess = |n: u32| {
        let (engine, guessed) = (&engine, form(&Secret::new("guessed".into())));
        async move { engine.set_up(guessed, address(n)).await.map(|ada| ada.user).unwrap_err() }
    };
    for _ in 0..10 {
        assert_eq!(guess(1).await, ServiceError::NotFound);
    }
    assert!(matches!(guess(1).await, ServiceError::TooMany { seconds: 1.. }));
    assert_eq!(guess(2).await, ServiceError::NotFound, "another address is left alone");
    let other = replica(&env, &clock).await;
    let guessed = other.set_up(form(&Secret::new("guessed".into())), address(1)).await;
    assert!(matches!(guessed, Err(ServiceError::TooMany { .. })), "on all replicas");
    clock.advance(Duration::from_secs(6));
    assert_eq!(guess(1).await, ServiceError::NotFound);
    assert!(matches!(guess(1).await, ServiceError::TooMany { .. }));
    engine.set_up(form(&token), address(1)).await.unwrap();
}

async fn r_brute_01_failures_are_forgotten(env: TestEnv) {
    let harbour = Harbour::new(env).await;
    for n in 0..12 {
        drop(harbour.from(n, ADA, "wrong").await);
    }
    assert_eq!(harbour.from(20, ADA, PASSWORD).await.1, 20);
    // Each counts for two minutes, one after the other.
    harbour.clock.advance(Duration::from_mins(11));
    assert!(harbour.from(21, ADA, PASSWORD).await.1 < 20);
    harbour.clock.advance(Duration::from_mins(14));
    assert_eq!(harbour.from(22, ADA, PASSWORD).await.1, 0);
}
