//! Connected accounts: the ways to connect that are offered, and what a connected credential shows.

use std::sync::Arc;

use domain::{Provider, Role, Shape, gitops::ConnectionOffers};

use super::{
    fake::{self, Fake},
    page,
};

#[tokio::test]
async fn only_the_configured_ways_to_connect_are_offered() {
    let path = "/gitops/connections";
    let (_, html) = page(&Fake::signed_in(), path).await;
    for words in ["Connect GitHub", "Connect with a code", "Install the GitHub App", "GitLab"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("Connect again") && html.contains("Grace has to connect it again."));
    let offers = ConnectionOffers { host: "github.com".into(), device: true, ..Default::default() };
    let device = Arc::new(Fake { offers, ..Fake::of(Role::Owner) });
    let (_, html) = page(&device, path).await;
    assert!(html.contains("Connect with a code") && !html.contains("Connect GitHub"), "{html}");
    let (_, html) = page(&device, "/credentials/new").await;
    assert!(html.contains("href=\"/gitops/connections\">Connect an account"), "{html}");
    let none = Arc::new(Fake { offers: ConnectionOffers::default(), ..Fake::of(Role::Owner) });
    let (_, html) = page(&none, path).await;
    assert!(html.contains("HAWSER_GITHUB_CLIENT_ID"), "{html}");
    let (_, html) = page(&none, "/credentials/new").await;
    assert!(!html.contains("Connect an account"), "{html}");
}

#[tokio::test]
async fn r_oauth_04_the_device_page_leads_only_to_the_configured_host() {
    let path = |url: &str| {
        format!("/gitops/connections/device?code=WDJB-MJHT%3Cb%3E&interval=7&url={url}")
    };
    let fake = Fake::signed_in();
    let (_, html) = page(&fake, &path("https%3A%2F%2Fgithub.com%2Flogin%2Fdevice")).await;
    assert!(html.contains("href=\"https://github.com/login/device\""), "{html}");
    assert!(html.contains(">WDJB-MJHTb<") && html.contains("I typed the code"), "{html}");
    for bad in [
        "https%3A%2F%2Fevil.example%2Flogin",
        "https%3A%2F%2Fgithub.com%40evil.example%2F",
        "https%3A%2F%2Fada%40github.com%2F",
        "https%3A%2F%2Fgithub.com%3A8443%2F",
        "javascript%3Aalert(1)",
    ] {
        let (_, html) = page(&fake, &path(bad)).await;
        let links = html.split("href=\"").skip(1).map(|link| link.split('"').next().unwrap());
        let mut foreign = links.filter(|link| !link.starts_with(['/', '#']));
        assert_eq!(foreign.next(), None, "{bad}");
        assert!(!html.contains("target=\"_blank\""), "{bad}: {html}");
    }
}

#[tokio::test]
async fn a_connected_credential_has_no_form_for_its_secret() {
    let made_of = (Provider::Github, Shape::GithubOauth);
    let fake = Arc::new(Fake { made_of, ..Fake::of(Role::Owner) });
    let (_, html) = page(&fake, &format!("/credentials/{}", fake::ID)).await;
    assert!(html.contains("Connected account") && html.contains("Disconnect"), "{html}");
    assert!(!html.contains("name=\"password\""), "{html}");
}
