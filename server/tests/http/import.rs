//! Import of a file over HTTP: no answer holds a secret of it, and what cannot be read is told.

use axum::body::Body;
use http::{Method, StatusCode, header};

use crate::asking::{Answer, Hawser, multipart};

const SECRET: &str = "canary-7f3a";

async fn send(hawser: &Hawser, cookie: &str, file: &str, previewed: &str) -> Answer {
    let (kind, body) = multipart(file, previewed);
    let request = hawser
        .request(Method::POST, "/actions/import")
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, &hawser.public)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, kind)
        .header(header::COOKIE, cookie);
    let answer = hawser.send(request.body(Body::from(body)).unwrap()).await;
    assert!(!answer.text.contains("canary"), "{}", answer.text);
    assert!(!format!("{:?}", answer.headers).contains("canary"));
    answer
}

fn fingerprint(page: &str) -> &str {
    let rest = page.split("name=\"previewed\" value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn no_answer_to_a_file_holds_a_secret_of_it() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    let page = hawser.page("/import", &cookie).await;
    assert!(page.text.contains("enctype=\"multipart/form-data\""), "{}", page.text);
    let file = format!(
        "name,url,username,password\n<b>acme</b>,https://charts.example.com/acme,robot,{SECRET}\n"
    );
    let preview = send(&hawser, &cookie, &file, "").await;
    assert_eq!(preview.status, StatusCode::OK);
    for told in
        ["&lt;b&gt;acme", "charts.example.com", "New credential and repository", "Import 1 row"]
    {
        assert!(preview.text.contains(told), "{told}: {}", preview.text);
    }
    assert!(!preview.text.contains("<b>acme"), "{}", preview.text);

    let before = fingerprint(&preview.text).to_owned();
    let other = send(&hawser, &cookie, &format!("{file}\n"), &before).await;
    assert!(other.text.contains("This is another file"), "{}", other.text);

    // Vault is not there, and the row says so without a word of the file.
    let begun = send(&hawser, &cookie, &file, &before).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER);
    assert!(begun.header("location").starts_with("/bulk/"), "{}", begun.header("location"));
    let run = hawser.page(begun.header("location"), &cookie).await;
    assert_eq!(run.status, StatusCode::OK);
    assert!(!run.text.contains("canary"), "{}", run.text);
}

#[tokio::test]
async fn a_file_that_cannot_be_imported_is_told_in_a_sentence() {
    let hawser = Hawser::start().await;
    let cookie = hawser.set_up().await;
    for (file, told) in [
        ("", "This file is empty."),
        ("{\"auths\": canary", "look at line 1"),
        ("canary,canary\n", "Column 1 is not known"),
        ("name;url\n", "There is nothing in this file"),
    ] {
        let answer = send(&hawser, &cookie, file, "").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{file}");
        assert!(answer.text.contains(told), "{file}: {}", answer.text);
    }
    for bytes in [server::web::UPLOAD_BYTES, 10 << 20] {
        let answer = send(&hawser, &cookie, &"x".repeat(bytes), "").await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{bytes}");
    }
    let stranger = send(&hawser, "", "name,url\n", "").await;
    assert!(stranger.header("location").starts_with("/sign-in"), "{:?}", stranger.headers);
    let urlencoded = hawser.form("/actions/import", &cookie, &[("file", "a")]).await;
    assert_eq!(urlencoded.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
