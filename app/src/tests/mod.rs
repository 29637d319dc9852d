//! Pages and actions against a fake of the services, through the same functions the server uses.

mod addresses;
mod clusters;
mod conflicts;
mod connections;
mod credentials;
mod endpoints;
mod exports;
mod fake;
mod forms;
mod git_connections;
mod gitops;
mod matching;
mod overview;
mod search;
mod shown_once;
mod targets;
mod wizard;

use std::sync::Arc;

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
    response::Response,
    routing::{get, post},
};
use leptos::{prelude::provide_context, server_fn::axum::server_fn_paths};
use tower::ServiceExt;

use self::fake::{Fake, SECRET};
use crate::services::{Bundle, CurrentUser};

/// The pages and actions as the server mounts them.
fn site(fake: &Arc<Fake>) -> Router {
    let fake = Arc::clone(fake);
    let context = move || {
        provide_context(Fake::services(&fake));
        provide_context::<Arc<dyn CurrentUser>>(Arc::<Fake>::clone(&fake));
        provide_context(Bundle {
            js: "/pkg/x.js".into(),
            wasm: "/pkg/x.wasm".into(),
            css: "/pkg/x.css".into(),
            awake: "/pkg/awake.js".into(),
            follow: "/pkg/follow.js".into(),
            palette: "/pkg/palette.js".into(),
            forms: "/pkg/forms.js".into(),
        });
    };
    let render = leptos_axum::render_app_async_with_context(context.clone(), crate::shell);
    let mut router = Router::new();
    for listing in leptos_axum::generate_route_list(crate::App) {
        router = router.route(listing.path(), get(render.clone()));
    }
    for (path, _) in server_fn_paths() {
        let context = context.clone();
        let run = move |request| leptos_axum::handle_server_fns_with_context(context, request);
        router = router.route(path, post(run));
    }
    router.fallback(get(render))
}

async fn text(response: Response) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn page(fake: &Arc<Fake>, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty());
    let response = site(fake).oneshot(request.unwrap()).await.unwrap();
    (response.status(), text(response).await)
}

async fn send(fake: &Arc<Fake>, path: &str, accept: &str, body: &str) -> Response {
    let request = Request::post(path)
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()));
    site(fake).oneshot(request.unwrap()).await.unwrap()
}

#[test]
fn every_server_function_is_an_action_and_a_post() {
    let paths: Vec<_> = server_fn_paths().collect();
    assert_eq!(paths.len(), 60, "{paths:?}");
    for (path, method) in paths {
        assert!(path.starts_with("/actions/"), "{path}");
        assert_eq!(method, Method::POST, "{path}");
    }
}

#[tokio::test]
async fn every_page_renders_without_inline_style_and_with_its_title() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    for (path, words) in [
        ("/".to_owned(), vec!["Needs attention", "Update the credential", "acme charts"]),
        (
            "/credentials".to_owned(),
            vec!["ghcr-prod", "Add", "Actions for ghcr-prod", "2 repositories"],
        ),
        ("/credentials/new".to_owned(), vec!["Provider type", "Harbor", "Bitbucket"]),
        ("/credentials/new?provider=ghcr".to_owned(), vec!["read:packages", "Username", "Create"]),
        (format!("/credentials/{id}"), vec!["ghcr-prod", "octocat", "Linked repositories"]),
        (format!("/credentials/{id}?tab=versions"), vec!["New secret", "Save", "read:packages"]),
        (format!("/credentials/{id}?tab=settings"), vec!["Name and description", "Save"]),
        (format!("/credentials/{id}?tab=activity"), vec!["Changes", "Recent uses", "Updates"]),
        (format!("/credentials/{id}?propagation={id}"), vec!["1 of 2 done", "data-component"]),
        (format!("/credentials/{id}/delete"), vec!["would lose access", "acme charts", "Delete"]),
        (
            "/charts/repositories".to_owned(),
            vec!["acme charts", "Sync now", "401 Unauthorized", "Last good sync"],
        ),
        ("/charts/repositories/new".to_owned(), vec!["URL", "Add a new credential…", "None"]),
        (format!("/charts/repositories/{id}"), vec!["Update the credential", "Last syncs"]),
        (format!("/charts/repositories/{id}?tab=settings"), vec!["Save", "Sync every"]),
        (format!("/charts/repositories/{id}?tab=connection"), vec!["Test connection"]),
        (format!("/charts/repositories/{id}?tab=activity"), vec!["Changes", "Ada"]),
        (format!("/charts/repositories/{id}/delete"), vec!["leave the catalog"]),
        (
            format!("/bulk/{id}"),
            vec!["Delete 31 repositories?", "and 11 more", "&lt;b&gt;acme", "2 rows skipped"],
        ),
        ("/charts/catalog".to_owned(), vec!["nginx", "&lt;script&gt;"]),
        (format!("/charts/catalog/{id}"), vec!["helm install nginx", "Copy", "1.2.3"]),
        (
            "/settings/members".to_owned(),
            vec![
                "Ada",
                "&lt;b&gt;ada@example.com",
                "Another address",
                "Confirm",
                "Revoke",
                "Invite",
            ],
        ),
        ("/settings/members/invite".to_owned(), vec!["Make the link", "Admin: credentials"]),
        ("/settings/members/leave".to_owned(), vec!["Leave Acme?"]),
        (format!("/settings/members/{id}"), vec!["Bob", "octocat", "Git targets that push"]),
        ("/invitation".to_owned(), vec!["Join Acme", "Decline", "Accept"]),
        ("/audit".to_owned(), vec!["Audit log", "Ada", "Created a credential"]),
    ] {
        let (status, html) = page(&fake, &path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        for word in words {
            assert!(html.contains(word), "{path} lacks {word}: {html}");
        }
        assert!(!html.contains("style=") && !html.contains("javascript:alert"), "{path}: {html}");
        assert!(!html.contains(SECRET), "{path}");
        assert!(html.contains(" · Hawser</title>"), "{path}: {html}");
        for script in html.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(tag.contains("nonce=\""), "{path}: {tag}");
            assert!(
                !tag.contains("src=") || tag.contains("src=\"/pkg/awake.js\""),
                "{path}: {tag}"
            );
        }
        assert!(html.contains("GitOps") && !html.contains("Pull tokens"), "{path}");
    }
}

#[tokio::test]
async fn strangers_are_sent_to_sign_in_and_back() {
    let fake = Fake::stranger();
    let request = Request::get("/credentials?page=2").body(Body::empty()).unwrap();
    let response = site(&fake).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/sign-in?next=%2Fcredentials%3Fpage%3D2");
    let (status, html) = page(&fake, "/sign-in?next=//evil.example").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("name=\"next\" value=\"/\""), "{html}");
}

#[tokio::test]
async fn what_does_not_exist_is_a_404() {
    let fake = Fake::signed_in();
    for path in
        ["/nothing", "/credentials/x", "/charts/catalog/0190b0a0-0000-7000-8000-0000000000ff"]
    {
        let (status, html) = page(&fake, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(html.contains("Page not found"), "{html}");
    }
}

#[tokio::test]
async fn a_refused_form_comes_back_with_its_values_and_without_the_secret() {
    let fake = Fake::signed_in();
    let body = format!(
        "from=%2Fcredentials%2Fnew%3Fprovider%3Dghcr&provider=ghcr&name=&username=me&password={SECRET}"
    );
    let response = send(&fake, "/actions/credentials/create", "text/html", &body).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let location: Vec<_> = response.headers().get_all(header::LOCATION).iter().collect();
    assert_eq!(location, ["/credentials/new?provider=ghcr"]);
    let (_, html) = page(&fake, "/credentials/new?provider=ghcr").await;
    assert!(html.contains("Type a name.") && html.contains("value=\"me\""), "{html}");
    assert!(html.contains("aria-invalid=\"true\"") && !html.contains(SECRET));
}

#[tokio::test]
async fn one_problem_is_said_as_one_thing() {
    let fake = Fake::signed_in();
    let body = format!(
        "from=%2Fcredentials%2Fnew%3Fprovider%3Dghcr&provider=ghcr&name=&username=me&password={SECRET}"
    );
    send(&fake, "/actions/credentials/create", "text/html", &body).await;
    let (_, html) = page(&fake, "/credentials/new?provider=ghcr").await;
    assert!(html.contains("<p><a href=\"#field-name\">Type a name.</a></p>"), "{html}");
    assert!(!html.contains("Check the highlighted fields."), "{html}");
    let body = body.replace(SECRET, "");
    send(&fake, "/actions/credentials/create", "text/html", &body).await;
    let (_, html) = page(&fake, "/credentials/new?provider=ghcr").await;
    assert!(html.contains("Check the highlighted fields."), "{html}");
}

#[tokio::test]
async fn before_the_first_account_the_way_in_is_told() {
    let fake =
        Arc::new(Fake { principal: None, is_set_up: false, ..Fake::of(domain::Role::Owner) });
    let (_, html) = page(&fake, "/sign-in").await;
    assert!(html.contains("Hawser is not set up yet") && html.contains("Set up Hawser:"), "{html}");
    assert!(!html.contains("name=\"password\""), "{html}");
    let (_, html) = page(&Fake::stranger(), "/sign-in").await;
    assert!(html.contains("name=\"password\""), "{html}");
}

#[tokio::test]
async fn the_script_gets_the_problems_as_data() {
    let fake = Fake::signed_in();
    let body = format!("provider=ghcr&name=&password={SECRET}");
    let response = send(&fake, "/actions/credentials/create", "application/json", &body).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(response.headers().get(header::LOCATION).is_none());
    let answer = text(response).await;
    assert!(answer.contains("Type a name.") && !answer.contains(SECRET), "{answer}");
}

#[tokio::test]
async fn a_new_credential_leads_back_to_the_repository_form() {
    let fake = Fake::signed_in();
    let (status, _) = page(
        &fake,
        "/credentials/new?url=oci%3A%2F%2Fghcr.io%2Facme&name=acme&leaving=%2Fcharts%2Frepositories%2Fnew",
    )
    .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let body = format!(
        "next=%2Fcharts%2Frepositories%2Fnew%3Furl%3Doci%253A%252F%252Fghcr.io&provider=ghcr&name=n&password={SECRET}"
    );
    let response = send(&fake, "/actions/credentials/create", "text/html", &body).await;
    let id = fake::ID;
    assert_eq!(
        response.headers()[header::LOCATION],
        format!("/charts/repositories/new?url=oci%3A%2F%2Fghcr.io&credential={id}").as_str()
    );
}

#[tokio::test]
async fn ticking_nothing_syncs_nothing() {
    let fake = Fake::signed_in();
    let path = "/actions/repositories/sync";
    let refused = send(&fake, path, "application/json", "which=ticked").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    send(&fake, path, "text/html", "which=ticked&from=%2Fcharts%2Frepositories").await;
    let (_, html) = page(&fake, "/charts/repositories").await;
    assert!(html.contains("<p>Select at least one repository.</p>"), "{html}");
    assert!(!html.contains("Check the highlighted fields."), "{html}");
    for (body, count) in [
        ("which=found&search=&state=&credential=&project=", "41 repositories"),
        ("which=found&search=acme", "1 repository"),
    ] {
        send(&fake, path, "text/html", &format!("{body}&from=%2Fcharts%2Frepositories")).await;
        let (_, html) = page(&fake, "/charts/repositories").await;
        assert!(html.contains(&format!("Sync started for {count}.")), "{body}: {html}");
    }
    for unread in ["which=found&state=broken", "which=found&credential=x", "which=found&project=x"]
    {
        let refused = send(&fake, path, "application/json", unread).await;
        assert_eq!(
            refused.status(),
            StatusCode::NOT_FOUND,
            "what cannot be read is not everything"
        );
    }
    let (_, html) = page(&fake, "/charts/repositories").await;
    assert!(html.contains(">Sync all 1<") && !html.contains("Sync all 1 shown"), "{html}");
    let (_, html) = page(&fake, "/charts/repositories?search=acme&state=failing").await;
    assert!(html.contains("Sync all 1 shown"), "{html}");
    for kept in ["name=\"search\" value=\"acme\"", "name=\"state\" value=\"failing\""] {
        assert!(html.contains(kept), "{kept}: {html}");
    }
    let id = fake::ID;
    let other = "0190b0a0-0000-7000-8000-000000000002";
    let body =
        format!("which=ticked&ids%5B%5D={id}&ids%5B%5D={other}&from=%2Fcharts%2Frepositories");
    let response = send(&fake, path, "text/html", &body).await;
    assert_eq!(response.headers()[header::LOCATION], "/charts/repositories");
    let (_, html) = page(&fake, "/charts/repositories").await;
    // It passes with what it speaks of.
    let begun = "data-passing=\"\">Sync started for 2 repositories.";
    assert!(html.contains(begun), "{html}");
}

#[tokio::test]
async fn what_destroyed_nothing_can_be_undone_where_it_is_told() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let body = format!(
        "from=%2Fcharts%2Frepositories&action=set_interval&interval=900&ids%5B%5D={id}&ids%5B%5D=x"
    );
    let response = send(&fake, "/actions/bulk/repositories", "text/html", &body).await;
    assert_eq!(response.headers()[header::LOCATION], "/charts/repositories");
    let (_, html) = page(&fake, "/charts/repositories").await;
    for told in [
        "2 repositories: synced every 15 minutes. 1 had this interval already.",
        "action=\"/actions/bulk/undo-interval\"",
        &format!("name=\"run\" value=\"{id}\""),
        ">Undo</button>",
        "href=\"\" data-dismiss",
    ] {
        assert!(html.contains(told), "{told}: {html}");
    }
    let body = format!("from=%2Fcharts%2Frepositories&run={id}");
    send(&fake, "/actions/bulk/undo-interval", "text/html", &body).await;
    let (_, html) = page(&fake, "/charts/repositories").await;
    assert!(html.contains("Undone: 2 repositories sync as before."), "{html}");
    assert!(!html.contains(">Undo</button>"), "{html}");
}

#[tokio::test]
async fn a_credential_that_is_taken_away_can_be_given_back() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let edit = async |credential: &str| {
        let body = format!(
            "from=%2Fcharts%2Frepositories%2F{id}&repository={id}&row_version=2&name=acme\
             &url=oci%3A%2F%2Fghcr.io%2Facme&credential={credential}"
        );
        send(&fake, "/actions/repositories/edit", "text/html", &body).await;
        page(&fake, &format!("/charts/repositories/{id}")).await.1
    };
    let html = edit("").await;
    assert!(html.contains("The credential is not used here any more."), "{html}");
    let undo = html.split("action=\"/actions/repositories/edit\" class=\"inline\"");
    let undo = undo.last().unwrap().split("</form>").next().unwrap();
    for field in [
        format!("name=\"credential\" value=\"{id}\""),
        "name=\"row_version\" value=\"3\"".to_owned(),
    ] {
        assert!(undo.contains(&field), "{field}: {undo}");
    }
    assert!(!edit(id).await.contains(">Undo</button>"));
}

#[tokio::test]
async fn a_long_list_of_credentials_is_searched_and_a_short_one_is_not() {
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, "/charts/repositories/new").await;
    assert!(!html.contains("data-finds") && html.contains("name=\"credential\""), "{html}");
    let (_, html) = page(&fake, "/charts/repositories/new?search=a%22%3Cb%3E&name=typed").await;
    for part in ["data-finds", "value=\"a&quot;&lt;b&gt;\"", "value=\"typed\"", "data-enter"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let to = "/actions/forms/elsewhere?to=%2Fcharts%2Frepositories%2Fnew";
    assert!(html.contains(&format!("formaction=\"{to}\"")), "{html}");
}
