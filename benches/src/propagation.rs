//! One update to 1,000 linked repositories, beside a bare loop of the same requests: at a registry
//! that answers at once, and at one that takes 20 ms, as one across a network does.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::net::TcpListener;

use crate::{Failure, database::Database, hawser::Hawser, http, table::Row};

const LINKS: usize = 1_000;
/// The concurrency of Hawser's deliveries to one host; the loop uses the same.
const CONCURRENCY: usize = 8;
/// The password before the first update.
pub const OLD: &str = "old password";
/// The password after it.
pub const NEW: &str = "new password";

/// Links 1,000 repositories, then updates the credential once at each speed of the registry.
pub async fn measure(server: &Hawser) -> Result<Vec<Row>, Failure> {
    let delay = Arc::new(AtomicU64::new(0));
    let registry = serve(Arc::clone(&delay)).await?;
    let credential = server.create_credential("propagated", OLD).await?;
    for n in 0..LINKS {
        let (url, name) = (format!("http://{registry}/r{n}"), format!("repository {n:04}"));
        server.add_repository(&url, &name, &credential).await?;
    }
    settled(server).await?;
    let database = Database::open(&server.database_file()).await?;

    let mut rows = Vec::new();
    for (version, milliseconds) in [(1, 0), (2, 20)] {
        delay.store(milliseconds, Ordering::SeqCst);
        let bare = bare_loop(registry).await?;
        let password = if version == 1 { NEW } else { OLD };
        let (propagation, saved) =
            server.update_credential(&credential, version, "propagated", password).await?;
        let healthy = finished(server, &propagation).await?;
        // The event stream that tells of the end waits up to half a second by itself.
        let took = database.propagated().await?;
        if healthy != LINKS as u64 {
            return Err(format!("{healthy} of {LINKS} deliveries are healthy").into());
        }
        if version == 1 {
            rows.push(Row::new(
                format!("One update, {LINKS} links: saved and queued"),
                format!("{} ms", saved.as_millis()),
                "",
                "Vault write included",
            ));
        }
        rows.push(Row::new(
            format!("All {LINKS} verified, registry answers in {milliseconds} ms"),
            format!("{} ms", took.as_millis()),
            format!("{} ms, bare request loop", bare.as_millis()),
            format!("{:.2} ×", took.as_secs_f64() / bare.as_secs_f64()),
        ));
    }
    Ok(rows)
}

/// Waits until no repository is syncing any more.
async fn settled(server: &Hawser) -> Result<(), Failure> {
    for _ in 0..240 {
        let answer = server.get("/charts/repositories?state=syncing").await?;
        if !String::from_utf8_lossy(&answer.body).contains("repository 0") {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Err("the first syncs did not end in a minute".into())
}

async fn bare_loop(registry: SocketAddr) -> Result<Duration, Failure> {
    let login = BASE64_STANDARD.encode(format!("ada:{NEW}"));
    let request = format!(
        "GET /r1/index.yaml HTTP/1.1\r\nHost: {registry}\r\nAuthorization: Basic {login}\r\nIf-None-Match: \"one\"\r\n\r\n"
    );
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONCURRENCY {
        let request = request.clone().into_bytes();
        tasks.spawn(async move {
            let mut connection = http::Connection::open(registry).await?;
            for _ in 0..LINKS / CONCURRENCY {
                let answer = connection.ask(&request).await?;
                if answer.status != 304 {
                    return Err(Failure::from(format!("answered {}", answer.status)));
                }
            }
            Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(started.elapsed())
}

/// Reads the event stream of a propagation to its end; answers how many deliveries are healthy.
pub async fn finished(server: &Hawser, propagation: &str) -> Result<u64, Failure> {
    let deadline = Instant::now() + Duration::from_mins(2);
    while Instant::now() < deadline {
        let answer = server.get(&format!("/events/propagations/{propagation}")).await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if text.contains(" · finished") {
            let counted = text.split(" · ").filter_map(|part| part.strip_suffix(" healthy"));
            return Ok(counted.filter_map(|count| count.parse().ok()).last().unwrap_or(0));
        }
    }
    Err("the propagation did not finish in 2 minutes".into())
}

/// A registry, called a stub: it wants one of two passwords and has one chart in each repository.
pub async fn serve(delay: Arc<AtomicU64>) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/{repository}/index.yaml", get(answer)).with_state(delay);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn answer(
    State(delay): State<Arc<AtomicU64>>,
    Path(repository): Path<String>,
    headers: HeaderMap,
) -> Response {
    tokio::time::sleep(Duration::from_millis(delay.load(Ordering::SeqCst))).await;
    let known = [OLD, NEW]
        .map(|password| format!("Basic {}", BASE64_STANDARD.encode(format!("ada:{password}"))));
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if !given.is_some_and(|given| known.iter().any(|known| known == given)) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"bench\"")])
            .into_response();
    }
    let tag = "\"one\"";
    if headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == tag) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let index = format!(
        "apiVersion: v1\nentries:\n  {repository}:\n  - name: {repository}\n    version: 1.0.0\n    urls: [{repository}-1.0.0.tgz]\n"
    );
    ([(header::ETAG, tag)], index).into_response()
}
