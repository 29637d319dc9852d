//! Rights that go while a request is on its way.

use http::StatusCode;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::asking::{HOST, Hawser, encoded};

/// Sends a form in two halves: `between` happens when the server knows who asks and waits for the rest.
async fn in_halves(hawser: &Hawser, cookie: &str, between: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_, routes) = watch::channel(hawser.router.clone());
    tokio::spawn(server::serve(listener, routes, hawser.stop.subscribe()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let body = encoded(&[("name", "trickled")]);
    let (first, rest) = body.split_at(body.len() / 2);
    let head = format!(
        "POST /actions/projects/save HTTP/1.1\r\nHost: {HOST}\r\nOrigin: {}\r\nAccept: application/json\r\n\
         Sec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\nExpect: 100-continue\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        hawser.public,
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server says so when it begins to read the body, which is after it recognized the person.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(first.as_bytes()).await.unwrap();
    if !between.is_empty() {
        hawser.sql(between).await;
    }
    stream.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_authz_07_a_body_that_trickles_in_after_the_right_is_gone_does_nothing() {
    for loss in [
        "delete from members",
        "update members set role = 'viewer'",
        "update users set password_hash = 'another'",
    ] {
        let hawser = Hawser::start().await;
        let cookie = hawser.set_up().await;
        let answer = in_halves(&hawser, &cookie, loss).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{loss}: {answer}");
        assert!(answer.contains("no longer allowed"), "{loss}: {answer}");
        hawser.sql("delete from members").await;
        hawser
            .sql(
                "insert into members (organization_id, user_id, role, created_at)
                 select o.id, u.id, 'owner', 7 from organizations o, users u",
            )
            .await;
        let page = hawser.page("/settings/projects", &cookie).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("trickled"), "{loss}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_trickles_in_is_taken_while_the_right_is_there() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    let answer = in_halves(&hawser, &cookie, "").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(hawser.page("/settings/projects", &cookie).await.text.contains("trickled"));
}
