//! Connecting accounts, as browsers see it.

use axum::body::Body;
use egress::{AllowList, Outbound};
use github::{Github, GithubApp, GithubSettings, OauthClient};
use http::{Method, StatusCode, header};
use token_exchange::GithubIdentity;

use testkit::github_stub::{CALLBACK, CLIENT, GithubStub as Stub, SECRET};

use crate::asking::{Answer, Hawser, Scheme, forms};

/// The page that shows a code.
const DEVICE: &str = "/gitops/connections/device";

pub struct Side {
    pub hawser: Hawser,
    pub stub: Stub,
    /// The session of a person.
    pub ada: String,
    _folder: tempfile::TempDir,
}

async fn start_with(scheme: Scheme) -> Side {
    let stub = Stub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let secret_file = folder.path().join("secret");
    std::fs::write(&secret_file, SECRET).unwrap();
    let oauth = OauthClient { id: CLIENT.into(), secret_file, scopes: vec!["repo".into()] };
    let identity = GithubIdentity { app_id: "77".into(), key_file: folder.path().join("key.pem") };
    let app = Some(GithubApp { identity, slug: "hawser".into() });
    let settings = GithubSettings { web: stub.url(), api: stub.api(), oauth: Some(oauth), app };
    let allow = stub.authority.clone();
    let hawser = Hawser::start_as(scheme, move |engine| {
        let outbound = Outbound::new(AllowList::parse(&allow).unwrap()).unwrap();
        let github = Github::new(outbound, settings, CALLBACK.parse().unwrap());
        engine.connecting_to_github(github)
    })
    .await;
    let ada = hawser.set_up().await;
    Side { hawser, stub, ada, _folder: folder }
}

pub async fn start() -> Side {
    start_with(Scheme::Http).await
}

impl Side {
    /// Presses the button; answers where the browser goes and the cookie that it keeps.
    pub async fn begin(&self) -> (String, String) {
        let answer = self.hawser.form("/actions/gitops/connect", &self.ada, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let cookie = set(&answer, "hawser-github").unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (answer.header("location").to_owned(), cookie)
    }

    /// Comes back from GitHub with these cookies.
    pub async fn back(&self, (state, code): &(String, String), cookies: &[&str]) -> Answer {
        let path = format!("/oauth/github/callback?state={state}&code={code}");
        self.hawser.page(&path, &cookies.join("; ")).await
    }

    /// Looks whether the code was typed, as the page of the code does by itself.
    async fn look(&self, cookies: &str) -> Answer {
        let request = self
            .hawser
            .request(Method::POST, "/actions/gitops/device/poll")
            .header(header::ACCEPT, "application/json")
            .header(header::ORIGIN, &self.hawser.public)
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, cookies);
        self.hawser.send(request.body(Body::empty()).unwrap()).await
    }

    /// What the next page says.
    async fn said(&self) -> String {
        self.hawser.page("/credentials", &self.ada).await.text
    }
}

/// The cookie of this name that an answer sets.
fn set(answer: &Answer, name: &str) -> Option<String> {
    let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
    let mut texts = cookies.map(|cookie| cookie.to_str().unwrap());
    texts.find(|text| text.starts_with(&format!("{name}="))).map(str::to_owned)
}

#[tokio::test]
async fn r_oauth_01_the_key_of_the_browser_is_bound_to_this_host() {
    for (scheme, name, secure) in
        [(Scheme::Http, "hawser-github", false), (Scheme::Https, "__Host-hawser-github", true)]
    {
        let side = start_with(scheme).await;
        let answer = side.hawser.form("/actions/gitops/connect", &side.ada, &[]).await;
        let cookie = set(&answer, name).unwrap();
        for part in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=600"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        let key = cookie.split(['=', ';']).nth(1).unwrap();
        assert_eq!(key.len(), 43, "256 bits");
        assert!(!answer.header("location").contains(key), "it does not go to GitHub");
    }
}

#[tokio::test]
async fn r_oauth_01_coming_back_needs_the_cookie_of_the_same_browser() {
    let side = start().await;
    let (page, cookie) = side.begin().await;
    let (_, other) = side.begin().await;
    let back = side.stub.agree(&page);
    let twice = format!("{cookie}; {other}");
    for cookies in [&[side.ada.as_str()][..], &[&side.ada, &other], &[&side.ada, &twice]] {
        let answer = side.back(&back, cookies).await;
        assert_eq!(answer.header("location"), "/gitops/connections", "{cookies:?}");
        let removed = set(&answer, "hawser-github").unwrap();
        assert!(removed.starts_with("hawser-github=;") && removed.contains("Max-Age=0"));
        assert!(side.said().await.contains("begun in another browser or tab"));
    }
    assert!(side.stub.living().is_empty(), "the code was not even shown to GitHub");
    assert!(!side.stub.asked().iter().any(|asked| asked.contains("access_token")));
}

#[tokio::test]
async fn r_oauth_02_coming_back_needs_the_session() {
    let side = start().await;
    let (page, cookie) = side.begin().await;
    let back = side.stub.agree(&page);
    let answer = side.back(&back, &[&cookie]).await;
    assert!(answer.header("location").starts_with("/sign-in"), "{:?}", answer.headers);
    side.hawser.form("/actions/sign-out", &side.ada, &[]).await;
    let answer = side.back(&back, &[&side.ada, &cookie]).await;
    assert!(answer.header("location").starts_with("/sign-in"), "{:?}", answer.headers);
    // Signed in again, even in the same browser, what was begun before has ended.
    let fields = [("email", "ada@example.com"), ("password", crate::asking::PASSWORD)];
    let signed_in = side.hawser.form("/actions/sign-in", "", &fields).await.cookie().unwrap();
    side.back(&back, &[&signed_in, &cookie]).await;
    assert!(side.stub.living().is_empty());
}

#[tokio::test]
async fn r_oauth_04_the_words_of_the_provider_are_never_shown() {
    let side = start().await;
    for error in ["access_denied", "%3Cscript%3Ecanary%3C/script%3E"] {
        let (_, cookie) = side.begin().await;
        let path = format!(
            "/oauth/github/callback?error={error}&error_description=%3Cb%3Ecanary%3C/b%3E&error_uri=https://canary.example&state=canary"
        );
        let answer = side.hawser.page(&path, &format!("{}; {cookie}", side.ada)).await;
        assert_eq!(answer.header("location"), "/gitops/connections");
        assert!(!answer.text.contains("canary"));
        let said = side.said().await;
        assert!(said.contains("GitHub") && !said.contains("canary"), "{said}");
    }
}

#[tokio::test]
async fn r_oauth_05_the_callback_is_a_constant() {
    let side = start().await;
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example"),
    ] {
        let request = side
            .hawser
            .request(Method::POST, "/actions/gitops/connect")
            .header(name, value)
            .header(header::ORIGIN, &side.hawser.public)
            .header(header::COOKIE, &side.ada)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = side.hawser.send(request.body(axum::body::Body::empty()).unwrap()).await;
        // The stub compares the callback.
        side.stub.agree(answer.header("location"));
    }
}

#[tokio::test]
async fn r_csrf_01_nobody_else_begins() {
    let side = start().await;
    for path in forms() {
        let got = side.hawser.page(path, &side.ada).await;
        assert!(!got.status.is_success() && !got.status.is_redirection(), "{path}: {}", got.status);
        let request = side
            .hawser
            .request(Method::POST, path)
            .header(header::ORIGIN, "https://evil.example")
            .header(header::COOKIE, &side.ada)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = side.hawser.send(request.body(axum::body::Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(side.stub.asked().is_empty());
}

#[tokio::test]
async fn forms_may_lead_to_the_configured_github_and_nowhere_else() {
    let side = start().await;
    let policy = side.hawser.page("/credentials", &side.ada).await;
    let policy = policy.header("content-security-policy").to_owned();
    assert!(
        policy.contains(&format!("form-action 'self' http://{};", side.stub.authority)),
        "{policy}"
    );
    let plain = Hawser::start().await;
    let policy = plain.page("/sign-in", "").await.header("content-security-policy").to_owned();
    assert!(policy.contains("form-action 'self';"), "{policy}");
}

#[tokio::test]
async fn r_oauth_07_a_token_that_cannot_be_stored_is_revoked() {
    let side = start().await;
    let (page, cookie) = side.begin().await;
    let answer = side.back(&side.stub.agree(&page), &[&side.ada, &cookie]).await;
    assert_eq!(answer.header("location"), "/gitops/connections");
    let said = side.said().await;
    assert!(said.contains("notice bad") && !said.contains("is connected"), "{said}");
    assert_eq!((side.stub.living().len(), side.stub.revoked()), (0, 1));
}

#[tokio::test]
async fn a_code_is_shown_and_its_cookie_is_bound_to_this_host() {
    let side = start().await;
    let answer = side.hawser.form("/actions/gitops/device", &side.ada, &[]).await;
    assert_eq!(answer.header("location"), DEVICE);
    let cookie = set(&answer, "hawser-device").unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax; Path=/; Max-Age=900"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let shown = side.hawser.page(&format!("{DEVICE}?code=EVIL-CODE"), &side.ada).await.text;
    assert!(shown.contains("WDJB-MJHT") && !shown.contains("EVIL"), "{shown}");
    let cookies = format!("{}; {cookie}", side.ada);
    let pending = side.hawser.form("/actions/gitops/device/poll", &cookies, &[]).await;
    assert_eq!(pending.header("location"), DEVICE);
    assert!(side.said().await.contains("GitHub has not seen the code yet"));
    assert!(side.hawser.page(DEVICE, &side.ada).await.text.contains("WDJB-MJHT"));
    // The page looks in the background: nothing is said until there is something to say.
    let look = side.look(&cookies).await;
    assert_eq!((look.status, look.header("retry-after")), (StatusCode::NO_CONTENT, "5"));
    assert!(!side.said().await.contains("GitHub has not seen the code yet"));
    let without = side.look(&side.ada).await;
    assert_eq!(without.status, StatusCode::OK);
    assert_eq!(without.header("location"), "/gitops/connections");
    assert!(side.said().await.contains("asked for in another browser"));
    let without = side.hawser.form("/actions/gitops/device/poll", &side.ada, &[]).await;
    assert_eq!(without.header("location"), "/gitops/connections");
    assert!(side.said().await.contains("asked for in another browser"));
    let ended = side.hawser.page(DEVICE, &side.ada).await.text;
    assert!(ended.contains("Nothing was begun here") && !ended.contains("WDJB"), "{ended}");
}

#[tokio::test]
async fn r_oauth_06_a_link_with_an_installation_only_asks() {
    let side = start().await;
    let answer = side
        .hawser
        .page("/oauth/github/installed?installation_id=77&setup_action=install", &side.ada)
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text.contains("name=\"installation_id\" value=\"77\""), "{}", answer.text);
    assert!(answer.header("content-security-policy").contains("default-src 'none'"));
    assert!(side.stub.asked().is_empty(), "a link changes nothing");
    for odd in ["%3Cscript%3E", "", "-1", "77%20"] {
        let path = format!("/oauth/github/installed?installation_id={odd}");
        let answer = side.hawser.page(&path, &side.ada).await;
        assert_eq!(answer.header("location"), "/gitops/connections", "{odd}");
    }
    let fields = [("installation_id", "77")];
    let answer = side.hawser.form("/actions/gitops/installation", &side.ada, &fields).await;
    assert_eq!(answer.header("location"), "/gitops/connections");
    assert!(side.said().await.contains("Connect your own account first"));
}

#[tokio::test]
async fn without_an_app_an_installation_leads_back_and_says_why() {
    let plain = Hawser::start().await;
    let ada = plain.set_up().await;
    let answer = plain.page("/oauth/github/installed?installation_id=77", &ada).await;
    assert_eq!(answer.header("location"), "/gitops/connections");
    let said = plain.page("/gitops/connections", &ada).await.text;
    assert!(said.contains("No GitHub App is configured on this Hawser"), "{said}");
}
