//! The index behind HTTP: a bare route that answers with the credential of a URL.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, extract::State, http::HeaderMap, routing::get};
use domain::{
    ProjectId, Purpose,
    matching::{Index, normalize},
};
use tokio::net::TcpListener;

use crate::{Failure, http::Connection};

/// Asks for each URL over one connection; the times in order, the shortest first.
pub async fn times(
    index: Arc<Index>,
    urls: &[(ProjectId, String)],
) -> Result<Vec<Duration>, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/", get(find)).with_state(index);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let mut connection = Connection::open(address).await?;
    let mut times = Vec::with_capacity(urls.len());
    for (project, url) in urls {
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {address}\r\nX-Project: {project}\r\nX-Url: {url}\r\n\r\n"
        );
        let started = Instant::now();
        let answer = connection.ask(request.as_bytes()).await?;
        times.push(started.elapsed());
        if answer.status != 200 {
            return Err(format!("the route answers {}", answer.status).into());
        }
    }
    server.abort();
    times.sort_unstable();
    Ok(times)
}

async fn find(State(index): State<Arc<Index>>, headers: HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let project = text("x-project").and_then(|id| id.parse().ok()).unwrap_or_default();
    let url = normalize(Purpose::Helm, text("x-url").unwrap_or_default());
    let found = index.find(project, Purpose::Helm, &url);
    found.map(|id| id.to_string()).unwrap_or_default()
}
