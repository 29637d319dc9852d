//! One's own account: the password and the sessions.

use http::StatusCode;

use crate::asking::{Hawser, PASSWORD};

const NEW: &str = "another correct horse";

async fn sign_in(hawser: &Hawser, password: &str) -> Option<String> {
    let fields = [("email", "ada@example.com"), ("password", password)];
    let cookie = hawser.form("/actions/sign-in", "", &fields).await.cookie()?;
    hawser.knows(&cookie).await.then_some(cookie)
}

#[tokio::test]
async fn a_person_sees_their_sessions_and_ends_them() {
    let hawser = Hawser::start().await;
    let first = hawser.set_up().await;
    let second = sign_in(&hawser, PASSWORD).await.unwrap();
    let page = hawser.page("/account/sessions", &first).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text.matches("name=\"session\"").count(), 1, "the other one can be ended");
    assert!(page.text.contains("This session") && page.text.contains("End all other sessions"));
    let key = page.text.split("name=\"session\" value=\"").nth(1).unwrap();
    let key = key.split('"').next().unwrap();
    let answer = hawser.form("/actions/account/end-session", &first, &[("session", key)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(!hawser.knows(&second).await, "the other session has ended");
    assert!(hawser.knows(&first).await, "this one has not");
    let again = hawser.form("/actions/account/end-session", &first, &[("session", key)]).await;
    assert_ne!(again.header("location"), "/account/sessions", "{}", again.text);
}

#[tokio::test]
async fn all_other_sessions_end_at_once() {
    let hawser = Hawser::start().await;
    let this = hawser.set_up().await;
    let others =
        [sign_in(&hawser, PASSWORD).await.unwrap(), sign_in(&hawser, PASSWORD).await.unwrap()];
    hawser.form("/actions/account/end-other-sessions", &this, &[]).await;
    for other in &others {
        assert!(!hawser.knows(other).await);
    }
    assert!(hawser.page("/account/sessions", &this).await.text.contains("2 other sessions ended."));
}

#[tokio::test]
async fn a_new_password_takes_the_old_one_and_ends_every_other_session() {
    let hawser = Hawser::start().await;
    let this = hawser.set_up().await;
    let other = sign_in(&hawser, PASSWORD).await.unwrap();
    let change = async |current: &str, new: &str| {
        let fields = [("current", current), ("password", new)];
        hawser.form("/actions/account/password", &this, &fields).await
    };
    for (current, new) in
        [("not the password", NEW), (PASSWORD, "short"), (PASSWORD, PASSWORD), ("", NEW)]
    {
        change(current, new).await;
        assert!(hawser.knows(&other).await, "{current}, {new}: nothing has changed");
    }
    let answer = change(PASSWORD, NEW).await;
    assert_eq!(answer.header("location"), "/account", "{}", answer.text);
    let next = answer.cookie().unwrap();
    assert!(hawser.knows(&next).await, "the person stays signed in, under another id (R-SESS-01)");
    assert!(!hawser.knows(&this).await && !hawser.knows(&other).await);
    assert_eq!(sign_in(&hawser, PASSWORD).await, None, "the old password is none");
    assert!(sign_in(&hawser, NEW).await.is_some());
}
