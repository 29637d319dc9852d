//! The first page for every role, full and empty.

use std::sync::Arc;

use axum::http::StatusCode;
use domain::Role;

use super::{
    fake::{self, Fake},
    page,
};

#[tokio::test]
async fn every_line_leads_to_what_mends_it() {
    let fake = Fake::signed_in();
    let (status, html) = page(&fake, "/").await;
    assert_eq!(status, StatusCode::OK);
    let id = fake::ID;
    for link in [
        format!("/credentials/{id}?tab=versions#field-password"),
        "/charts/repositories?search=ghcr.io&amp;state=stale".to_owned(),
        format!("/charts/repositories/{id}?tab=settings#field-kind"),
        format!("/credentials/{id}?tab=versions#candidate\""),
        "/gitops/connections".to_owned(),
        format!("/gitops/targets/{id}?tab=settings#field-mode"),
        format!("/gitops/targets/{id}\""),
        format!("/gitops/clusters/{id}?tab=objects#objects"),
    ] {
        assert!(html.contains(&format!("href=\"{link}")), "{link}: {html}");
    }
    for words in [
        "ghcr-prod: 401 Unauthorized",
        "4 repositories · ghcr.io · acme charts, b, c and 1 more",
        "kind &lt;b&gt;",
        "Git target prod-cluster cannot push",
        "Cluster prod-us has drifted",
        "2 objects were changed or deleted by somebody else",
        "5 failing · 36 healthy",
        "276 syncs, 1 failed",
        "Created a credential",
        "data-listening",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("<leptos-island"), "it loads no WebAssembly: {html}");
}

#[tokio::test]
async fn who_may_not_mend_is_shown_it_and_who_may_not_read_the_log_sees_none() {
    let viewer = Arc::new(Fake::of(Role::Viewer));
    let (_, html) = page(&viewer, "/").await;
    for absent in ["Update the credential", "#field-", "Connect again", "Recent changes"] {
        assert!(!html.contains(absent), "{absent}: {html}");
    }
    assert!(html.contains("Show"), "{html}");
    let editor = Arc::new(Fake::of(Role::Editor));
    let (_, html) = page(&editor, "/").await;
    assert!(html.contains("#field-kind") && !html.contains("#field-password"), "{html}");
}

#[tokio::test]
async fn an_empty_organization_is_shown_the_way_in() {
    let fake = Arc::new(Fake { is_empty: true, ..Fake::of(Role::Owner) });
    let (status, html) = page(&fake, "/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("way-steps") && html.contains("/credentials/new"), "{html}");
    for absent in ["Needs attention", "Syncs in the last", "<circle"] {
        assert!(!html.contains(absent), "{absent}: {html}");
    }
}
