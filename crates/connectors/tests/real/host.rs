//! A host in this process that remembers who asked for what.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Body, extract::Request, http::header::AUTHORIZATION, response::Response};
use tokio::net::TcpListener;

/// A running host; it ends with the test.
#[derive(Clone)]
pub struct Host {
    pub authority: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// One request that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub login: Option<String>,
}

impl Host {
    /// Starts a host whose answers `answer` makes, knowing the host itself.
    pub async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Host, &Request) -> Response + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host =
            Self { authority: listener.local_addr().unwrap().to_string(), seen: Arc::default() };
        let (answer, own) = (Arc::new(answer), host.clone());
        let router = Router::new().fallback(move |request: Request| {
            let (answer, own) = (Arc::clone(&answer), own.clone());
            async move {
                own.remember(&request);
                answer(&own, &request)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        host
    }

    fn remember(&self, request: &Request) {
        let login =
            request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap().to_owned());
        let path = request.uri().path_and_query().unwrap().to_string();
        self.seen.lock().unwrap().push(Seen { method: request.method().to_string(), path, login });
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The logins that arrived at paths that start with `path`.
    pub fn logins(&self, path: &str) -> Vec<Option<String>> {
        self.seen()
            .into_iter()
            .filter(|seen| seen.path.starts_with(path))
            .map(|seen| seen.login)
            .collect()
    }
}

/// An answer with a status, headers and a text.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

pub const INDEX: &str = "apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: [web-1.0.0.tgz]\n";
