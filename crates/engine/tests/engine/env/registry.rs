//! A Helm repository over HTTP whose password can change. Every path is a repository.

use std::{
    collections::HashMap,
    fmt::Write,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Response, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::sync::{Notify, watch};

#[derive(Default)]
struct Inner {
    /// `None` lets everybody in.
    password: Mutex<Option<String>>,
    index: Mutex<String>,
    delay: Mutex<Duration>,
    broken: Mutex<HashMap<String, u16>>,
    /// Whether the answers of what comes now are held back.
    holds: AtomicBool,
    /// Requests whose answer is held back.
    held: watch::Sender<usize>,
    released: Notify,
    requests: AtomicUsize,
    logins: AtomicUsize,
}

/// A running registry.
#[derive(Clone)]
pub struct Registry {
    address: SocketAddr,
    inner: Arc<Inner>,
}

impl Registry {
    /// Starts one that asks for this password, or for none.
    pub async fn start(password: Option<&str>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner::default());
        *inner.password.lock().unwrap() = password.map(str::to_owned);
        *inner.index.lock().unwrap() =
            index(&[("nginx", &["1.0.0", "1.1.0"]), ("redis", &["7.0.0"])]);
        let router = Router::new().fallback(answer).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, inner }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Host and port, as people agree to allow them.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn set_password(&self, password: &str) {
        *self.inner.password.lock().unwrap() = Some(password.to_owned());
    }

    pub fn set_index(&self, text: String) {
        *self.inner.index.lock().unwrap() = text;
    }

    pub fn set_delay(&self, delay: Duration) {
        *self.inner.delay.lock().unwrap() = delay;
    }

    /// Holds back the answers of requests that come from now on.
    pub fn hold(&self) {
        self.inner.holds.store(true, Ordering::SeqCst);
    }

    /// Waits until the answers of so many requests are held back.
    pub async fn held(&self, count: usize) {
        let mut held = self.inner.held.subscribe();
        held.wait_for(|held| *held >= count).await.unwrap();
    }

    /// Answers what comes from now on; what is held back stays so.
    pub fn answer_others(&self) {
        self.inner.holds.store(false, Ordering::SeqCst);
    }

    /// Answers everything.
    pub fn release(&self) {
        self.answer_others();
        self.inner.held.send_replace(0);
        self.inner.released.notify_waiters();
    }

    /// Lets one repository answer with this status; 0 mends it.
    pub fn break_path(&self, path: &str, status: u16) {
        let mut broken = self.inner.broken.lock().unwrap();
        if status == 0 {
            broken.remove(path);
        } else {
            broken.insert(path.to_owned(), status);
        }
    }

    /// Requests so far.
    pub fn requests(&self) -> usize {
        self.inner.requests.load(Ordering::SeqCst)
    }

    /// Requests so far that carried a login.
    pub fn logins(&self) -> usize {
        self.inner.logins.load(Ordering::SeqCst)
    }
}

/// The text of an index with these charts.
pub fn index(charts: &[(&str, &[&str])]) -> String {
    let mut text = String::from("apiVersion: v1\nentries:\n");
    for (name, versions) in charts {
        writeln!(text, "  {name}:").unwrap();
        for version in *versions {
            let digest = version.len();
            write!(
                text,
                "  - name: {name}\n    version: {version}\n    appVersion: '9'\n    description: The {name} chart\n    \
                 keywords: [web, {name}-word]\n    created: 2026-01-02T03:04:05Z\n    digest: {digest:064}\n    \
                 urls: [{name}-{version}.tgz]\n",
            )
            .unwrap();
        }
    }
    text
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response<Body> {
    inner.requests.fetch_add(1, Ordering::SeqCst);
    let headers = request.headers();
    if headers.contains_key(header::AUTHORIZATION) {
        inner.logins.fetch_add(1, Ordering::SeqCst);
    }
    let delay = *inner.delay.lock().unwrap();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if inner.holds.load(Ordering::SeqCst) {
        let released = inner.released.notified();
        inner.held.send_modify(|held| *held += 1);
        released.await;
    }
    let path = request.uri().path().trim_matches('/').to_owned();
    let Some(repository) = path.strip_suffix("index.yaml") else { return status(404) };
    if !may(&inner, headers) {
        return Response::builder()
            .status(401)
            .header(header::WWW_AUTHENTICATE, "Basic realm=\"charts\"")
            .body(Body::empty())
            .unwrap();
    }
    if let Some(broken) = inner.broken.lock().unwrap().get(repository.trim_matches('/')) {
        return status(*broken);
    }
    let text = inner.index.lock().unwrap().clone();
    let etag = format!(
        "\"{}-{:x}\"",
        text.len(),
        text.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte))
    );
    if headers.get(header::IF_NONE_MATCH).is_some_and(|seen| *seen == *etag) {
        return status(304);
    }
    Response::builder()
        .header(header::ETAG, etag)
        .header(header::CONTENT_TYPE, "text/yaml")
        .body(Body::from(text))
        .unwrap()
}

fn may(inner: &Inner, headers: &HeaderMap) -> bool {
    let password = inner.password.lock().unwrap();
    let Some(password) = password.as_ref() else { return true };
    let expected = format!("Basic {}", STANDARD.encode(format!("robot:{password}")));
    headers.get(header::AUTHORIZATION).is_some_and(|login| *login == *expected)
}

fn status(status: u16) -> Response<Body> {
    Response::builder().status(StatusCode::from_u16(status).unwrap()).body(Body::empty()).unwrap()
}
