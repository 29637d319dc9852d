//! Sessions and their cookies.

use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode, header};
use server::web::{ABSOLUTE, IDLE};
use tower_sessions::SessionStore as _;

use crate::asking::{Hawser, PASSWORD, Scheme};

#[tokio::test]
async fn a_visitor_without_anything_to_remember_gets_no_cookie() {
    let hawser = Hawser::start().await;
    for path in ["/sign-in", "/credentials", "/nothing", "/healthz"] {
        assert_eq!(hawser.page(path, "").await.cookie(), None, "{path}");
    }
    // An id that somebody made up is not adopted.
    let answer = hawser.page("/sign-in", "hawser=AAAAAAAAAAAAAAAAAAAAAA").await;
    assert!(!answer.header("set-cookie").contains("AAAAAAAA"), "{:?}", answer.headers);
}

#[tokio::test]
async fn the_cookie_is_bound_to_this_host() {
    for (scheme, begins, secure) in
        [(Scheme::Http, "hawser=", false), (Scheme::Https, "__Host-hawser=", true)]
    {
        let hawser = Hawser::start_with(scheme).await;
        let link = hawser.engine.set_up_link().await.unwrap().unwrap();
        let fields = [
            ("token", link.token.expose()),
            ("organization", "A"),
            ("name", "Ada"),
            ("email", "a@b.c"),
            ("password", PASSWORD),
        ];
        let answer = hawser.form("/actions/set-up", "", &fields).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with(begins), "{cookie}");
        for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        let value = answer.cookie().unwrap().split_once('=').unwrap().1.len();
        assert_eq!(value, 22, "128 bits");
    }
}

#[tokio::test]
async fn r_sess_01_signing_in_and_out_changes_the_id() {
    let hawser = Hawser::start().await;
    let first = hawser.set_up().await;
    let fields = [("email", "ada@example.com"), ("password", PASSWORD)];
    let second = hawser.form("/actions/sign-in", &first, &fields).await.cookie().unwrap();
    assert_ne!(first, second);
    assert!(!hawser.knows(&first).await, "the id from before signing in is dead");
    assert!(hawser.knows(&second).await);

    let out = hawser.form("/actions/sign-out", &second, &[]).await;
    assert_eq!((out.status, out.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(out.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(!hawser.knows(&second).await);
    // The message about signing out is kept under an id of its own.
    assert_ne!(out.cookie(), Some(second));
}

#[tokio::test]
async fn a_removed_host_cookie_is_removed_in_browsers_too() {
    let hawser = Hawser::start_with(Scheme::Https).await;
    let answer = hawser.page("/sign-in", "__Host-hawser=AAAAAAAAAAAAAAAAAAAAAA").await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-hawser=;")
            && cookie.contains("; Secure")
            && cookie.contains("Max-Age=0"),
        "{cookie}"
    );
}

#[tokio::test]
async fn r_sess_02_a_request_under_way_does_not_bring_a_session_back() {
    let hawser = Hawser::start().await;
    let user = hawser.user_of(&hawser.set_up().await).await;
    for round in 0..200 {
        let cookie = hawser.session_of(user).await;
        // Refused with a message that is kept in the session, so the session is saved at its end.
        let slow = async {
            for _ in 0..round % 20 {
                tokio::task::yield_now().await;
            }
            hawser.form("/actions/credentials/create", &cookie, &[("provider", "nonsense")]).await
        };
        let (slow, _) = tokio::join!(slow, hawser.form("/actions/sign-out", &cookie, &[]));
        assert!(!hawser.knows(&cookie).await, "round {round}: the session came back");
        if let Some(other) = slow.cookie() {
            assert!(
                !hawser.knows(&other).await,
                "round {round}: the session lives on under another id"
            );
        }
    }
}

#[tokio::test]
async fn r_sess_03_sessions_end_by_themselves() {
    let hawser = Hawser::start().await;
    let user = hawser.user_of(&hawser.set_up().await).await;
    let cookie = hawser.session_of(user).await;
    hawser.clock.advance(IDLE.saturating_sub(Duration::from_mins(1)));
    assert!(hawser.knows(&cookie).await, "a request keeps it alive");
    hawser.clock.advance(IDLE.saturating_sub(Duration::from_mins(1)));
    assert!(hawser.knows(&cookie).await);
    hawser.clock.advance(IDLE + Duration::from_secs(1));
    assert!(!hawser.knows(&cookie).await, "idle for twelve hours");

    let cookie = hawser.session_of(user).await;
    let mut age = Duration::ZERO;
    while age + IDLE / 2 < ABSOLUTE {
        hawser.clock.advance(IDLE / 2);
        age += IDLE / 2;
        assert!(hawser.knows(&cookie).await, "{age:?}");
    }
    hawser.clock.advance(IDLE / 2);
    assert!(!hawser.knows(&cookie).await, "seven days old");
    hawser.sessions.tidy().await.unwrap();
}

#[tokio::test]
async fn many_cookies_of_one_name_are_no_way_in() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    let request = hawser
        .request(Method::POST, "/actions/sign-out")
        .header(header::COOKIE, "a=b")
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let status = hawser.send(request.body(Body::empty()).unwrap()).await.status;
    assert_eq!(status, StatusCode::FORBIDDEN, "a cookie in a second header counts");
}

#[tokio::test]
async fn a_page_that_only_reads_does_not_wait_for_the_writer() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    // It says what the set-up left to say, so that the next page only reads.
    assert!(hawser.knows(&cookie).await);
    let writer = hawser.db.begin().await.unwrap();
    hawser.clock.advance(Duration::from_mins(5));
    assert!(hawser.knows(&cookie).await, "its use cannot be noted now");
    drop(writer);
    // With a writer it is noted again.
    hawser.clock.advance(Duration::from_mins(5));
    let id = cookie.split_once('=').unwrap().1.parse().unwrap();
    let ends = async || hawser.sessions.load(&id).await.unwrap().unwrap().expiry_date;
    let before = ends().await;
    while ends().await == before {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn r_brute_01_a_browser_that_signed_in_is_known_by_a_cookie_of_its_own() {
    let hawser = Hawser::start_with(Scheme::Https).await;
    hawser.set_up().await;
    let sign_in = |cookie: String, password: &'static str| {
        let hawser = &hawser;
        async move {
            let fields = [("email", "ada@example.com"), ("password", password)];
            hawser.form("/actions/sign-in", &cookie, &fields).await
        }
    };
    let answer = sign_in(String::new(), PASSWORD).await;
    let cookies: Vec<_> =
        answer.headers.get_all("set-cookie").iter().map(|one| one.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2);
    assert!(cookies[0].starts_with("__Host-hawser="), "{cookies:?}");
    let known = cookies[1];
    for part in ["__Host-hawser-known=", "; HttpOnly", "; SameSite=Strict", "; Path=/", "; Secure"]
    {
        assert!(known.contains(part), "{part} in {known}");
    }
    let known = known.split(';').next().unwrap().to_owned();
    // Strangers fail until an answer has to wait.
    for _ in 0..3 {
        assert_eq!(sign_in(String::new(), "wrong").await.status, StatusCode::SEE_OTHER);
    }
    let again = sign_in(known, PASSWORD).await;
    assert_eq!(again.headers.get_all("set-cookie").iter().count(), 1, "it is known already");
    let other = sign_in("__Host-hawser-known=made-up".to_owned(), PASSWORD);
    let (other, ()) = tokio::join!(other, async {
        hawser.clock.slept_on_by(1).await;
        hawser.clock.advance(Duration::from_secs(1));
    });
    assert_eq!(other.headers.get_all("set-cookie").iter().count(), 2);
}
