//! Two people, one form: what differs is told, and only who saw it saves over it.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use domain::Role;

use super::{
    fake::{self, Fake, SECRET},
    page, send, text,
};

fn overtaken() -> Arc<Fake> {
    Arc::new(Fake { is_overtaken: true, ..Fake::of(Role::Owner) })
}

/// The page of a form, what it sends to where, and what it is told to differ.
fn forms() -> Vec<(String, &'static str, String, &'static str)> {
    let id = fake::ID;
    let of = |path: &str| format!("{path}/{id}?tab=settings");
    vec![
        (
            of("/gitops/targets"),
            "/actions/gitops/targets/save",
            format!("target={id}&name=prod&folder=typed-by-me&mode=direct&exports%5B%5D={id}"),
            ">Folder</a>: now <strong class=\"url\">clusters/prod</strong>, yours <strong class=\"url\">typed-by-me</strong>",
        ),
        (
            of("/gitops/clusters"),
            "/actions/gitops/clusters/save",
            format!("cluster={id}&credential={id}&name=typed-by-me"),
            ">Name</a>: now <strong class=\"url\">prod-eu</strong>, yours <strong class=\"url\">typed-by-me</strong>",
        ),
        (
            of("/gitops/exports"),
            "/actions/gitops/exports/save",
            format!("export={id}&consumer=argo_cd&name=typed-by-me"),
            ">Name</a>: now <strong class=\"url\">argocd-prod</strong>, yours <strong class=\"url\">typed-by-me</strong>",
        ),
        (
            of("/charts/repositories"),
            "/actions/repositories/edit",
            format!("repository={id}&name=acme&url=oci%3A%2F%2Fghcr.io%2Facme&interval=0"),
            "yours <strong class=\"url\">Manual</strong>",
        ),
        (
            format!("/credentials/{id}?tab=versions"),
            "/actions/credentials/update",
            format!("credential={id}&username=typed-by-me&password={SECRET}"),
            "yours <strong class=\"url\">typed-by-me</strong>",
        ),
        (
            of("/credentials"),
            "/actions/credentials/describe",
            format!("credential={id}&name=typed-by-me"),
            "yours <strong class=\"url\">typed-by-me</strong>",
        ),
        (
            of("/credentials"),
            "/actions/credentials/place",
            format!("credential={id}&environment=staging"),
            "yours <strong class=\"url\">Staging</strong>",
        ),
    ]
}

fn encoded(path: &str) -> String {
    url::form_urlencoded::byte_serialize(path.as_bytes()).collect()
}

/// The versions in the form that `action` gets: the one that was seen, and the one to save over.
fn versions(html: &str, action: &str) -> (String, String) {
    let form = html.split(&format!("action=\"{action}\"")).nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    let of = |name: &str| {
        let rest = form.split(&format!("name=\"{name}\" value=\"")).nth(1);
        rest.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    };
    (of("row_version"), of("over"))
}

#[tokio::test]
async fn every_form_with_a_version_tells_what_differs() {
    for (path, action, typed, difference) in forms() {
        let fake = overtaken();
        let from = encoded(&path);
        let body = format!("from={from}&row_version=1&{typed}");
        let answer = send(&fake, action, "text/html", &body).await;
        assert_eq!(answer.headers()[header::LOCATION], path.as_str());
        let (_, html) = page(&fake, &path).await;
        for words in ["Grace changed this meanwhile", "Save mine anyway", difference] {
            assert!(html.contains(words), "{action} {words}: {html}");
        }
        let current = format!("<a href=\"{path}\" class=\"button quiet\">Load the current values");
        assert!(html.contains(&current), "{action}: {html}");
        assert!(!html.contains(SECRET), "{action}: {html}");
        let (seen, newest) = versions(&html, action);
        assert_eq!(seen, "1", "an ordinary save is refused again: {action}");
        assert!(newest.parse::<i64>().unwrap() > 1, "{action}");
        // The script gets the refusal, and the same words from the page.
        let answer = send(&fake, action, "application/json", &body).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        assert!(text(answer).await.contains("stale"));
        let (_, again) = page(&fake, &path).await;
        assert!(again.contains(difference), "{action}: {again}");
        // What nobody overtook shows none of it.
        let (_, html) = page(&fake, &path).await;
        assert!(!html.contains("Save mine anyway"), "{action}: {html}");
        let body = format!("{body}&over={newest}");
        let answer = send(&fake, action, "application/json", &body).await;
        assert!(answer.status() != StatusCode::CONFLICT, "{action}");
    }
}

#[tokio::test]
async fn what_is_empty_now_differs_too() {
    let fake = overtaken();
    let id = fake::ID;
    let body = format!(
        "from=%2Fgitops%2Fexports%2F{id}%3Ftab%3Dsettings&export={id}&row_version=1&consumer=argo_cd&name=argocd-prod&argo_project=mine"
    );
    send(&fake, "/actions/gitops/exports/save", "text/html", &body).await;
    let (_, html) = page(&fake, &format!("/gitops/exports/{id}?tab=settings")).await;
    let told = ": now <em>empty</em>, yours <strong class=\"url\">mine</strong>";
    assert!(html.contains(told), "{html}");
}

#[tokio::test]
async fn a_secret_that_was_not_kept_is_asked_for_again() {
    let fake = overtaken();
    let id = fake::ID;
    let path = format!("/credentials/{id}?tab=versions");
    let lost = "The secret you typed was not kept: type it again";
    for (accept, password, says) in
        [("text/html", SECRET, true), ("text/html", "", false), ("application/json", SECRET, false)]
    {
        let body =
            format!("from={}&credential={id}&row_version=1&password={password}", encoded(&path));
        send(&fake, "/actions/credentials/update", accept, &body).await;
        let (_, html) = page(&fake, &path).await;
        assert!(html.contains("Save mine anyway"), "{accept}: {html}");
        assert_eq!(html.contains(lost), says, "{accept} {password}: {html}");
    }
}

#[tokio::test]
async fn a_save_over_somebody_names_the_version_that_was_seen() {
    let fake = overtaken();
    let id = fake::ID;
    let path = format!("/gitops/targets/{id}?tab=settings");
    let from = encoded(&path);
    let body = format!("from={from}&target={id}&row_version=1&over=9&name=prod");
    let action = "/actions/gitops/targets/save";
    send(&fake, action, "text/html", &body).await;
    let saved = fake.target_saved.lock().unwrap().take().unwrap();
    assert_eq!(saved.row_version, "9");
    // It was refused for another reason, so that the next one is meant for that version too.
    let (_, html) = page(&fake, &path).await;
    assert_eq!(versions(&html, action), ("9".to_owned(), String::new()));
}

#[tokio::test]
async fn what_is_ticked_and_chosen_is_compared_by_name() {
    let fake = overtaken();
    let id = fake::ID;
    let path = format!("/gitops/targets/{id}?tab=settings");
    let body =
        format!("from={}&target={id}&row_version=1&name=prod-cluster&mode=direct", encoded(&path));
    send(&fake, "/actions/gitops/targets/save", "text/html", &body).await;
    let (_, html) = page(&fake, &path).await;
    let told = html.split("What is stored now, and what you typed:").nth(1).unwrap();
    let told = told.split("Save mine anyway").next().unwrap();
    assert!(
        told.contains(
            ">Exports</a>: now <strong class=\"url\">argocd-prod</strong>, yours <em>empty"
        ),
        "{told}"
    );
    assert!(!told.contains(id), "ids say nothing to people: {told}");
    assert!(!told.contains("#field-name"), "the name is the same: {told}");
}

#[tokio::test]
async fn saving_over_somebody_goes_the_way_that_was_chosen() {
    let fake = overtaken();
    let id = fake::ID;
    let path = format!("/credentials/{id}?tab=versions");
    let from = encoded(&path);
    let typed = format!("from={from}&credential={id}&row_version=1&password={SECRET}");
    let action = "/actions/credentials/update";
    send(&fake, action, "text/html", &format!("{typed}&mode=candidate")).await;
    let (_, html) = page(&fake, &path).await;
    assert!(html.contains("name=\"pressed\" value=\"candidate\""), "{html}");
    assert!(html.contains("Secrets are not shown."), "{html}");
    send(&fake, action, "text/html", &format!("{typed}&pressed=candidate&over=7")).await;
    let updated = fake.updated.lock().unwrap().take().unwrap();
    assert_eq!((updated.mode.as_str(), updated.row_version.as_str()), ("candidate", "7"));
}

#[tokio::test]
async fn another_certificate_is_not_spelled() {
    let fake = overtaken();
    let path = format!("/gitops/targets/{}?tab=settings", fake::ID);
    let pem = "-----BEGIN+CERTIFICATE-----%0D%0AMIIB%0D%0A-----END+CERTIFICATE-----";
    let body = format!("from={}&target={}&row_version=1&ca={pem}", encoded(&path), fake::ID);
    send(&fake, "/actions/gitops/targets/save", "text/html", &body).await;
    let (_, html) = page(&fake, &path).await;
    let told = ">Certificate authorities</a>: now <em>empty</em>, yours <em>the one below</em>";
    assert!(html.contains(told), "{html}");
}
