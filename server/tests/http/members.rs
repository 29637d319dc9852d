//! The way of an invitation over HTTP: the link, the cookie, the account, the membership.

use http::{Method, StatusCode, header};

use crate::asking::{Answer, Hawser, PASSWORD};

async fn link(hawser: &Hawser, owner: &str, email: &str) -> String {
    let fields = [("email", email), ("role", "editor")];
    let answer = hawser.form("/actions/members/invite", owner, &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert!(answer.header("cache-control").contains("no-transform"));
    let (_, rest) = answer.text.split_once("/invitations/").unwrap();
    rest.split(['<', '"', '&']).next().unwrap().to_owned()
}

/// Opens a link; answers the cookie that it left.
async fn open(hawser: &Hawser, token: &str) -> String {
    let path = format!("/invitations/{token}");
    let answer = hawser.page(&path, "").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/invitation"));
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax; Path=/; Max-Age=1800"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

async fn sign_up(hawser: &Hawser, cookie: &str, email: &str) -> Answer {
    let fields = [("name", "Bob"), ("email", email), ("password", PASSWORD)];
    hawser.form("/actions/sign-up", cookie, &fields).await
}

fn session(answer: &Answer) -> String {
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut cookies = cookies.map(|it| it.to_str().unwrap().split(';').next().unwrap());
    cookies.find(|it| it.starts_with("hawser=")).unwrap().to_owned()
}

#[tokio::test]
async fn an_invited_person_signs_up_waits_and_works() {
    let hawser = Hawser::start().await;
    let owner = hawser.set_up().await;
    let token = link(&hawser, &owner, "bob@example.com").await;
    let cookie = open(&hawser, &token).await;
    let page = hawser.page("/invitation", &cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Join Harbour") && page.text.contains("bob@example.com"));
    let answer = sign_up(&hawser, &cookie, "bob@example.com").await;
    assert_eq!(answer.header("location"), "/sign-in", "{}", answer.text);
    let bob = session(&answer);
    let waits = hawser.page("/sign-in", &bob).await;
    assert!(waits.text.contains("You are in no organization"), "{}", waits.text);
    assert_eq!(hawser.page("/credentials", &bob).await.status, StatusCode::SEE_OTHER);
    let members = hawser.page("/settings/members", &owner).await.text;
    let id = members.split("name=\"invitation\" value=\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap();
    hawser.form("/actions/members/confirm", &owner, &[("invitation", id)]).await;
    assert_eq!(hawser.page("/credentials", &bob).await.status, StatusCode::OK);
    assert_eq!(hawser.page("/credentials/new", &bob).await.status, StatusCode::FORBIDDEN);
    let seen = hawser.page("/settings/members", &bob).await.text;
    assert!(seen.contains("Bob") && !seen.contains("ada@example.com"), "{seen}");
}

#[tokio::test]
async fn a_link_that_does_not_count_is_answered_like_one_that_never_was() {
    let hawser = Hawser::start().await;
    let owner = hawser.set_up().await;
    let page = async |cookie: &str| {
        let answer = hawser.page("/invitation", cookie).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        let nonce = answer.text.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
        answer.text.replace(nonce, "")
    };
    let unknown = page("").await;
    assert!(unknown.contains("Ask whoever sent it for a new one."), "{unknown}");
    let used = open(&hawser, &link(&hawser, &owner, "bob@example.com").await).await;
    sign_up(&hawser, &used, "bob@example.com").await;
    let expired = open(&hawser, &link(&hawser, &owner, "cem@example.com").await).await;
    hawser.sql("update invitations set expires_at = 1 where email = 'cem@example.com'").await;
    let revoked = open(&hawser, &link(&hawser, &owner, "dora@example.com").await).await;
    hawser.sql("update invitations set state = 'revoked' where email = 'dora@example.com'").await;
    let void = open(&hawser, &link(&hawser, &owner, "eve@example.com").await).await;
    hawser.sql("update invitations set state = 'void' where email = 'eve@example.com'").await;
    let guessed = "hawser-invitation=q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA".to_owned();
    for cookie in [used, expired, revoked, void, guessed] {
        assert_eq!(page(&cookie).await, unknown);
        let answer = sign_up(&hawser, &cookie, "fay@example.com").await;
        assert_eq!(answer.header("set-cookie"), "", "nobody is signed in");
    }
}

#[tokio::test]
async fn what_is_no_token_is_not_kept_and_looking_changes_nothing() {
    let hawser = Hawser::start().await;
    let owner = hawser.set_up().await;
    let token = link(&hawser, &owner, "bob@example.com").await;
    let odd = hawser.page("/invitations/a%3B%20Domain%3Devil.example", "").await;
    assert!(odd.header("set-cookie").starts_with("hawser-invitation=;"));
    // A HEAD of a chat program or mail scanner uses nothing up.
    let request = hawser.request(Method::HEAD, &format!("/invitations/{token}"));
    hawser.send(request.body(axum::body::Body::empty()).unwrap()).await;
    let cookie = open(&hawser, &token).await;
    assert_eq!(hawser.page("/invitation", &cookie).await.status, StatusCode::OK);
    let declined = hawser.form("/actions/invitation/decline", &cookie, &[]).await;
    assert_eq!(declined.header("location"), "/sign-in", "{}", declined.text);
    assert_eq!(hawser.page("/invitation", &cookie).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_last_owner_cannot_leave() {
    let hawser = Hawser::start().await;
    let owner = hawser.set_up().await;
    let answer = hawser.form("/actions/members/leave", &owner, &[]).await;
    let page = hawser.page(answer.header("location"), &owner).await;
    assert!(page.text.contains("only active owner"), "{}", page.text);
    assert!(hawser.knows(&owner).await);
}
