//! The list and the page of a credential: expiry, versions, pauses, practices.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use domain::{
    AuthMethod, Cause, Provider, Role,
    credentials::{CandidateState, VersionOrigin},
};

use super::{
    fake::{self, Fake, SECRET},
    page, send,
};

fn detail() -> String {
    format!("/credentials/{}", fake::ID)
}

fn tab(name: &str) -> String {
    format!("{}?tab={name}", detail())
}

#[tokio::test]
async fn what_expires_stands_on_a_timeline_and_in_a_table() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, "/credentials").await;
    for words in [
        "Expires in 20 d",
        "Paused at 1 host",
        "Production",
        "Shared",
        "1 credential has expired. 1 credential expires within the next 90 days.",
        "role=\"img\"",
        ">1 d ago</time>)",
        "Explain a URL",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    // Later than the picture, so only in the table.
    assert!(html.contains(">later</a>") && !html.contains("<title>later"), "{html}");
    assert_eq!(html.matches("class=\"dot").count(), 2, "{html}");
    let empty = Arc::new(Fake { is_empty: true, ..Fake::of(Role::Owner) });
    let (_, html) = page(&empty, "/credentials").await;
    assert!(!html.contains("role=\"img\""), "{html}");
    for title in [
        "Use tokens, not passwords",
        "Minimum permissions",
        "Rotate regularly",
        "Separate by environment",
    ] {
        assert!(html.contains(title), "{title}");
    }
}

#[tokio::test]
async fn what_vault_did_not_destroy_is_told_as_waiting() {
    let fake = Arc::new(Fake { cause: Some(Cause::VaultRefused), ..Fake::of(Role::Owner) });
    let (_, html) = page(&fake, "/credentials").await;
    for words in ["Waiting to be destroyed", "old-harbor", "still lies in Vault", "check-config"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let (_, html) = page(&Fake::signed_in(), "/credentials").await;
    assert!(!html.contains("Waiting to be destroyed"), "{html}");
}

#[tokio::test]
async fn versions_are_told_without_values_and_can_come_back() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &tab("versions")).await;
    for words in [
        "Version 3",
        "Current",
        "1 of 2 done",
        "new secret",
        "Roll back to version 2",
        "No longer in Vault",
        "Test, then switch",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("Roll back to version 1<") && !html.contains("Roll back to version 3<"));
    let body = format!("from=%2F&credential={}&row_version=7&vault_version=2", fake::ID);
    let answer = send(&fake, "/actions/credentials/roll-back", "text/html", &body).await;
    let location = format!("{}&propagation={}", tab("versions"), fake::ID);
    assert_eq!(answer.headers()[header::LOCATION], location.as_str());
    let (_, html) = page(&fake, &location).await;
    assert!(html.contains("Rolled back to the secret of version 2. Its pattern"), "{html}");
    for action in ["promote", "discard"] {
        let path = format!("/actions/credentials/{action}");
        let answer = send(&fake, &path, "text/html", &body).await;
        assert!(answer.headers()[header::LOCATION].to_str().unwrap().starts_with(&detail()));
        let stale = body.replace("row_version=7", "row_version=6");
        let answer = send(&fake, &path, "application/json", &stale).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{action}");
    }
}

#[tokio::test]
async fn the_test_of_a_new_secret_is_followed_to_its_end() {
    let path = format!("{}&staged=1", tab("versions"));
    let testing = Fake { candidate: Some(CandidateState::Testing), ..Fake::of(Role::Owner) };
    let (_, html) = page(&Arc::new(testing), &path).await;
    for words in ["New secret in test", "Repositories tested", "Reload", "data-listening"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let origin = VersionOrigin::Promoted;
    let promoted = Arc::new(Fake { origin, ..Fake::of(Role::Owner) });
    let (_, html) = page(&promoted, &path).await;
    let card = html.split("id=\"candidate\"").nth(1).unwrap();
    assert!(card.contains("New secret in use") && card.contains("1 of 2 done"), "{html}");
    assert!(html.contains("data-listening"), "its way to the places is followed too: {html}");
    let (_, html) = page(&promoted, &tab("versions")).await;
    assert!(!html.contains("New secret in use"), "{html}");
    let refused = Fake { candidate: Some(CandidateState::Refused), ..Fake::of(Role::Owner) };
    let (_, html) = page(&Arc::new(refused), &detail()).await;
    assert!(html.contains("A new secret was refused by 1 of 1 repository."), "{html}");
    assert!(html.contains(&format!("href=\"{}#candidate\"", tab("versions"))), "{html}");
    let (_, html) = page(&Fake::signed_in(), &path).await;
    assert!(!html.contains("New secret in use"), "{html}");
}

#[tokio::test]
async fn the_heading_of_an_update_follows_its_state() {
    let path = format!("{}?propagation={}", detail(), fake::ID);
    let (_, html) = page(&Fake::signed_in(), &path).await;
    assert!(html.contains("Updating") && html.contains("data-listening"), "{html}");
    let arrived = Arc::new(Fake { has_arrived: true, ..Fake::of(Role::Owner) });
    let (_, html) = page(&arrived, &path).await;
    let heading = html.split("data-live=\"progress-title\"").nth(1).unwrap();
    assert!(heading.starts_with(">Update finished<"), "{html}");
    assert!(!html.contains("on its way"), "{html}");
}

#[tokio::test]
async fn a_paused_host_is_resumed() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &detail()).await;
    assert!(html.contains("id=\"paused\"") && html.contains("Resume"), "{html}");
    let body = format!("from=%2F&credential={}&origin=https%3A%2F%2Fghcr.io", fake::ID);
    let answer = send(&fake, "/actions/credentials/resume", "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], detail().as_str());
}

#[tokio::test]
async fn a_placement_comes_back_as_it_was_typed() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &tab("settings")).await;
    assert!(html.contains("<option value=\"shared\" selected>"), "{html}");
    assert!(html.contains("<option value=\"regex\" selected>"), "{html}");
    assert!(html.contains("value=\"^oci://ghcr\\.io/acme\""), "{html}");
    let path = "/actions/credentials/place";
    let from = format!("{}%3Ftab%3Dsettings", detail().replace('/', "%2F"));
    let body = format!("from={from}&credential={}&row_version=7", fake::ID);
    send(&fake, path, "text/html", &format!("{body}&expires=someday&pattern=mine")).await;
    let (_, html) = page(&fake, &tab("settings")).await;
    assert!(html.contains("Type a day such as 2027-01-31."), "{html}");
    assert!(html.contains("value=\"mine\""), "{html}");
    send(&fake, path, "text/html", &format!("{body}&expires=2030-01-31")).await;
    let (_, html) = page(&fake, &tab("settings")).await;
    assert!(html.contains("Saved.") && html.contains("Its pattern overlaps with"), "{html}");
}

#[tokio::test]
async fn every_shape_can_be_changed_and_converted() {
    for provider in Provider::ALL {
        for stored in provider.facts().shapes {
            for shape in provider.facts().shapes {
                let fake = Arc::new(Fake { made_of: (provider, *stored), ..Fake::of(Role::Owner) });
                let path = format!("{}&shape={}", tab("versions"), shape.as_str());
                let (status, html) = page(&fake, &path).await;
                assert_eq!(status, StatusCode::OK, "{provider:?} {shape:?}");
                for field in shape.facts().fields {
                    let name = format!("name=\"{}\"", field.field.as_str());
                    assert!(html.contains(&name), "{provider:?} {shape:?} lacks {name}");
                }
                assert_eq!(html.contains("type the new secret"), shape != stored, "{path}");
                // What the old auth method was called by means nothing in the new one.
                let kept = html.contains("value=\"octocat\"");
                assert!(!kept || shape == stored, "{provider:?} {stored:?} {shape:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_pasted_ecr_token_is_converted_to_access_keys() {
    let made_of = (Provider::AmazonEcr, AuthMethod::Password);
    let fake = Arc::new(Fake { made_of, ..Fake::of(Role::Owner) });
    let (_, html) = page(&fake, &tab("versions")).await;
    assert!(html.contains("Use another method"), "{html}");
    assert!(html.contains("shape=ecr_access_key"), "{html}");
    let (_, html) = page(&fake, &detail()).await;
    assert!(html.contains("Use tokens, not passwords"), "{html}");
    let body = format!(
        "from=%2F&credential={}&row_version=7&provider=amazon_ecr&shape=ecr_access_key&username=AKIAIOSFODNN7EXAMPLE&password={SECRET}&mode=candidate",
        fake::ID
    );
    let answer = send(&fake, "/actions/credentials/update", "text/html", &body).await;
    let staged = format!("{}&staged=1", tab("versions"));
    assert_eq!(answer.headers()[header::LOCATION], staged.as_str());
    let sent = fake.updated.lock().unwrap().take().unwrap();
    assert_eq!((sent.shape.as_str(), sent.mode.as_str()), ("ecr_access_key", "candidate"));
    let (_, html) = page(&fake, &detail()).await;
    assert!(html.contains("Its pattern overlaps") && !html.contains("Saved."), "{html}");
    assert!(!html.contains(SECRET));
}

#[tokio::test]
async fn whoever_may_not_change_it_sees_no_form() {
    for role in [Role::Viewer, Role::Editor] {
        let fake = Arc::new(Fake::of(role));
        for name in ["", "settings", "connection", "versions", "access", "activity", "no-tab"] {
            let (status, html) = page(&fake, &tab(name)).await;
            assert_eq!(status, StatusCode::OK);
            for word in
                ["name=\"password\"", "Roll back to version", ">Resume<", "/actions/credentials/"]
            {
                assert!(!html.contains(word), "{role:?} sees {word} at {name}: {html}");
            }
            assert!(!html.contains("tab=settings") && !html.contains("tab=connection"), "{html}");
        }
        let (_, html) = page(&fake, &detail()).await;
        assert!(html.contains("Linked repositories"), "{html}");
        let (_, html) = page(&fake, &tab("versions")).await;
        assert!(html.contains("Version 3"), "{html}");
        let (_, html) = page(&fake, &tab("activity")).await;
        assert!(!html.contains("Recent uses"), "who may not read the log sees none: {html}");
    }
}

#[tokio::test]
async fn a_credential_that_something_needs_has_no_button_that_only_fails() {
    let path = format!("{}/delete", detail());
    let git = Arc::new(Fake {
        made_of: (Provider::Github, AuthMethod::Password),
        ..Fake::of(Role::Owner)
    });
    let (_, html) = page(&git, &path).await;
    assert!(html.contains("prod-cluster") && html.contains("prod-eu"), "{html}");
    assert!(!html.contains("button danger solid") && !html.contains("nothing breaks"), "{html}");
    let (_, html) = page(&git, &detail()).await;
    assert!(!html.contains("Linked repositories"), "{html}");
    assert!(html.contains("Delivered to") && html.contains("prod-cluster"), "{html}");
    let (_, html) = page(&git, &tab("versions")).await;
    assert!(html.contains("Save switches 1 Git target and 1 cluster now"), "{html}");
    let (_, html) = page(&git, "/credentials").await;
    assert!(html.contains("2 repositories"), "{html}");
}

#[tokio::test]
async fn an_account_to_connect_again_is_not_called_active() {
    let made_of = (Provider::Github, AuthMethod::GithubOauth);
    let cause = Some(Cause::ConnectionRevoked);
    let fake = Arc::new(Fake { made_of, cause, ..Fake::of(Role::Owner) });
    for path in ["/credentials".to_owned(), format!("/credentials/{}", fake::ID)] {
        let (_, html) = page(&fake, &path).await;
        assert!(html.contains("No longer connected"), "{path}: {html}");
        assert!(html.contains("</svg>Paused") && !html.contains("Healthy"), "{path}: {html}");
    }
}

#[tokio::test]
async fn the_overview_tells_what_it_opens_whether_it_works_when_it_ends_and_who_used_it() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &detail()).await;
    for words in [
        "1 of 1 failing",
        "Paused at 1 host",
        ", set by hand",
        "has not been changed for",
        "shared with all projects",
        "Recent uses",
        "Sync at ghcr.io",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let map = html.split("class=\"card map\"").nth(1).unwrap().split("</section>").next().unwrap();
    for words in ["ghcr-prod", "acme charts · Failing", "argocd-prod", "kind · Failing"] {
        assert!(map.contains(words), "{words}: {map}");
    }
    assert!(map.contains(&format!("href=\"/charts/repositories/{}\"", fake::ID)), "{map}");
    // Repository to export, and export to its three places, beside the way to the repository.
    assert_eq!(map.matches("<path ").count(), 5, "{map}");
}

#[tokio::test]
async fn a_name_and_a_description_are_saved_alone() {
    let fake = Fake::signed_in();
    let from = format!("{}%3Ftab%3Dsettings", detail().replace('/', "%2F"));
    let path = "/actions/credentials/describe";
    let body = format!("from={from}&credential={}&row_version=7&description=new", fake::ID);
    let answer = send(&fake, path, "text/html", &format!("{body}&name=")).await;
    assert_eq!(answer.headers()[header::LOCATION], tab("settings").as_str());
    let (_, html) = page(&fake, &tab("settings")).await;
    assert!(html.contains("Type a name.") && html.contains(">new<"), "{html}");
    let answer = send(&fake, path, "text/html", &format!("{body}&name=ghcr")).await;
    assert_eq!(answer.headers()[header::LOCATION], tab("settings").as_str());
    let (_, html) = page(&fake, &tab("settings")).await;
    assert!(html.contains("Saved."), "{html}");
}

#[tokio::test]
async fn every_tab_renders_for_every_kind() {
    for made_of in [
        (Provider::Ghcr, AuthMethod::Password),
        (Provider::Github, AuthMethod::GithubOauth),
        (Provider::Kubernetes, AuthMethod::Kubeconfig),
    ] {
        let fake = Arc::new(Fake { made_of, ..Fake::of(Role::Owner) });
        for (name, words) in [
            ("", "Details"),
            ("settings", "Matching and expiry"),
            ("connection", "Connection test"),
            ("versions", "Versions"),
            ("access", "Allowed addresses"),
            ("activity", "Updates"),
        ] {
            let (status, html) = page(&fake, &tab(name)).await;
            assert_eq!(status, StatusCode::OK, "{name}");
            assert!(html.contains(words), "{made_of:?} {name}: {html}");
            assert!(html.matches("aria-current=\"page\"").count() > 1, "{name}: {html}");
        }
    }
}
