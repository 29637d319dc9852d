//! Connection tests and notices: what the script is given, what stands on the page without it, and
//! what of a form is kept.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use domain::Role;

use super::{
    fake::{self, Fake, SECRET},
    page, send, text,
};

fn typed(form: &str, from: &str) -> String {
    format!(
        "form={form}&from={from}&url=https%3A%2F%2Fghcr.io%2Facme&provider=ghcr&name=kept&username=ada&password={SECRET}&ca=-----BEGIN+PRIVATE+KEY-----{SECRET}&environment=production"
    )
}

#[tokio::test]
async fn the_script_gets_the_result_and_the_session_nothing() {
    let fake = Fake::signed_in();
    let body = typed("repository-add", "%2Fcharts%2Frepositories%2Fnew");
    let path = "/actions/connections/test-form";
    let answer = send(&fake, path, "application/json", &body).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: serde_json::Value = serde_json::from_str(&text(answer).await).unwrap();
    let html = answer["tested"].as_str().unwrap();
    for words in ["Nothing was stored.", "data-stage=\"Login\"", "#field-credential", "CN=Acme CA"]
    {
        assert!(html.contains(words), "{words}: {html}");
    }
    let (_, html) = page(&fake, "/charts/repositories/new").await;
    assert!(!html.contains("data-stage") && !html.contains("value=\"kept\""), "{html}");
}

#[tokio::test]
async fn without_the_script_the_page_shows_the_result_and_what_was_typed() {
    for (form, from, encoded) in [
        ("repository-add", "/charts/repositories/new", "%2Fcharts%2Frepositories%2Fnew"),
        (
            "credential-create",
            "/credentials/new?provider=ghcr&shape=password",
            "%2Fcredentials%2Fnew%3Fprovider%3Dghcr%26shape%3Dpassword",
        ),
    ] {
        let fake = Fake::signed_in();
        let body = typed(form, encoded);
        let answer = send(&fake, "/actions/connections/test-form", "text/html", &body).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let next = format!("{from}#{form}-tests");
        assert_eq!(answer.headers()[header::LOCATION], next.as_str());
        let (_, html) = page(&fake, from).await;
        for words in
            ["data-stage=\"Login\"", "Nothing was stored.", "value=\"kept\"", "type it again"]
        {
            assert!(html.contains(words), "{form} {words}: {html}");
        }
        assert!(!html.contains(SECRET), "{form}: {html}");
        let (_, html) = page(&fake, from).await;
        assert!(!html.contains("data-stage"), "shown once: {html}");
    }
}

#[tokio::test]
async fn what_is_stored_is_tested_where_it_stands() {
    let id = fake::ID;
    let path = format!("/charts/repositories/{id}?tab=connection");
    let fake = Fake::signed_in();
    let body = format!(
        "from=%2Fcharts%2Frepositories%2F{id}%3Ftab%3Dconnection&repository={id}&credential={id}"
    );
    send(&fake, "/actions/connections/test-repository", "text/html", &body).await;
    let (status, html) = page(&fake, &path).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("Test failed at Login."), "{html}");
    assert!(
        html.contains(&format!("href=\"/credentials/{id}?tab=versions#field-password\"")),
        "{html}"
    );
    let refused =
        send(&fake, "/actions/connections/test-credential", "application/json", "credential=x")
            .await;
    assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    let stranger = Fake::stranger();
    for path in ["test-form", "test-credential", "test-repository"] {
        let path = format!("/actions/connections/{path}");
        let answer = send(&stranger, &path, "application/json", "").await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn a_repository_shows_where_it_belongs_and_what_does_not_go_together() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let path = format!("/charts/repositories/{id}");
    let (_, html) = page(&fake, &format!("{path}?tab=settings")).await;
    for words in ["Automatic: the one that matches the URL", "Certificates and proxy", "Shop"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let (_, html) = page(&fake, &format!("{path}?tab=charts")).await;
    assert!(html.contains("nginx") && !html.contains(">Repository</th>"), "{html}");
    let (_, html) = page(&fake, &path).await;
    for words in [
        "made for development",
        "Selected manually",
        "Value delivered by prod-argo",
        "Could not list the tags at ghcr.io.",
        "3 tags that are no versions, 1 entry without a name",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let (_, html) = page(&fake, "/charts/repositories").await;
    assert!(html.contains("Development credential"), "{html}");
    let (_, html) = page(&fake, "/charts/repositories/new?credential=automatic&proxy=egress").await;
    assert!(html.contains("<option value=\"automatic\" selected>"), "{html}");
    assert!(
        html.contains("value=\"egress\"") && html.contains("<details open class=\"more\""),
        "{html}"
    );
}

#[tokio::test]
async fn who_may_not_choose_a_carried_credential_is_told_before() {
    for (role, told) in [(Role::Admin, false), (Role::Editor, true)] {
        let fake = Arc::new(Fake::of(role));
        let (_, html) =
            page(&fake, &format!("/charts/repositories/{}?tab=settings", fake::ID)).await;
        let words = "Its value goes to clusters with prod-argo, so only people who manage exports";
        assert_eq!(html.contains(words), told, "{role:?}: {html}");
    }
}

#[tokio::test]
async fn notices_are_listed_and_the_webhook_is_set() {
    let fake = Fake::signed_in();
    let path = "/settings/notices";
    let (status, html) = page(&fake, path).await;
    assert_eq!(status, StatusCode::OK);
    for words in [
        "ghcr-prod",
        "Sent",
        "2 notices open",
        "Branch is protected",
        "git_target_fails",
        "Cluster refused the object",
        ". Over since",
        "value=\"https://hooks.example.com/hawser\"",
        "credential_expires",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    send(&fake, "/actions/notices/webhook", "text/html", "webhook=").await;
    let (_, html) = page(&fake, path).await;
    assert!(html.contains("Saved. Notices stay in Hawser."), "{html}");
}
