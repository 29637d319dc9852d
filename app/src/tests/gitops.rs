//! The pages of GitOps for every role, with data, empty and failing.

use std::sync::Arc;

use axum::http::StatusCode;
use domain::{Cause, Role, ServiceError, gitops::GitAccountOffers};

use super::{
    fake::{self, Fake, SECRET},
    page, send, text,
};

const NEW: &str = "/gitops/targets/new";

fn target() -> String {
    format!("/gitops/targets/{}", fake::ID)
}

/// Every page of GitOps that somebody may look at, with words it must hold.
fn pages() -> Vec<(String, Vec<&'static str>)> {
    let id = fake::ID;
    vec![
        (
            "/gitops".to_owned(),
            vec![
                "prod-cluster",
                "clusters/prod",
                "0123456",
                "Changes not pushed yet",
                "Out of sync",
            ],
        ),
        ("/gitops/connections".to_owned(), vec!["octocat", "github.com", "Not granted: repo."]),
        (target(), vec!["pull/7", "github-octocat", "argocd-prod"]),
        (format!("{}?tab=files", target()), vec!["Managed files", "ghcr-acme.yaml"]),
        ("/gitops/exports".to_owned(), vec!["argocd-prod", "Argo CD", "2 repositories"]),
        (format!("/gitops/exports/{id}"), vec!["External Secrets Operator", "prod-cluster"]),
        ("/gitops/clusters".to_owned(), vec!["prod-eu", "2 drifted"]),
        (format!("/gitops/exports/{id}?tab=files"), vec!["ghcr-acme.yaml"]),
        (format!("/gitops/clusters/{id}"), vec!["2 drifted", "argocd-prod"]),
        (
            format!("/gitops/clusters/{id}?tab=objects"),
            vec!["Secret shop/edited", "Changed by somebody else"],
        ),
        ("/gitops/check/carvel".to_owned(), vec!["secrets/a", "To shop"]),
        ("/gitops/check/kyma".to_owned(), vec!["Check a ModuleTemplate"]),
    ]
}

/// The pages on which something is changed.
fn forms() -> Vec<String> {
    let id = fake::ID;
    vec![
        NEW.to_owned(),
        format!("{}/preview", target()),
        format!("{}/delete", target()),
        "/gitops/connections/device".to_owned(),
        format!("/gitops/connections/{id}/disconnect"),
        "/gitops/exports/new".to_owned(),
        "/gitops/exports/new?consumer=flux".to_owned(),
        format!("/gitops/exports/{id}/delete"),
        "/gitops/clusters/new".to_owned(),
        format!("/gitops/clusters/{id}/preview"),
        format!("/gitops/clusters/{id}/delete"),
    ]
}

#[tokio::test]
async fn every_page_renders_for_every_role() {
    for role in [Role::Owner, Role::Admin, Role::Editor, Role::Viewer] {
        let fake = Arc::new(Fake::of(role));
        let manages = matches!(role, Role::Owner | Role::Admin);
        for (path, words) in pages() {
            let (status, html) = page(&fake, &path).await;
            assert_eq!(status, StatusCode::OK, "{role:?} {path}");
            for word in words {
                assert!(html.contains(word), "{role:?} {path} lacks {word}: {html}");
            }
            assert!(!html.contains("style=") && !html.contains("<script>alert"), "{path}: {html}");
            assert!(!html.contains(SECRET) && html.contains(" · Hawser</title>"), "{path}");
            if !manages && !path.contains("/check/") {
                assert!(!html.contains("/actions/gitops/"), "{role:?} may not: {path}: {html}");
            }
        }
        for path in forms() {
            let (status, html) = page(&fake, &path).await;
            let expected = if manages { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(status, expected, "{role:?} {path}");
            assert!(!html.contains("style=") && !html.contains(SECRET), "{path}: {html}");
        }
    }
}

#[tokio::test]
async fn every_page_renders_empty_and_when_nothing_answers() {
    let empty = Arc::new(Fake {
        is_empty: true,
        offers: GitAccountOffers::default(),
        ..Fake::of(Role::Owner)
    });
    for path in pages().into_iter().map(|(path, _)| path).chain(forms()) {
        let (status, html) = page(&empty, &path).await;
        let missing = path.ends_with("/disconnect");
        let expected = if missing { StatusCode::NOT_FOUND } else { StatusCode::OK };
        assert_eq!(status, expected, "{path}: {html}");
    }
    let down = || ServiceError::Unavailable { what: "The database".into() };
    let failing = Arc::new(Fake { refusal: Some(down()), ..Fake::of(Role::Owner) });
    for (path, _) in pages().into_iter().filter(|(path, _)| !path.contains("/check/kyma")) {
        let (status, html) = page(&failing, &path).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(html.contains("The database does not answer."), "{path}: {html}");
    }
}

#[tokio::test]
async fn strangers_are_sent_to_sign_in() {
    let stranger = Fake::stranger();
    for path in pages().into_iter().map(|(path, _)| path).chain(forms()) {
        let (status, _) = page(&stranger, &path).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}");
    }
    for action in ["targets/save", "targets/push", "targets/delete", "disconnect", "check/kyma"] {
        let path = format!("/actions/gitops/{action}");
        let answer = send(&stranger, &path, "application/json", "").await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn who_has_nothing_is_told_the_four_steps() {
    let empty = Arc::new(Fake { is_empty: true, ..Fake::of(Role::Owner) });
    let (_, html) = page(&empty, "/gitops").await;
    for words in [
        "Four steps",
        "Add a credential and a chart repository",
        "href=\"/credentials/new\"",
        "Connect an account",
        "Add an export",
        "Add a Git target",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let viewer = Arc::new(Fake { is_empty: true, ..Fake::of(Role::Viewer) });
    let (_, html) = page(&viewer, "/gitops").await;
    assert!(html.contains("An owner or admin") && !html.contains("/gitops/targets/new"), "{html}");
}

#[tokio::test]
async fn the_chain_of_a_credential_marks_what_still_has_an_old_version() {
    let fake = Fake::signed_in();
    let path = format!("/credentials/{}", fake::ID);
    let (_, html) = page(&fake, &path).await;
    for words in [
        "Delivered to",
        "Has version 3",
        "Still has version 2; the newest is 3",
        "Not delivered yet",
        "Waiting for its first sync",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let followed = format!("{path}?tab=versions&propagation={}", fake::ID);
    let (_, html) = page(&fake, &followed).await;
    assert!(html.contains("Git target") && html.contains("prod-cluster"), "{html}");
    assert!(html.contains("and updates 1 Git target and 1 cluster"), "{html}");
    assert!(html.contains("Not updated until someone presses Sync now") && html.contains("next"));
}

#[tokio::test]
async fn a_module_template_is_checked_with_and_without_a_script() {
    let fake = Fake::signed_in();
    let template = "kind%3A+ModuleTemplate%0Aspec%3A%0A++descriptor%3A%0A++++component%3A%0A++++++resources%3A%0A++++++-+name%3A+%22%3Cb%3Elayer%22%0A";
    let body = format!("from=%2Fgitops%2Fcheck%2Fkyma&label=mine&template={template}");
    let path = "/actions/gitops/check/kyma";
    let answer = text(send(&fake, path, "application/json", &body).await).await;
    assert!(answer.contains("tested") && answer.contains("No label"), "{answer}");
    assert!(!answer.contains("<b>layer"), "{answer}");
    send(&fake, path, "text/html", &body).await;
    let (_, html) = page(&fake, "/gitops/check/kyma").await;
    assert!(html.contains("1 of 1 layer is without this label."), "{html}");
    assert!(html.contains("value=\"mine\""), "{html}");
    let refused = send(&fake, path, "application/json", "label=mine&template=%3A%3A").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn exports_for_carvel_are_combined_as_the_controller_does() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, "/gitops/check/carvel?namespace=shop").await;
    let place = |name: &str| format!("<a href=\"/gitops/exports/{}\">secrets/{name}</a>", fake::ID);
    for words in [
        "What is filled in at shop".to_owned(),
        "3 registries".to_owned(),
        format!("From {}", place("a")),
        "Not used: ".to_owned(),
        place("b"),
        format!("<code>{}</code>", place("b")),
    ] {
        let words = words.as_str();
        assert!(html.contains(words), "{words}: {html}");
    }
    let (_, html) = page(&fake, "/gitops/check/carvel?namespace=shop&excluded=yes").await;
    assert!(html.contains("2 registries") && !html.contains("Not used"), "{html}");
    let (_, html) = page(&fake, "/gitops/check/carvel?namespace=other&excluded=yes").await;
    assert!(html.contains("the placeholder stays empty"), "{html}");
}

#[tokio::test]
async fn who_may_not_mend_it_is_not_led_to_a_form() {
    let cause = Some(Cause::FileNotOurs);
    for (role, mends) in [(Role::Admin, true), (Role::Editor, false), (Role::Viewer, false)] {
        let fake = Arc::new(Fake { cause, ..Fake::of(role) });
        let target = format!("/gitops/targets/{}", fake::ID);
        for path in ["/gitops", target.as_str()] {
            let (_, html) = page(&fake, path).await;
            assert_eq!(html.contains("#field-folder\""), mends, "{role:?} {path}");
        }
        let unused = Arc::new(Fake { is_empty: true, ..Fake::of(role) });
        let (_, html) = page(&unused, &format!("/gitops/exports/{}", fake::ID)).await;
        assert!(html.contains("Not delivered yet."), "{html}");
        assert_eq!(html.contains("Add a Git target"), mends, "{role:?}");
        let (_, html) = page(&fake, &format!("/charts/repositories/{}", fake::ID)).await;
        assert_eq!(html.contains("Use it in an export"), mends, "{role:?}");
    }
}

#[tokio::test]
async fn a_new_export_holds_what_it_was_begun_for_and_says_why_its_carrier_is_chosen() {
    let fake = Fake::signed_in();
    let begun = format!("/gitops/exports/new?repositories%5B%5D={}", fake::ID);
    let (_, html) = page(&fake, &begun).await;
    let flux = format!("consumer=flux&amp;repositories%5B%5D={}", fake::ID);
    assert!(html.contains(&flux), "{html}");
    let (_, html) = page(&fake, &begun.replacen('?', "?consumer=flux&", 1)).await;
    assert!(html.contains(&format!("value=\"{}\" checked", fake::ID)), "{html}");
    assert!(html.contains("SOPS is advised here"), "{html}");
    let (_, html) = page(&fake, &format!("/gitops/exports/{}", fake::ID)).await;
    assert!(!html.contains("is advised"), "{html}");
}
