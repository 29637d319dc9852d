//! A stub of a host: its pages for pull requests beside a real `git http-backend`. It takes one
//! token, compares branches with the real `git`, and refuses what GitHub
//! (<https://docs.github.com/en/rest/pulls/pulls>) and GitLab
//! (<https://docs.gitlab.com/api/merge_requests/>) refuse.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, request::Parts},
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use testkit::git_server::{CANARY, GitServer};

use crate::{env::git::REPOSITORY, git_requests::kinds::Kind};

/// How a pull request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Open,
    Closed,
    Merged,
}

/// A pull request; its number is its place in the list, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub head: String,
    pub base: String,
    pub title: String,
    pub standing: Standing,
}

/// What the API does besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mood {
    #[default]
    Honest,
    /// Somebody opens the same request between the look and the opening.
    Races,
    /// The token may push, but open nothing.
    Forbids,
    /// The API does not answer now; Git does.
    Away,
}

#[derive(Clone)]
pub struct Host {
    pub kind: Kind,
    pub server: GitServer,
    pub origin: String,
    requests: Arc<Mutex<Vec<Opened>>>,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<u32>>,
}

impl Host {
    pub async fn start(kind: Kind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = Self {
            kind,
            server: GitServer::with_repository().await,
            origin: format!("http://{}", listener.local_addr().unwrap()),
            requests: Arc::default(),
            mood: Arc::default(),
            asked: Arc::default(),
        };
        let own = host.clone();
        let router = Router::new().fallback(move |request: Request| {
            let own = own.clone();
            async move { own.answer(request).await }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        host
    }

    pub fn mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// How often the API was asked since the last time.
    pub fn asked(&self) -> u32 {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// All that were ever opened.
    pub fn opened(&self) -> Vec<Opened> {
        self.requests.lock().unwrap().clone()
    }

    /// Somebody closes the open request without merging it.
    pub fn close(&self) {
        self.settle(Standing::Closed);
    }

    /// Somebody opens the request that was closed last again.
    pub fn reopen(&self) {
        self.requests.lock().unwrap().last_mut().unwrap().standing = Standing::Open;
    }

    /// Somebody merges the open request; the branch stays.
    pub fn merge(&self) {
        let open = self.settle(Standing::Merged);
        let head = self.server.head(REPOSITORY, &open.head);
        let place = format!("refs/heads/{}", open.base);
        self.server.git(REPOSITORY, &["update-ref", &place, &head]);
    }

    fn settle(&self, standing: Standing) -> Opened {
        let mut requests = self.requests.lock().unwrap();
        let open = requests.iter_mut().find(|one| one.standing == Standing::Open).unwrap();
        open.standing = standing;
        open.clone()
    }

    async fn answer(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, 64 << 20).await.unwrap();
        if parts.uri.path().starts_with("/acme/gitops.git/") {
            if !has_password(&parts.headers) {
                let challenge = Response::builder().status(401);
                let challenge = challenge.header("www-authenticate", "Basic realm=\"x\"");
                return challenge.body(Body::empty()).unwrap();
            }
            let repository = self.server.path(REPOSITORY);
            let root = repository.parent().unwrap().parent().unwrap();
            return testkit::git_backend::serve(root, &parts, body).await;
        }
        *self.asked.lock().unwrap() += 1;
        if *self.mood.lock().unwrap() == Mood::Away {
            return said(503, &json!({ "message": "Service Unavailable" }));
        }
        let login = parts.headers.get("authorization");
        if login.is_none_or(|login| login != format!("Bearer {CANARY}").as_str()) {
            return said(401, &json!({ "message": "Bad credentials" }));
        }
        let below = parts.uri.path().strip_prefix(self.kind.requests());
        let number = below.and_then(|below| below.strip_prefix('/')?.parse().ok());
        if let Some(number) = number.filter(|number| (1..=self.opened().len()).contains(number)) {
            return match parts.method {
                Method::GET => said(200, &self.told(number)),
                _ => said(405, &json!({ "message": "Method Not Allowed" })),
            };
        }
        if below != Some("") {
            return said(404, &json!({ "message": "Not Found" }));
        }
        match parts.method {
            Method::GET => self.list(&parts),
            Method::POST => self.open(&parts, &body),
            _ => said(405, &json!({ "message": "Method Not Allowed" })),
        }
    }

    /// Only what every word of the query names: all hosts leave out what does not match.
    fn list(&self, parts: &Parts) -> Response {
        let asked = parts.uri.query().unwrap_or_default().as_bytes();
        let asked: HashMap<_, _> = url::form_urlencoded::parse(asked).into_owned().collect();
        let [head, base, _, open] = self.kind.words();
        let wants = |word: &str, value: &str| asked.get(word).is_none_or(|word| word == value);
        let owner = if self.kind == Kind::Gitlab { "" } else { "acme:" };
        let requests = self.opened();
        let found = requests.iter().enumerate().filter(|(_, one)| {
            let state = if one.standing == Standing::Open { open } else { "closed" };
            wants("state", state)
                && wants(head, &format!("{owner}{}", one.head))
                && wants(base, &one.base)
        });
        said(200, &found.map(|(at, _)| self.told(at + 1)).collect())
    }

    fn open(&self, parts: &Parts, body: &[u8]) -> Response {
        match *self.mood.lock().unwrap() {
            Mood::Forbids => {
                return said(403, &json!({ "message": "Resource not accessible by token" }));
            }
            Mood::Races => self.add(body),
            Mood::Honest | Mood::Away => {}
        }
        if parts.headers.get("content-type").is_none_or(|kind| kind != "application/json") {
            return said(415, &json!({}));
        }
        self.refusal(body).unwrap_or_else(|| {
            self.add(body);
            said(201, &self.told(self.opened().len()))
        })
    }

    fn refusal(&self, body: &[u8]) -> Option<Response> {
        let wanted = self.read(body);
        let invalid = |message: String| {
            Some(match self.kind {
                Kind::Gitlab => said(409, &json!({ "message": [message] })),
                Kind::Github | Kind::GithubElsewhere => said(
                    422,
                    &json!({ "message": "Validation Failed", "errors": [{ "message": message }] }),
                ),
            })
        };
        let is_open = |one: &Opened| {
            one.standing == Standing::Open && one.head == wanted.head && one.base == wanted.base
        };
        if self.opened().iter().any(is_open) {
            return invalid(format!("A pull request already exists for {}.", wanted.head));
        }
        let between = format!("refs/heads/{}..refs/heads/{}", wanted.base, wanted.head);
        // A branch that is not there ends the test: nothing is asked before it was pushed.
        if self.server.git(REPOSITORY, &["rev-list", "--count", &between]) == "0" {
            return invalid(format!("No commits between {} and {}", wanted.base, wanted.head));
        }
        None
    }

    fn add(&self, body: &[u8]) {
        self.requests.lock().unwrap().push(self.read(body));
    }

    fn read(&self, body: &[u8]) -> Opened {
        let body: HashMap<String, String> = serde_json::from_slice(body).unwrap();
        let [head, base, text, _] = self.kind.words();
        let get = |word: &str| body.get(word).unwrap().clone();
        assert!(!get(text).is_empty() && !format!("{body:?}").contains(CANARY));
        assert_eq!(body.len(), 4, "{body:?}");
        Opened { head: get(head), base: get(base), title: get("title"), standing: Standing::Open }
    }

    /// A request as the host describes it; the address of its page is nobody's.
    fn told(&self, number: usize) -> Value {
        let [_, _, _, open] = self.kind.words();
        let standing = self.opened().get(number - 1).unwrap().standing;
        let is_merged = standing == Standing::Merged;
        match self.kind {
            Kind::Gitlab => json!({
                "id": 9000 + number,
                "iid": number,
                "web_url": "https://evil.example/",
                "state": match standing {
                    Standing::Open => open,
                    Standing::Merged => "merged",
                    Standing::Closed => "closed",
                },
            }),
            Kind::Github | Kind::GithubElsewhere => json!({
                "id": 9000 + number,
                "number": number,
                "html_url": "https://evil.example/",
                "state": if standing == Standing::Open { open } else { "closed" },
                "merged": is_merged,
            }),
        }
    }
}

/// Whether the token is the password, as all hosts want it of Git.
fn has_password(headers: &HeaderMap) -> bool {
    let given = headers.get("authorization").and_then(|value| value.to_str().ok());
    let pair = given.and_then(|value| value.strip_prefix("Basic "));
    let pair = pair.and_then(|pair| STANDARD.decode(pair).ok());
    pair.is_some_and(|pair| pair.ends_with(format!(":{CANARY}").as_bytes()))
}

fn said(status: u16, body: &Value) -> Response {
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(Body::from(body.to_string())).unwrap()
}
