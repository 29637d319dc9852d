//! A stub of GitHub: what it checks, GitHub checks, and refuses in the same way.
//!
//! Used by the tests of connectors, engine and server. Codes and refresh tokens work once, PKCE and
//! the callback are compared, refusals come with status 200 and words that nobody may show.

mod routes;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::to_bytes,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use tokio::sync::Notify;
use url::Url;

pub const CLIENT: &str = "Iv23liSTUB";
pub const SECRET: &str = "canary-client-secret";
pub const CALLBACK: &str = "http://127.0.0.1:3000/oauth/github/callback";
/// The words of every refusal.
pub const WORDS: &str = "canary-words <b>by GitHub</b>";
pub const APP: &str = "424242";

/// A running stub.
#[derive(Clone)]
pub struct GithubStub {
    pub authority: String,
    state: Arc<Mutex<State>>,
}

/// How the person with a device code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    Pending,
    SlowDown,
    Agreed,
    Refused,
    Expired,
}

struct State {
    made: u64,
    /// Who agrees at GitHub: number and name.
    account: (i64, String),
    /// The life of access tokens in seconds; `None` for those of an OAuth app.
    life: Option<u64>,
    /// What is granted, if less than asked.
    granted: Option<String>,
    codes: HashMap<String, Code>,
    devices: HashMap<String, (Device, String)>,
    tokens: HashMap<String, Token>,
    refresh: HashMap<String, (i64, String)>,
    refreshed: usize,
    revoked: Vec<String>,
    /// Paths that answer with this status.
    broken: HashMap<&'static str, u16>,
    /// Paths that do their work and lose the answer.
    lost: HashSet<&'static str>,
    /// Paths of which the next answer waits.
    held: HashMap<&'static str, Held>,
    /// Called when tokens were renewed, before the answer leaves.
    after_renewal: Option<Box<dyn Fn() + Send>>,
    installations: Vec<(i64, String)>,
    repositories: Vec<String>,
    asked: Vec<String>,
}

/// A request that is on its way to GitHub.
#[derive(Clone, Default)]
pub struct Held {
    left: Arc<Notify>,
    free: Arc<Notify>,
}

impl Held {
    /// Waits until the request has left Hawser.
    pub async fn left(&self) {
        self.left.notified().await;
    }

    /// Lets GitHub see it.
    pub fn arrives(&self) {
        self.free.notify_one();
    }
}

struct Code {
    challenge: String,
    scope: String,
    account: (i64, String),
}

#[derive(Clone)]
struct Token {
    account: (i64, String),
    scope: String,
}

impl GithubStub {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let state = State {
            made: 0,
            account: (583_231, "octocat".to_owned()),
            life: Some(28_800),
            granted: None,
            codes: HashMap::new(),
            devices: HashMap::new(),
            tokens: HashMap::new(),
            refresh: HashMap::new(),
            refreshed: 0,
            revoked: Vec::new(),
            broken: HashMap::new(),
            lost: HashSet::new(),
            held: HashMap::new(),
            after_renewal: None,
            installations: Vec::new(),
            repositories: Vec::new(),
            asked: Vec::new(),
        };
        let github = Self {
            authority: listener.local_addr().unwrap().to_string(),
            state: Arc::new(Mutex::new(state)),
        };
        let own = github.clone();
        let router = Router::new().fallback(move |request: Request| {
            let own = own.clone();
            async move { own.answer(request).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        github
    }

    pub fn url(&self) -> Url {
        Url::parse(&format!("http://{}/", self.authority)).unwrap()
    }

    pub fn api(&self) -> Url {
        Url::parse(&format!("http://{}/api/v3", self.authority)).unwrap()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Who agrees from now on.
    pub fn is(&self, id: i64, login: &str) {
        self.state().account = (id, login.to_owned());
    }

    pub fn grants(&self, scope: &str) {
        self.state().granted = Some(scope.to_owned());
    }

    /// The life of tokens from now on.
    pub fn gives_for(&self, seconds: Option<u64>) {
        self.state().life = seconds;
    }

    pub fn breaks(&self, path: &'static str, status: u16) {
        self.state().broken.insert(path, status);
    }

    pub fn loses_answers_of(&self, path: &'static str) {
        self.state().lost.insert(path);
    }

    /// The next request for a path arrives only when the test says so.
    pub fn holds(&self, path: &'static str) -> Held {
        let held = Held::default();
        self.state().held.insert(path, held.clone());
        held
    }

    pub fn after_renewal(&self, call: impl Fn() + Send + 'static) {
        self.state().after_renewal = Some(Box::new(call));
    }

    pub fn mends(&self) {
        let mut state = self.state();
        state.broken.clear();
        state.lost.clear();
    }

    pub fn installs(&self, id: i64, account: &str) {
        self.state().installations.push((id, account.to_owned()));
    }

    pub fn has_repositories(&self, names: impl IntoIterator<Item = String>) {
        self.state().repositories = names.into_iter().collect();
    }

    /// What the person with this code did.
    pub fn device(&self, device: Device) {
        let mut state = self.state();
        for known in state.devices.values_mut() {
            known.0 = device;
        }
    }

    /// The person revokes everything in GitHub's settings.
    pub fn revokes_all(&self) {
        let mut state = self.state();
        state.tokens.clear();
        state.refresh.clear();
    }

    /// The time of every access token is over. Refresh tokens live longer.
    pub fn ends_access(&self) {
        self.state().tokens.clear();
    }

    /// The same for the tokens of installations alone.
    pub fn ends_installed(&self) {
        self.state().tokens.retain(|token, _| !token.starts_with("ghs_"));
    }

    /// How many refresh tokens can still be used.
    pub fn renewable(&self) -> usize {
        self.state().refresh.len()
    }

    pub fn refreshed(&self) -> usize {
        self.state().refreshed
    }

    pub fn revoked(&self) -> usize {
        self.state().revoked.len()
    }

    /// The access tokens that open something.
    pub fn living(&self) -> Vec<String> {
        self.state().tokens.keys().cloned().collect()
    }

    pub fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// The person agrees on the page at this address; answers state and code as the browser brings
    /// them back.
    pub fn agree(&self, page: &str) -> (String, String) {
        let page = Url::parse(page).unwrap();
        assert_eq!(
            (page.origin(), page.path()),
            (self.url().origin(), "/login/oauth/authorize"),
            "{page}"
        );
        let query: HashMap<_, _> = page.query_pairs().into_owned().collect();
        assert_eq!(query["client_id"], CLIENT);
        assert_eq!(query["redirect_uri"], CALLBACK, "the callback is a constant");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["code_challenge"].len(), 43);
        assert_eq!(query["state"].len(), 43, "256 bits");
        let mut state = self.state();
        let code = state.make("code");
        let scope = query.get("scope").cloned().unwrap_or_default();
        let made = Code {
            challenge: query["code_challenge"].clone(),
            scope: state.granted.clone().unwrap_or(scope),
            account: state.account.clone(),
        };
        state.codes.insert(code.clone(), made);
        (query["state"].clone(), code)
    }

    async fn answer(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        let held = self.state().held.remove(path.as_str());
        if let Some(held) = held {
            held.left.notify_one();
            held.free.notified().await;
        }
        let mut state = self.state();
        let all = parts.uri.path_and_query().unwrap();
        state.asked.push(format!("{} {all}", parts.method));
        if let Some(status) = state.broken.get(path.as_str()) {
            let status = StatusCode::from_u16(*status).unwrap();
            return (status, [("retry-after", "60")], WORDS).into_response();
        }
        let query = parts.uri.query().unwrap_or_default();
        let answer = state.route(&parts.method, &path, query, &parts.headers, &body);
        if state.lost.contains(path.as_str()) {
            return (StatusCode::BAD_GATEWAY, WORDS).into_response();
        }
        answer
    }
}
