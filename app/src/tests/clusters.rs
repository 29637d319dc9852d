//! Clusters: hidden where the operator left them off, drift, and what a deletion removes.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use domain::{Cause, Role, cause::RemoteKind};

use super::{
    fake::{self, Fake},
    page, send,
};

const PATH: &str = "/gitops/clusters";

fn cluster() -> String {
    format!("{PATH}/{}", fake::ID)
}

fn objects() -> String {
    format!("{}?tab=objects", cluster())
}

#[tokio::test]
async fn where_they_are_off_there_are_no_pages_and_no_links() {
    let off = Arc::new(Fake { has_clusters: false, ..Fake::of(Role::Owner) });
    for path in [PATH.to_owned(), format!("{PATH}/new"), cluster(), format!("{}/delete", cluster())]
    {
        let (status, _) = page(&off, &path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    let (_, html) = page(&off, "/gitops").await;
    assert!(!html.contains(PATH), "{html}");
    let (_, html) = page(&Fake::signed_in(), "/gitops").await;
    assert!(html.contains(PATH), "{html}");
}

#[tokio::test]
async fn every_state_of_an_object_has_its_word() {
    let (_, html) = page(&Fake::signed_in(), &objects()).await;
    for words in [
        "In sync",
        "Changed by somebody else",
        "Deleted by somebody else",
        "Not synced",
        "Owned by somebody else",
        "id=\"objects\"",
        "403 Forbidden: insufficient permissions",
        "It may not &lt;write&gt; here.",
        "12 min ago",
        "Compare now",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    // While the cluster fails, what it was not asked about waits.
    let away = Arc::new(Fake { cause: Some(Cause::Timeout), ..Fake::of(Role::Owner) });
    let (_, html) = page(&away, &objects()).await;
    assert_eq!(html.matches("Waits for the cluster").count(), 5, "{html}");
    assert!(html.contains("In sync when it was compared last"), "{html}");
    let viewer = Arc::new(Fake::of(Role::Viewer));
    let (_, html) = page(&viewer, &objects()).await;
    assert!(!html.contains("Compare now"), "{html}");
    for cause in Cause::ALL {
        let fake = Arc::new(Fake { cause: Some(cause), ..Fake::of(Role::Owner) });
        for path in [cluster(), format!("{}/preview", cluster()), PATH.to_owned()] {
            let (status, html) = page(&fake, &path).await;
            assert_eq!(status, StatusCode::OK, "{cause:?} {path}");
            assert!(html.contains(cause.words(RemoteKind::Cluster).title), "{cause:?} {path}");
        }
    }
}

#[tokio::test]
async fn a_cluster_is_saved_applied_and_deleted() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let body = format!("from=%2Fgitops%2Fclusters%2Fnew&name=eu&exports%5B%5D={id}");
    let path = "/actions/gitops/clusters/save";
    let answer = send(&fake, path, "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], "/gitops/clusters/new");
    let (_, html) = page(&fake, "/gitops/clusters/new").await;
    assert!(html.contains("Choose a credential.") && html.contains("value=\"eu\""), "{html}");
    assert!(html.contains(&format!("value=\"{id}\" checked")), "{html}");
    assert!(html.contains("cluster-octocat"), "only credentials of the kind: {html}");
    let answer = send(&fake, path, "text/html", &format!("{body}&credential={id}")).await;
    let preview = format!("{}/preview", cluster());
    assert_eq!(answer.headers()[header::LOCATION], preview.as_str());
    assert_eq!(fake.cluster_saved.lock().unwrap().take().unwrap().exports, [id]);
    let (_, html) = page(&fake, &preview).await;
    assert!(html.contains("3 objects would change.") && html.contains("Sync now"), "{html}");
    let from = cluster().replace('/', "%2F");
    let body = format!("from={from}&cluster={id}");
    let answer = send(&fake, "/actions/gitops/clusters/apply", "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], cluster().as_str());
    let answer = send(&fake, "/actions/gitops/clusters/compare", "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], cluster().as_str());
    let (_, html) = page(&fake, &objects()).await;
    assert!(html.contains("Compared: 3 objects would change."), "{html}");
    let (_, html) = page(&fake, &format!("{}/delete", cluster())).await;
    assert!(html.contains("5 objects are removed") && html.contains("Secret shop/regcred"));
    let answer = send(&fake, "/actions/gitops/clusters/delete", "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], PATH);
    let (_, html) = page(&fake, PATH).await;
    assert!(
        html.contains("Deleting the objects first, then the cluster is removed from Hawser."),
        "{html}"
    );
}

#[tokio::test]
async fn what_could_not_be_compared_is_not_called_unchanged() {
    let fake = Arc::new(Fake { cause: Some(Cause::InsufficientScope), ..Fake::of(Role::Owner) });
    let (_, html) = page(&fake, &format!("{}/preview", cluster())).await;
    for words in [
        "1 object could not be compared",
        "Secret shop/refused",
        "<pre class=\"told\">It may not &lt;write&gt; here.\n  kubectl create role</pre>",
        "Nothing is written until this is fixed.",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(!html.contains("Nothing to change") && !html.contains("Sync now"), "{html}");
    let body = format!("from={}&cluster={}", cluster().replace('/', "%2F"), fake::ID);
    send(&fake, "/actions/gitops/clusters/compare", "text/html", &body).await;
    let (_, html) = page(&fake, &cluster()).await;
    assert!(html.contains("1 object could not be compared."), "{html}");
    assert!(!html.contains("nothing would change") && !html.contains("notice good"), "{html}");
}

#[tokio::test]
async fn a_cluster_that_is_being_deleted_says_so_and_is_forgotten_only_when_it_fails() {
    let cause = Some(Cause::ConnectionRefused);
    let stuck = Arc::new(Fake { is_deleting: true, cause, ..Fake::of(Role::Owner) });
    let busy = Arc::new(Fake { is_deleting: true, ..Fake::of(Role::Owner) });
    for fake in [&stuck, &busy] {
        let (_, html) = page(fake, &cluster()).await;
        assert!(html.contains("Being deleted; 5 objects wait."), "{html}");
        assert!(!html.contains("clusters/apply") && !html.contains("clusters/save"), "{html}");
        let (_, html) = page(fake, PATH).await;
        assert!(html.contains("Being deleted") && !html.contains("clusters/apply"), "{html}");
    }
    let delete = format!("{}/delete", cluster());
    let (_, html) = page(&stuck, &delete).await;
    assert!(html.contains("Forget it and leave these objects there"), "{html}");
    let (_, html) = page(&busy, &delete).await;
    assert!(html.contains("5 objects wait") && !html.contains("type=\"submit\">Forget"), "{html}");
    assert!(!html.contains("button danger solid"), "{html}");
}
