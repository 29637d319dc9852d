//! The search page and what the palette shows: found, nothing found, and what cannot be searched for.

use std::sync::Arc;

use axum::http::StatusCode;
use domain::Role;

use super::{
    fake::{self, Fake},
    page,
};

#[tokio::test]
async fn every_kind_is_found_with_what_can_be_done_with_it() {
    let fake = Fake::signed_in();
    let (status, html) = page(&fake, "/search?q=char").await;
    assert_eq!(status, StatusCode::OK);
    let id = fake::ID;
    for href in [
        format!("/credentials/{id}"),
        format!("/credentials/{id}?tab=versions#field-password"),
        format!("/charts/repositories/{id}"),
        "/charts/repositories?search=char".to_owned(),
        format!("/charts/catalog/{id}"),
        format!("/gitops/exports/{id}"),
        format!("/gitops/targets/{id}"),
        format!("/gitops/clusters/{id}"),
        format!("/settings/projects/{id}"),
        "/charts/catalog".to_owned(),
    ] {
        assert!(html.contains(&format!("href=\"{href}\"")), "{href}: {html}");
    }
    assert!(html.contains("char &lt;b&gt;") && html.contains("Failing · oci://"), "{html}");
    assert!(html.contains("value=\"char\""), "what was typed stays: {html}");
}

#[tokio::test]
async fn a_pasted_url_can_be_explained_and_added() {
    let fake = Fake::signed_in();
    let url = "https%3A%2F%2Fme%3Ahunter2%40charts.acme.io%2Fstable";
    let (_, html) = page(&fake, &format!("/search?q={url}")).await;
    assert!(html.contains("href=\"/credentials/explain?url="), "{html}");
    assert!(html.contains("href=\"/charts/repositories/new?url="), "{html}");
    assert!(!html.contains("hunter2"), "a password in a URL is nobody's to see: {html}");
    let viewer = Arc::new(Fake::of(Role::Viewer));
    let (_, html) = page(&viewer, &format!("/search?q={url}")).await;
    assert!(html.contains("Explain this URL") && !html.contains("Add this repository"), "{html}");
    assert!(!html.contains("#field-password") && !html.contains("Add a credential"), "{html}");
}

#[tokio::test]
async fn what_cannot_be_found_is_answered_clearly() {
    let fake = Arc::new(Fake { is_empty: true, ..Fake::of(Role::Owner) });
    for (typed, words) in [
        (String::new(), "Type the beginning of a name, paste a URL, or choose a page."),
        ("%20%20".to_owned(), "Type the beginning of a name"),
        ("x".repeat(10_240), "That is longer than any name."),
        (
            "%3Cscript%3Ealert(1)%3C%2Fscript%3E".to_owned(),
            "begin with “&lt;script&gt;alert(1)&lt;/script&gt;”",
        ),
        ("%E6%94%AF%E6%89%95%E3%81%84".to_owned(), "begin with “支払い”"),
        ("%25".to_owned(), "begin with “%”"),
    ] {
        let (status, html) = page(&fake, &format!("/search?q={typed}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(html.contains(words), "{words}: {html}");
        assert!(!html.contains("<script>alert") && !html.contains(&"x".repeat(2_000)), "{html}");
    }
    let (_, html) = page(&fake, "/search").await;
    assert!(html.contains("Audit log") && html.contains("Add a credential"), "{html}");
}
