//! Git targets: table, form, preview, and what the forms send.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use domain::{Cause, Role, cause::RemoteKind, gitops::DestinationState};

use super::{
    fake::{self, Fake, SECRET},
    page, send,
};

const NEW: &str = "/gitops/targets/new";

fn target() -> String {
    format!("/gitops/targets/{}", fake::ID)
}

#[tokio::test]
async fn a_row_has_its_menu_and_the_page_its_buttons() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, "/gitops").await;
    for words in ["Actions for prod-cluster", "Edit", "Preview", "Sync now", "Delete", "Add"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let body = format!("from=%2Fgitops&target={}", fake::ID);
    let answer = send(&fake, "/actions/gitops/targets/push", "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], "/gitops");
    let (_, html) = page(&fake, "/gitops").await;
    assert!(html.contains("Sync started."), "{html}");
    let from = format!("{}/preview", target()).replace('/', "%2F");
    let body = format!("from={from}&target={}", fake::ID);
    let answer = send(&fake, "/actions/gitops/targets/push", "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], target().as_str());
}

#[tokio::test]
async fn the_preview_tells_every_line_and_then_offers_to_sync() {
    let fake = Fake::signed_in();
    let path = format!("{}/preview", target());
    let (_, html) = page(&fake, &path).await;
    for words in [
        "3 files would change.",
        "The branch main is made from commit 0123456.",
        "<del>− ",
        "<ins>+ ",
        "version: \"3\"",
        "clusters/prod/&lt;new&gt;.yaml",
        "Somebody edited ghcr-acme.yaml",
        "Unchanged lines are left out here.",
        "Sync now",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let in_step = Arc::new(Fake { is_empty: true, ..Fake::of(Role::Owner) });
    let (_, html) = page(&in_step, &path).await;
    assert!(html.contains("Nothing to change") && !html.contains("Sync now"), "{html}");
    let waits = "commit 0123456 of hawser/0123456789ab, which waits to be merged to main.";
    assert!(html.contains(waits), "{html}");
    let cause = Some(Cause::NotFound);
    let away = Arc::new(Fake { cause, ..Fake::of(Role::Owner) });
    let (status, html) = page(&away, &path).await;
    assert_eq!(status, StatusCode::OK);
    let words = Cause::NotFound.words(RemoteKind::GitServer);
    assert!(html.contains(words.title) && html.contains("#field-url"), "{html}");
    let cause = Some(Cause::FileNotOurs);
    let refused = Arc::new(Fake { cause, ..Fake::of(Role::Owner) });
    let (_, html) = page(&refused, &path).await;
    assert!(html.contains("clusters/prod/a.yaml is not of Hawser."), "{html}");
    assert!(!html.contains("Nothing to change") && !html.contains("Sync now"), "{html}");
}

#[tokio::test]
async fn every_cause_has_its_words_and_leads_to_a_field_that_exists() {
    let settings = format!("{}?tab=settings", target());
    let (_, form) = page(&Fake::signed_in(), &settings).await;
    for cause in Cause::ALL {
        let fake = Arc::new(Fake { cause: Some(cause), ..Fake::of(Role::Owner) });
        let (status, html) = page(&fake, &target()).await;
        assert_eq!(status, StatusCode::OK, "{cause:?}");
        assert!(html.contains("&lt;b&gt;GH006"), "what was said is shown as text: {html}");
        for link in html.split(&format!("href=\"{settings}#")).skip(1) {
            let place = link.split('"').next().unwrap();
            assert!(form.contains(&format!("id=\"{place}\"")), "{cause:?} {place}");
        }
    }
    let fake = Arc::new(Fake { cause: Some(Cause::BaseMissing), ..Fake::of(Role::Owner) });
    let (_, html) = page(&fake, &format!("{}/preview", target())).await;
    assert!(html.contains("There is no branch stable at the server."), "{html}");
    assert!(html.contains("#field-base") && !html.contains("registry"), "{html}");
    let revoked = Some(Cause::ConnectionRevoked);
    let fake = Arc::new(Fake { cause: revoked, ..Fake::of(Role::Owner) });
    let (_, html) = page(&fake, &target()).await;
    assert!(html.contains("Connect again") && !html.contains("Update the credential"), "{html}");
}

#[tokio::test]
async fn a_new_target_says_what_comes_next_and_a_running_one_is_followed() {
    let fresh = Arc::new(Fake { target_state: DestinationState::New, ..Fake::of(Role::Owner) });
    let (_, html) = page(&fresh, &target()).await;
    assert!(html.contains("Nothing was pushed here yet"), "{html}");
    let pushing =
        Arc::new(Fake { target_state: DestinationState::Pushing, ..Fake::of(Role::Owner) });
    for path in [target(), "/gitops".to_owned()] {
        let (_, html) = page(&pushing, &path).await;
        assert!(
            html.contains("data-listening") && html.contains("data-under-way"),
            "{path}: {html}"
        );
        let (_, html) = page(&Fake::signed_in(), &path).await;
        assert!(!html.contains("data-under-way"), "{path}: {html}");
    }
}

#[tokio::test]
async fn the_form_of_a_target_finds_repositories_and_branches_without_a_script() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let typed = format!(
        "name=prod&credential={id}&url=&folder=apps&mode=pull_request&exports%5B%5D={id}&search="
    );
    let (_, html) = page(&fake, &format!("{NEW}?{typed}&look=repositories")).await;
    for words in [
        "Choose acme/gitops",
        "The account may not push",
        "<datalist",
        "value=\"prod\"",
        "value=\"apps\"",
        "value=\"pull_request\" checked",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let ticked = format!("name=\"exports[]\" value=\"{id}\" checked");
    assert!(html.contains(&ticked), "{html}");
    let (_, html) = page(&fake, &format!("{NEW}?{typed}site&look=repositories")).await;
    assert!(html.contains("acme/site") && !html.contains("Choose acme/gitops"), "{html}");
    let pick = format!("{NEW}?{typed}&pick=https%3A%2F%2Fgithub.com%2Facme%2Fgitops");
    let (_, html) = page(&fake, &pick).await;
    assert!(html.contains("value=\"https://github.com/acme/gitops\""), "{html}");
    assert!(html.contains("value=\"trunk\"") && html.contains("label=\"default\""), "{html}");
    let gone =
        format!("{NEW}?credential={id}&url=https%3A%2F%2Fgithub.com%2Fa%2Fgone&look=branches");
    let (status, html) = page(&fake, &gone).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        html.contains("role=\"alert\"")
            && html.contains("The Git server knows no such repository."),
        "{html}"
    );
    // A credential that is no connected account has no list.
    let other = "0190b0a0-0000-7000-8000-0000000000aa";
    let (_, html) = page(&fake, &format!("{NEW}?credential={other}&look=repositories")).await;
    assert!(html.contains("Only connected accounts list"), "{html}");
}

#[tokio::test]
async fn looking_up_says_what_was_found_or_what_it_takes() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let at = |name: &str| format!("url=https%3A%2F%2Fgithub.com%2Facme%2F{name}");
    for (query, words) in [
        (format!("credential={id}&{}&look=branches", at("gitops")), "2 branches found; choose"),
        (format!("credential={id}&url=&look=branches"), "Fill in the repository URL first."),
        (format!("credential=&{}&look=branches", at("gitops")), "Choose a credential first."),
        ("credential=&search=a&look=repositories".into(), "Choose a credential first."),
        (format!("credential={id}&search=site&look=repositories"), "1 repository found; choose"),
        (format!("credential={id}&search=site&look=enter"), "1 repository found; choose"),
        (format!("credential={id}&search=&look=enter"), "Nothing is saved yet. Press Create"),
        (
            format!("credential={id}&{}&look=branches", at("revoked")),
            "<a href=\"/gitops/connections\">Connect again</a>",
        ),
    ] {
        let (status, html) = page(&fake, &format!("{NEW}?name=kept&{query}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(html.contains(words) && html.contains("value=\"kept\""), "{words}: {html}");
    }
    assert!(fake.target_saved.lock().unwrap().is_none());
}

#[tokio::test]
async fn branches_that_cannot_be_looked_up_are_off_and_say_why() {
    let fake = Fake::signed_in();
    let button = async |host: &str| {
        let path =
            format!("{NEW}?credential={}&url=https%3A%2F%2F{host}%2Facme%2Fgitops", fake::ID);
        let (_, html) = page(&fake, &path).await;
        let part = html.split("data-fits=\"branches\"").nth(1).unwrap();
        part.split("</p>").next().unwrap().to_owned()
    };
    let off = button("elsewhere.example").await;
    assert!(off.contains(" disabled") && off.contains("Off. Type the branch: harbor"), "{off}");
    let on = button("github.com").await;
    assert!(!on.contains(" disabled") && !on.contains("Off."), "{on}");
}

#[tokio::test]
async fn enter_makes_nothing_where_an_account_can_be_searched() {
    let (_, html) = page(&Fake::signed_in(), NEW).await;
    let form = html.split("action=\"/actions/gitops/targets/save\"").nth(1).unwrap();
    // The first button of a form is the one that Enter presses.
    let first = form.split("<button").nth(1).unwrap().split('>').next().unwrap();
    for attribute in
        ["formaction=\"/actions/forms/elsewhere?to=", "name=\"look\"", "value=\"enter\""]
    {
        assert!(first.contains(attribute), "{attribute}: {first}");
    }
}

#[tokio::test]
async fn a_target_is_saved_as_typed_and_comes_back_when_refused() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let body = format!(
        "from=%2Fgitops%2Ftargets%2Fnew&name=prod&credential={id}&url=https%3A%2F%2Fada%3A{SECRET}%40github.com%2Fa%2Fb&branch=main&base=&folder=apps&mode=direct"
    );
    let path = "/actions/gitops/targets/save";
    let answer = send(&fake, path, "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], NEW);
    let (_, html) = page(&fake, NEW).await;
    assert!(html.contains("Choose at least one export.") && html.contains("value=\"apps\""));
    assert!(!html.contains(SECRET), "{html}");
    let answer = send(&fake, path, "text/html", &format!("{body}&exports%5B%5D={id}")).await;
    let preview = format!("{}/preview", target());
    assert_eq!(answer.headers()[header::LOCATION], preview.as_str());
    let saved = fake.target_saved.lock().unwrap().take().unwrap();
    assert_eq!((saved.name.as_str(), saved.mode.as_str()), ("prod", "direct"));
    assert_eq!(saved.exports, [id]);
    let body = format!("{body}&target={id}&row_version=5&exports%5B%5D={id}");
    let answer = send(&fake, path, "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], target().as_str());
}

#[tokio::test]
async fn r_git_06_only_who_connected_the_account_changes_its_target() {
    let fake = Arc::new(Fake { is_theirs: true, ..Fake::of(Role::Owner) });
    let (_, html) = page(&fake, &format!("{}?tab=settings", target())).await;
    assert!(html.contains("only they may change this target"), "{html}");
    assert!(!html.contains("/actions/gitops/targets/save"), "{html}");
}

#[tokio::test]
async fn deleting_names_what_it_affects() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &format!("{}/delete", target())).await;
    assert!(
        html.contains(
            "2 files may stay in https://github.com/acme/gitops on main or hawser/0123456789ab and no longer follow"
        ) && html.contains("ghcr-acme.yaml")
            && html.contains("clusters/prod/old.yaml"),
        "{html}"
    );
    let path = format!("/gitops/connections/{}/disconnect", fake::ID);
    let (_, html) = page(&fake, &path).await;
    assert!(html.contains("push with it") && html.contains("prod-cluster"), "{html}");
    assert!(!html.contains("/actions/gitops/disconnect"), "{html}");
    let body = format!("credential={}", fake::ID);
    let answer = send(&fake, "/actions/gitops/disconnect", "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], "/gitops/connections");
}

#[tokio::test]
async fn where_no_pull_request_can_be_opened_the_page_names_the_branch() {
    let path = format!("/gitops/targets/{}", fake::ID);
    let unknown = Arc::new(Fake { pull_request: "", ..Fake::of(Role::Owner) });
    let (_, html) = page(&unknown, &path).await;
    assert!(html.contains("hawser/0123456789ab") && html.contains("yourself"), "{html}");
    let (_, html) = page(&Fake::signed_in(), &path).await;
    assert!(!html.contains("does not know how pull requests"), "{html}");
    let (_, html) = page(&Fake::signed_in(), &format!("{path}?tab=files")).await;
    assert!(html.contains("nobody merged them to") && html.contains("clusters/prod/old.yaml"));
}

#[tokio::test]
async fn a_closed_request_says_what_opens_the_next() {
    let cause = Some(Cause::RequestClosed);
    let fake = Arc::new(Fake { cause, ..Fake::of(Role::Owner) });
    let (_, html) = page(&fake, &target()).await;
    for words in ["Pull request was closed", "Sync now opens a new one", "/pull/7"] {
        assert!(html.contains(words), "{words}: {html}");
    }
}
