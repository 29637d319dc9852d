//! Connected accounts: the ways to connect that are offered, and what a connected credential shows.

use std::sync::Arc;

use axum::http::header;
use domain::{AuthMethod, Provider, Role, gitops::GitAccountOffers};

use super::{
    fake::{self, Fake},
    page, send,
};
use crate::services::Typing;

#[tokio::test]
async fn only_the_configured_ways_to_connect_are_offered() {
    let path = "/gitops/connections";
    let (_, html) = page(&Fake::signed_in(), path).await;
    for words in ["Connect GitHub", "Connect with a code", "Install the GitHub App", "GitLab"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("Connect again") && html.contains("Grace has to connect it again."));
    let offers = GitAccountOffers { host: "github.com".into(), device: true, ..Default::default() };
    let device = Arc::new(Fake { offers, ..Fake::of(Role::Owner) });
    let (_, html) = page(&device, path).await;
    assert!(html.contains("Connect with a code") && !html.contains("Connect GitHub"), "{html}");
    let (_, html) = page(&device, "/credentials/new").await;
    assert!(html.contains("href=\"/gitops/connections\">Connect an account"), "{html}");
    let none = Arc::new(Fake { offers: GitAccountOffers::default(), ..Fake::of(Role::Owner) });
    let (_, html) = page(&none, path).await;
    assert!(html.contains("HAWSER_GITHUB_CLIENT_ID"), "{html}");
    let (_, html) = page(&none, "/credentials/new").await;
    assert!(!html.contains("Connect an account"), "{html}");
}

#[tokio::test]
async fn r_oauth_04_the_device_page_leads_only_to_the_configured_host() {
    const PATH: &str = "/gitops/connections/device";
    let fake = Fake::signed_in();
    let begun = |url: &str| Typing {
        code: "WDJB-MJHT<b>".into(),
        url: url.into(),
        interval: 7,
        ends: fake::NOW,
    };
    *fake.typing.lock().unwrap() = Some(begun("https://github.com/login/device"));
    let (_, html) = page(&fake, PATH).await;
    assert!(html.contains("href=\"https://github.com/login/device\""), "{html}");
    assert!(html.contains(">WDJB-MJHT&lt;b&gt;<") && html.contains("I typed the code"), "{html}");
    for bad in [
        "https://evil.example/login",
        "https://github.com@evil.example/",
        "https://ada@github.com/",
        "https://github.com:8443/",
        "javascript:alert(1)",
    ] {
        *fake.typing.lock().unwrap() = Some(begun(bad));
        let (_, html) = page(&fake, PATH).await;
        let links = html.split("href=\"").skip(1).map(|link| link.split('"').next().unwrap());
        let mut foreign = links.filter(|link| !link.starts_with(['/', '#']));
        assert_eq!(foreign.next(), None, "{bad}");
        assert!(!html.contains("target=\"_blank\""), "{bad}: {html}");
    }
}

#[tokio::test]
async fn an_account_can_be_forgotten_while_github_is_away() {
    let fake = Arc::new(Fake { has_targets: false, ..Fake::of(Role::Owner) });
    let path = format!("/gitops/connections/{}/disconnect", fake::ID);
    let (_, html) = page(&fake, &path).await;
    for words in [
        "Forget it here anyway",
        "href=\"https://github.com/settings/applications\"",
        "nothing is revoked, and the account stays here",
        "<details data-refused class=\"more\">",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let body = format!("from={}&credential={}", path.replace('/', "%2F"), fake::ID);
    *fake.github_away.lock().unwrap() = true;
    send(&fake, "/actions/gitops/disconnect", "text/html", &body).await;
    let (_, html) = page(&fake, &path).await;
    assert!(html.contains("GitHub did not answer in time. Nothing was changed here"), "{html}");
    assert!(html.contains("<details open data-refused class=\"more\">"), "{html}");
    assert!(!html.contains("registry"), "{html}");
    let answer = send(&fake, "/actions/gitops/forget", "text/html", &body).await;
    assert_eq!(answer.headers()[header::LOCATION], "/gitops/connections");
    let (_, html) = page(&fake, "/gitops/connections").await;
    assert!(html.contains("Its authorization stays at GitHub until you revoke it there"), "{html}");
    // Pressed twice: what was asked for is done.
    let other = format!("from={}&credential={}", path.replace('/', "%2F"), fake::exports::OTHER);
    let answer = send(&fake, "/actions/gitops/forget", "text/html", &other).await;
    assert_eq!(answer.headers()[header::LOCATION], "/gitops/connections");
    let (_, html) = page(&fake, "/gitops/connections").await;
    assert!(html.contains("The account is not connected here any more."), "{html}");
    // One that is in use is not disconnected: its Git targets are named, and what to do.
    let (_, html) = page(&Fake::signed_in(), &path).await;
    assert!(html.contains("prod-cluster") && html.contains("#field-credential"), "{html}");
    assert!(!html.contains("Forget it here anyway"), "{html}");
}

#[tokio::test]
async fn an_address_names_no_code_to_type() {
    let fake = Fake::signed_in();
    let path =
        "/gitops/connections/device?code=EVIL-CODE&url=https%3A%2F%2Fgithub.com%2Flogin%2Fdevice";
    let (_, html) = page(&fake, path).await;
    assert!(html.contains("Nothing was begun here"), "{html}");
    assert!(!html.contains("EVIL") && !html.contains("I typed the code"), "{html}");
}

#[tokio::test]
async fn a_connected_credential_has_no_form_for_its_secret() {
    let made_of = (Provider::Github, AuthMethod::GithubOauth);
    let fake = Arc::new(Fake { made_of, ..Fake::of(Role::Owner) });
    let (_, html) = page(&fake, &format!("/credentials/{}?tab=versions", fake::ID)).await;
    assert!(html.contains("Connected account") && html.contains("Disconnect"), "{html}");
    assert!(!html.contains("name=\"password\""), "{html}");
}
