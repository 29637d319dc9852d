//! The page that explains which credential is used, and the pages of projects.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tower::ServiceExt;

use super::{
    fake::{self, Fake, SECRET},
    page, send, site,
};

#[tokio::test]
async fn the_winner_and_the_losers_are_told() {
    let fake = Fake::signed_in();
    let (status, html) = page(&fake, "/credentials/explain").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("How it is chosen") && !html.contains("is used</h2>"), "{html}");
    assert!(html.contains("always used"), "an explicit choice wins: {html}");
    let path = "/credentials/explain?url=oci%3A%2F%2Fghcr.io%2Facme&purpose=image";
    let (_, html) = page(&fake, path).await;
    for words in [
        "ghcr-prod</a>",
        "its name comes later in the alphabet",
        "^oci://ghcr\\.io/",
        "All projects",
        "value=\"oci://ghcr.io/acme\"",
        "<option value=\"image\" selected>",
        "2 credentials with a pattern",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("style="), "{html}");
}

#[tokio::test]
async fn r_cred_05_a_secret_in_a_pasted_url_does_not_stay_in_the_address() {
    let fake = Fake::signed_in();
    for (typed, kept) in [
        (
            format!("https%3A%2F%2Fada%3A{SECRET}%40ghcr.io%2Fa"),
            "/credentials/explain?url=https%3A%2F%2Fghcr.io%2Fa",
        ),
        (
            format!("https%3A%2F%2Fghcr.io%2Fa%3Ftoken%3D{SECRET}"),
            "/credentials/explain?url=https%3A%2F%2Fghcr.io%2Fa",
        ),
        (format!("https%3A%2F%2Fada%3A12%2F{SECRET}%40ghcr.io"), "/credentials/explain"),
    ] {
        let path = format!("/credentials/explain?url={typed}");
        let request = Request::get(&path).body(Body::empty()).unwrap();
        let response = site(&fake).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(response.headers()[header::LOCATION], kept);
        assert!(!super::text(response).await.contains(SECRET), "{path}");
    }
}

#[tokio::test]
async fn projects_are_listed_added_renamed_and_deleted() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, "/settings/projects").await;
    for words in ["Actions for Shop", "Add a project", "2 projects", "aria-current=\"page\""] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let own = format!("/settings/projects/{}", fake::ID);
    let (_, html) = page(&fake, &own).await;
    for words in [
        "id=\"rename-title\">Name and sharing",
        "value=\"Default\"",
        "acme charts",
        "ghcr-prod",
        &format!("/charts/repositories?project={}", fake::ID),
        &format!("/credentials?project={}", fake::ID),
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let (_, html) = page(&fake, &format!("{own}/delete")).await;
    assert!(
        html.contains("The default project takes") && !html.contains("projects/delete\""),
        "{html}"
    );
    let (status, _) = page(&fake, "/settings/projects/0190b0a0-0000-7000-8000-0000000000ff").await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    let body = format!("from=%2Fsettings%2Fprojects&project={}&name=x", fake::ID);
    let response = send(&fake, "/actions/projects/save", "text/html", &body).await;
    assert_eq!(response.headers()[header::LOCATION], own.as_str());
    let body = format!("from=%2Fsettings%2Fprojects&project={}", fake::ID);
    send(&fake, "/actions/projects/delete", "text/html", &body).await;
    let (_, html) = page(&fake, "/settings/projects").await;
    assert!(
        html.contains("It is still in use.") && html.contains("<li>acme charts</li>"),
        "{html}"
    );
}
