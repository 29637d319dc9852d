//! What forms keep when they are refused, and what travels along from one to another.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use tower::ServiceExt;

use super::{
    fake::{self, Fake, SECRET},
    page, send, site, text,
};

async fn sent_to(fake: &std::sync::Arc<Fake>, path: &str) -> String {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = site(fake).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
    response.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_secret_in_a_refused_url_is_not_kept() {
    let new = "/charts/repositories/new";
    for url in [
        format!("https%3A%2F%2Fada%3A{SECRET}%40charts.example.com%2Fa"),
        format!("https%3A%2F%2Fcharts.example.com%2Fa%3Ftoken%3D{SECRET}"),
        format!("helm+repo+add+a+https%3A%2F%2Fcharts.example.com%2Fa+--password+{SECRET}"),
    ] {
        let fake = Fake::signed_in();
        let body = format!("from=%2Fcharts%2Frepositories%2Fnew&url={url}&name=%07kept");
        let answer = send(&fake, "/actions/repositories/add", "text/html", &body).await;
        assert_eq!(answer.headers()[header::LOCATION], new, "{url}");
        let (_, html) = page(&fake, new).await;
        assert!(!html.contains(SECRET), "{url}: {html}");
        assert!(html.contains("value=\"https://charts.example.com/a\""), "{url}: {html}");
    }
}

#[tokio::test]
async fn a_secret_in_a_url_does_not_stay_in_the_address() {
    let fake = Fake::signed_in();
    let path = format!(
        "/credentials/new?url=https%3A%2F%2Fada%3A{SECRET}%40ghcr.io%2Fa&credential=&charts=&row_version=2&leaving=%2Fcharts%2Frepositories%2Fnew"
    );
    assert_eq!(
        sent_to(&fake, &path).await,
        "/credentials/new?provider=ghcr&next=%2Fcharts%2Frepositories%2Fnew%3Furl%3Dhttps%253A%252F%252Fghcr.io%252Fa%26credential%3D%26charts%3D%26row_version%3D2"
    );
}

#[tokio::test]
async fn what_was_typed_for_a_git_target_is_there_after_a_credential_was_added() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let typed = "name=prod&url=https%3A%2F%2Fgithub.com%2Facme%2Fgitops&branch=main&folder=a&mode=pull_request";
    let sent = format!("{typed}&exports%5B%5D={id}&leaving=%2Fgitops%2Ftargets%2Fnew");
    let wizard = sent_to(&fake, &format!("/credentials/new?{sent}")).await;
    assert!(wizard.starts_with("/credentials/new?next=%2Fgitops%2Ftargets%2Fnew%3F"), "{wizard}");
    let (_, html) = page(&fake, &format!("/gitops/targets/new?{typed}&exports%5B%5D={id}")).await;
    for value in ["\"prod\"", "\"https://github.com/acme/gitops\"", "\"main\"", "\"a\""] {
        assert!(html.contains(&format!("value={value}")), "{value}: {html}");
    }
    assert!(html.contains("value=\"pull_request\" checked"), "{html}");
    assert!(html.contains(&format!("value=\"{id}\" checked")), "{html}");
}

#[tokio::test]
async fn what_a_form_lacks_is_added_and_chosen_in_it() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let new = "/gitops/exports/new?consumer=argo_cd";
    let typed = "export=&row_version=&consumer=argo_cd&name=argo&namespace=argo-eu&carrier=sops";
    let left = format!("/charts/repositories/new?leaving={}&{typed}", encoded(new));
    let add = sent_to(&fake, &left).await;
    let (_, html) = page(&fake, &add).await;
    let next = hidden(&html, "next");
    assert!(
        next.starts_with("/gitops/exports/new?") && next.contains("namespace=argo-eu"),
        "{next}"
    );
    assert!(!next.contains("leaving"), "{next}");
    let body = format!("from=%2F&url=oci%3A%2F%2Fghcr.io%2Fa&next={}", encoded(&next));
    let answer = send(&fake, "/actions/repositories/add", "text/html", &body).await;
    let back = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let (_, html) = page(&fake, &back).await;
    assert!(html.contains("The repository is added, and chosen here."), "{html}");
    for value in ["\"argo\"", "\"argo-eu\"", &format!("\"{id}\" checked"), "\"sops\" checked"] {
        assert!(html.contains(&format!("value={value}")), "{value}: {html}");
    }

    // What stands in an address within an address is read once for each.
    let left = format!("/credentials/new?leaving=%2Fgitops%2Ftargets%2Fnew&ca={}", "MII%2BAB%2526");
    let (_, html) = page(&fake, &sent_to(&fake, &left).await).await;
    assert!(html.contains("href=\"/gitops/targets/new?ca=MII%2BAB%2526\""), "{html}");

    // An export for a Git target, through the choice of who reads it.
    let left = format!(
        "/gitops/exports/new?leaving=%2Fgitops%2Ftargets%2Fnew&target=&name=prod&folder=a&exports%5B%5D={}",
        fake::exports::OTHER
    );
    let choose = sent_to(&fake, &left).await;
    let (_, html) = page(&fake, &choose).await;
    assert!(
        html.contains("Back to the form") && html.contains("consumer=flux&amp;next="),
        "{html}"
    );
    let (_, html) = page(&fake, &choose.replacen('?', "?consumer=flux&", 1)).await;
    let next = hidden(&html, "next");
    let body = format!(
        "from=%2F&consumer=flux&name=n&repositories%5B%5D={id}&carrier=sops&next={}",
        encoded(&next)
    );
    let answer = send(&fake, "/actions/gitops/exports/save", "text/html", &body).await;
    let back = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let added = format!("exports%5B%5D={}&exports%5B%5D={id}", fake::exports::OTHER);
    assert!(back.starts_with("/gitops/targets/new?") && back.ends_with(&added), "{back}");

    // A kubeconfig for a cluster: its form says what kind of credential it wants.
    let left = "/credentials/new?leaving=%2Fgitops%2Fclusters%2Fnew&cluster=&name=eu&credential=";
    let wizard = sent_to(&fake, left).await;
    assert!(wizard.starts_with("/credentials/new?provider=kubernetes&next="), "{wizard}");
    let (_, html) = page(&fake, &format!("/gitops/clusters/new?name=eu&exports%5B%5D={id}")).await;
    assert!(html.contains("value=\"eu\"") && html.contains(&format!("value=\"{id}\" checked")));
    // Nobody is led elsewhere.
    for bad in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", ""] {
        let path = format!("/gitops/exports/new?leaving={bad}&name=n");
        assert_eq!(sent_to(&fake, &path).await, "/gitops/exports/new", "{bad}");
    }
}

/// The value of a hidden field.
fn hidden(html: &str, name: &str) -> String {
    let rest = html.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn the_edit_form_comes_back_as_it_was_left() {
    let fake = Fake::signed_in();
    let id = fake::ID;
    let (_, html) = page(&fake, &format!("/charts/repositories/{id}?tab=settings")).await;
    assert!(html.contains("name=\"row_version\" value=\"2\""), "{html}");
    // The credential in use is not among the choices of the fake.
    assert!(html.contains(&format!("<option value=\"{id}\" selected>ghcr-prod")), "{html}");
    let here = format!("/charts/repositories/{id}?tab=settings");
    let left =
        format!("/credentials/new?leaving={}&charts=&credential=&row_version=1", encoded(&here));
    let wizard = sent_to(&fake, &left).await;
    let query = wizard.split_once('?').unwrap().1;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let path = pairs.find(|(name, _)| name == "next").unwrap().1.into_owned();
    assert_eq!(path, format!("{here}&charts=&credential=&row_version=1"));
    let (_, html) = page(&fake, &path).await;
    let form = html.split("id=\"edit\"").nth(1).unwrap();
    assert!(form.contains("name=\"row_version\" value=\"1\""), "{html}");
    assert!(form.contains("<option value=\"\" selected>None"), "{html}");
    assert!(!form.contains("nginx"), "{html}");
}

#[tokio::test]
async fn a_session_that_ended_takes_nothing_from_the_script() {
    let fake = Fake::stranger();
    let path = "/actions/repositories/add";
    let body = "from=%2Fcharts%2Frepositories%2Fnew&url=charts.example.com";
    let answer = send(&fake, path, "application/json", body).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(text(answer).await.contains("signed_out"));
    let answer = send(&fake, path, "text/html", body).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(answer.headers()[header::LOCATION].to_str().unwrap().starts_with("/sign-in?next="));
}

#[tokio::test]
async fn what_becomes_of_the_links_stays_chosen() {
    let held = Fake::signed_in();
    let (_, html) = page(&held, &format!("/credentials/{}/delete", fake::ID)).await;
    assert!(html.contains("argocd-prod") && !html.contains("value=\"unlink\""), "{html}");
    let fake = std::sync::Arc::new(Fake { is_empty: true, ..Fake::of(domain::Role::Owner) });
    let id = fake::ID;
    let path = format!("/credentials/{id}/delete");
    let (_, html) = page(&fake, &path).await;
    assert!(html.contains("value=\"replace\" checked"), "{html}");
    let body = format!("from=%2Fcredentials%2F{id}%2Fdelete&credential={id}&links=unlink");
    send(&fake, "/actions/credentials/delete", "text/html", &body).await;
    let (_, html) = page(&fake, &path).await;
    assert!(html.contains("value=\"unlink\" checked"), "{html}");
    assert!(!html.contains("value=\"replace\" checked"), "{html}");
}
