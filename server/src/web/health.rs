//! Whether Hawser lives, and whether it can work.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use engine::Engine;
use http::{StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use tokio::{sync::Mutex, time::Instant};

/// How long one look counts for everybody who asks.
const LOOK: Duration = Duration::from_secs(1);

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks whether the parts answer.
#[derive(Clone)]
pub(super) struct Readiness(Arc<Inner>);

struct Inner {
    engine: Engine,
    vault_was_ready: AtomicBool,
    last: Mutex<Option<(Instant, Parts)>>,
}

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Ready,
    Starting,
    Down,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Parts {
    database: Part,
    vault: Part,
}

#[derive(Debug, Serialize)]
struct Report {
    ready: bool,
    #[serde(flatten)]
    parts: Parts,
}

impl Readiness {
    pub(super) fn new(engine: Engine) -> Self {
        Self(Arc::new(Inner {
            engine,
            vault_was_ready: AtomicBool::new(false),
            last: Mutex::new(None),
        }))
    }

    async fn parts(&self) -> Parts {
        let mut last = self.0.last.lock().await;
        if let Some((at, parts)) = *last
            && at.elapsed() < LOOK
        {
            return parts;
        }
        let (database, vault) = tokio::join!(
            tokio::time::timeout(PATIENCE, self.0.engine.database_ready()),
            tokio::time::timeout(PATIENCE, self.0.engine.vault_ready()),
        );
        let database = if matches!(database, Ok(Ok(()))) { Part::Ready } else { Part::Down };
        let vault = if matches!(vault, Ok(Ok(()))) {
            self.0.vault_was_ready.store(true, Ordering::Relaxed);
            Part::Ready
        } else if self.0.vault_was_ready.load(Ordering::Relaxed) {
            Part::Down
        } else {
            Part::Starting
        };
        let parts = Parts { database, vault };
        *last = Some((Instant::now(), parts));
        parts
    }
}

/// `/healthz`: the process lives. `/readyz`: every part answers, or which does not.
pub(super) fn routes(readiness: Readiness) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(readiness)
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let parts = readiness.parts().await;
    let ready = parts.database == Part::Ready && parts.vault == Part::Ready;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Report { ready, parts })).into_response()
}

/// `/metrics`, for a listener of its own.
pub(crate) fn metrics(figures: PrometheusHandle) -> Router {
    Router::new().route(
        "/metrics",
        get(move || {
            let text = figures.render();
            async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text) }
        }),
    )
}
