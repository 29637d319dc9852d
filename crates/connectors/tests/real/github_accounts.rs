//! Connecting accounts of GitHub, against a stub that checks what GitHub checks.

use domain::{Cause, Secret, credentials::SecretMaterial};
use egress::{AllowList, EgressProfile, Outbound};
use github::{
    Github, GithubApp, GithubError, GithubSettings, Grant, OauthClient, Revoked, TokenRefusal,
    Verifier,
};
use token_exchange::{ExchangeSettings, GithubHome, GithubIdentity};

use testkit::github_stub::{APP, CALLBACK, CLIENT, Device, GithubStub as Stub, SECRET, WORDS};

use crate::exchange_stub::{NOW, configured, owner, pair, url};

/// A stub, and a client that may reach nothing else.
struct Side {
    stub: Stub,
    github: Github,
    _folder: tempfile::TempDir,
}

async fn start_with(client_secret: &str) -> Side {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (secret_file, key_file) = (folder.path().join("secret"), folder.path().join("key.pem"));
    std::fs::write(&secret_file, format!("{client_secret}\n")).unwrap();
    std::fs::write(&key_file, "no key").unwrap();
    let settings = GithubSettings {
        web: stub.url(),
        api: stub.api(),
        oauth: Some(OauthClient {
            id: CLIENT.into(),
            secret_file,
            scopes: vec!["repo".into(), "read:user".into()],
        }),
        app: Some(GithubApp {
            identity: GithubIdentity { app_id: APP.into(), key_file },
            slug: "hawser".into(),
        }),
    };
    let outbound = Outbound::new(AllowList::parse(&stub.authority).unwrap()).unwrap();
    let github = Github::new(outbound, settings, CALLBACK.parse().unwrap());
    Side { stub, github, _folder: folder }
}

async fn start() -> Side {
    start_with(SECRET).await
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

impl Side {
    /// What a browser with this key brings back.
    fn agreed(&self, browser: &str) -> Secret {
        let verifier = Verifier::of(&secret(browser));
        let state = secret(&"s".repeat(43));
        let url = self.github.authorize_url(&state, &verifier).unwrap();
        let (back, code) = self.stub.agree(url.as_str());
        assert_eq!(back, state.expose());
        secret(&code)
    }

    async fn exchange(&self, code: &Secret, browser: &str) -> Result<Grant, GithubError> {
        self.github.exchange(code, &Verifier::of(&secret(browser)), NOW).await
    }

    async fn connected(&self) -> Grant {
        self.exchange(&self.agreed("b"), "b").await.unwrap()
    }
}

/// The refusal, after a look that nothing of GitHub's words is in it.
fn refusal<T: std::fmt::Debug>(result: Result<T, GithubError>) -> TokenRefusal {
    let error = result.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    match error {
        GithubError::Refused(refusal) => refusal,
        GithubError::Failed(failure) => panic!("{failure:?}"),
    }
}

#[tokio::test]
async fn r_oauth_01_a_code_opens_the_account_once_and_with_its_verifier() {
    let side = start().await;
    let code = side.agreed("one");
    assert_eq!(refusal(side.exchange(&code, "two").await), TokenRefusal::BadCode);
    assert_eq!(refusal(side.exchange(&code, "one").await), TokenRefusal::BadCode, "it was used up");
    let code = side.agreed("one");
    let grant = side.exchange(&code, "one").await.unwrap();
    assert_eq!(refusal(side.exchange(&code, "one").await), TokenRefusal::BadCode);
    let account = side.github.account(&grant.tokens.access).await.unwrap();
    assert_eq!((account.id, account.login.as_str()), (583_231, "octocat"));
    assert!(grant.tokens.expires_at.is_some());
}

#[tokio::test]
async fn r_oauth_04_refusals_come_with_status_200_and_are_told_in_our_words() {
    let side = start_with("another secret").await;
    let code = side.agreed("b");
    assert_eq!(refusal(side.exchange(&code, "b").await), TokenRefusal::BadClient);
    let side = start().await;
    side.stub.breaks("/login/oauth/access_token", 500);
    let failed = side.exchange(&side.agreed("b"), "b").await.unwrap_err();
    let GithubError::Failed(failure) = failed else { panic!("{failed:?}") };
    assert_eq!((failure.cause, failure.status), (Cause::ServerError, Some(500)));
    assert!(!format!("{failure} {failure:?}").contains(WORDS));
}

#[tokio::test]
async fn a_refresh_token_works_once() {
    let side = start().await;
    let grant = side.connected().await;
    let next = side.github.refresh(&grant.tokens.refresh, NOW).await.unwrap();
    assert_ne!(next.tokens.access.expose(), grant.tokens.access.expose());
    let again = side.github.refresh(&grant.tokens.refresh, NOW).await;
    assert_eq!(refusal(again), TokenRefusal::BadRefreshToken);
    let old = side.github.account(&grant.tokens.access).await.unwrap_err();
    assert_eq!(old.cause, Cause::ConnectionRevoked);
    assert!(side.github.account(&next.tokens.access).await.is_ok());
}

#[tokio::test]
async fn a_device_code_is_looked_at_until_the_person_decided() {
    let side = start().await;
    let start = side.github.begin_device().await.unwrap();
    assert_eq!((start.user_code.as_str(), start.interval), ("WDJB-MJHT", 5));
    // Where the code is typed is the configured GitHub, whatever an answer says.
    assert_eq!(start.verification_url, format!("http://{}/login/device", side.stub.authority));
    for (device, expected) in [
        (Device::Pending, TokenRefusal::Pending),
        (Device::SlowDown, TokenRefusal::SlowDown(10)),
        (Device::Refused, TokenRefusal::AccessDenied),
        (Device::Expired, TokenRefusal::ExpiredToken),
    ] {
        side.stub.device(device);
        assert_eq!(refusal(side.github.poll_device(&start.device_code, NOW).await), expected);
    }
    side.stub.device(Device::Agreed);
    let grant = side.github.poll_device(&start.device_code, NOW).await.unwrap();
    assert!(side.github.account(&grant.tokens.access).await.is_ok());
    assert_eq!(
        refusal(side.github.poll_device(&start.device_code, NOW).await),
        TokenRefusal::BadCode,
        "a device code works once"
    );
}

#[tokio::test]
async fn r_oauth_07_a_token_is_revoked_and_that_once_is_enough() {
    let side = start().await;
    let access = side.connected().await.tokens.access;
    assert_eq!(side.github.revoke(&access).await.unwrap(), Revoked::Now);
    assert_eq!(side.github.revoke(&access).await.unwrap(), Revoked::Before);
    assert_eq!(side.github.account(&access).await.unwrap_err().cause, Cause::ConnectionRevoked);
    let other = start_with("another secret").await;
    let failure = other.github.revoke(&access).await.unwrap_err();
    assert_eq!(failure.cause, Cause::ExchangeRefused, "the operator's fault, not the account's");
}

#[tokio::test]
async fn repositories_are_paged_bounded_and_have_our_addresses() {
    let side = start().await;
    let access = side.connected().await.tokens.access;
    side.stub.has_repositories((0..1_250).map(|n| format!("acme/repo-{n:04}")));
    let all = side.github.repositories(&access, "").await.unwrap();
    assert_eq!((all.len(), all[0].full_name.as_str()), (100, "acme/repo-0000"));
    assert_eq!(all[0].url, format!("http://{}/acme/repo-0000", side.stub.authority));
    assert!(all[0].may_push && !all[0].is_public);
    let found = side.github.repositories(&access, "REPO-0777").await.unwrap();
    assert_eq!(found.iter().map(|r| r.full_name.as_str()).collect::<Vec<_>>(), ["acme/repo-0777"]);
    let before = side.stub.asked().len();
    assert!(side.github.repositories(&access, "repo-1200").await.unwrap().is_empty());
    assert_eq!(side.stub.asked().len() - before, 10, "no more than ten pages");
    // A whole name is found wherever it stands.
    let found = side.github.repositories(&access, "acme/repo-1200").await.unwrap();
    assert_eq!(found.len(), 1);
}

#[tokio::test]
async fn r_oauth_06_an_installation_is_what_the_account_sees() {
    let side = start().await;
    let access = side.connected().await.tokens.access;
    side.stub.installs(77, "acme");
    let seen = side.github.installation(&access, 77).await.unwrap().unwrap();
    assert_eq!((seen.id, seen.account.as_str()), (77, "acme"));
    assert_eq!(side.github.installation(&access, 78).await.unwrap(), None);
    side.stub.revokes_all();
    let failure = side.github.installation(&access, 77).await.unwrap_err();
    assert_eq!(failure.cause, Cause::ConnectionRevoked);
}

#[tokio::test]
async fn limits_of_github_are_respected() {
    let side = start().await;
    let access = side.connected().await.tokens.access;
    side.stub.breaks("/api/v3/user", 429);
    let failure = side.github.account(&access).await.unwrap_err();
    let wait = failure.retry_after.map(|wait| wait.as_secs());
    assert_eq!((failure.cause, wait), (Cause::RateLimited, Some(60)));
    assert!(!format!("{failure} {failure:?}").contains("canary"));
}

#[tokio::test]
async fn r_oauth_07_a_connected_account_opens_git_at_its_github_alone() {
    let side = start().await;
    let home = GithubHome { web: Some(side.stub.url()), app: None };
    let settings = ExchangeSettings { github: home, ..ExchangeSettings::default() };
    let exchanges = configured(&side.stub.authority, settings);
    let tokens = side.connected().await.tokens;
    let access = tokens.access.clone();
    let material = SecretMaterial::GithubOauth { tokens };
    let here = side.stub.url().join("acme/deploy.git").unwrap();
    let login = exchanges.git_login(&material, &owner(), &here, NOW).await.unwrap();
    assert_eq!(pair(&login), ("x-access-token", access.expose()));
    let asked = side.stub.asked().len();
    for elsewhere in ["https://github.com/acme/deploy", "https://evil.example/acme/deploy"] {
        let elsewhere = elsewhere.parse().unwrap();
        let failure = exchanges.git_login(&material, &owner(), &elsewhere, NOW).await.unwrap_err();
        assert_eq!(failure.cause, Cause::UnsupportedTokenKind);
    }
    // No chart repository gets it, also not one at the same host.
    let charts = url(&format!("{}acme/charts", side.stub.url()));
    let made = exchanges.login(&material, &owner(), &charts, &EgressProfile::default(), NOW).await;
    assert_eq!(made.unwrap_err().cause, Cause::UnsupportedTokenKind);
    assert_eq!(side.stub.asked().len(), asked);
}
