//! Whether Hawser lives, and whether it can work.

use std::{
    sync::{Arc, PoisonError},
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
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::error::chain;

/// How long one look counts for everybody who asks: it writes, and anybody may ask.
const LOOK: Duration = Duration::from_secs(2);

/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the writing connection may be busy with others' work: a large sync is no failure.
const BUSY: Duration = Duration::from_secs(15);

/// Looks whether the parts answer.
#[derive(Clone)]
pub(crate) struct Readiness(Arc<Inner>);

struct Inner {
    engine: Engine,
    seen: Mutex<Option<Seen>>,
    /// What a closer look at Vault found wrong.
    lacks: std::sync::Mutex<Vec<String>>,
}

/// What the last look found.
#[derive(Clone)]
struct Seen {
    at: Instant,
    database: PartState,
    vault: PartState,
}

/// A part, as it was found.
#[derive(Clone)]
struct PartState {
    part: Part,
    /// When it last worked.
    worked_at: Option<Instant>,
    /// Why it does not, for whoever runs Hawser.
    why: Option<String>,
}

/// How a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Ready,
    Starting,
    Down,
}

#[derive(Debug, Serialize)]
struct Report {
    ready: bool,
    database: Part,
    vault: Part,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Detail>,
}

/// Why parts are down.
#[derive(Debug, Serialize)]
struct Detail {
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vault: Option<String>,
}

/// Whom a report is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Anybody,
    Operator,
}

impl Readiness {
    pub(super) fn new(engine: Engine) -> Self {
        Self(Arc::new(Inner { engine, seen: Mutex::default(), lacks: std::sync::Mutex::default() }))
    }

    /// Notes what a closer look at Vault found wrong; nothing when all is well.
    pub(crate) fn vault_lacks(&self, lacks: Vec<String>) {
        *self.0.lacks.lock().unwrap_or_else(PoisonError::into_inner) = lacks;
    }

    /// What [`Self::vault_lacks`] noted, in one line.
    fn lack(&self) -> Option<String> {
        let lacks = self.0.lacks.lock().unwrap_or_else(PoisonError::into_inner);
        (!lacks.is_empty()).then(|| lacks.join("; "))
    }

    async fn look(&self) -> Seen {
        let mut last = self.0.seen.lock().await;
        if let Some(seen) = last.as_ref().filter(|seen| seen.at.elapsed() < LOOK) {
            return seen.clone();
        }
        let engine = &self.0.engine;
        let (database, vault) = tokio::join!(
            timeout(PATIENCE, engine.database_ready()),
            timeout(PATIENCE, engine.vault_ready()),
        );
        let before = last.as_ref();
        let database = match database {
            Err(_) => busy(before.map(|seen| &seen.database)),
            Ok(result) => found(result, before.map(|seen| &seen.database)),
        };
        let vault = match vault {
            Err(_) => down(NO_ANSWER.to_owned(), before.map(|seen| &seen.vault)),
            Ok(result) => match self.lack() {
                Some(lack) => down(lack, before.map(|seen| &seen.vault)),
                None => found(result, before.map(|seen| &seen.vault)),
            },
        };
        tell("database", &database, before.map(|seen| &seen.database));
        tell("vault", &vault, before.map(|seen| &seen.vault));
        let seen = Seen { at: Instant::now(), database, vault };
        *last = Some(seen.clone());
        seen
    }

    async fn report(&self, whom: For) -> Response {
        let Seen { database, vault, .. } = self.look().await;
        let ready = database.part == Part::Ready && vault.part == Part::Ready;
        let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let detail = (whom == For::Operator && !ready)
            .then_some(Detail { database: database.why, vault: vault.why });
        let report = Report { ready, database: database.part, vault: vault.part, detail };
        (status, Json(report)).into_response()
    }
}

const NO_ANSWER: &str = "no answer within 2 seconds";

fn found(result: Result<(), engine::Error>, before: Option<&PartState>) -> PartState {
    match result {
        Ok(()) => PartState { part: Part::Ready, worked_at: Some(Instant::now()), why: None },
        Err(error) => down(chain(&error), before),
    }
}

fn down(why: String, before: Option<&PartState>) -> PartState {
    let worked_at = before.and_then(|before| before.worked_at);
    // What never worked may still be starting.
    let part = if worked_at.is_some() { Part::Down } else { Part::Starting };
    PartState { part, worked_at, why: Some(why) }
}

/// The database took its time: it stays what it was for a while.
fn busy(before: Option<&PartState>) -> PartState {
    match before {
        Some(before)
            if before.part == Part::Ready
                && before.worked_at.is_some_and(|at| at.elapsed() < BUSY) =>
        {
            before.clone()
        }
        before => down(NO_ANSWER.to_owned(), before),
    }
}

/// Logs what changed about a part, once.
fn tell(part: &'static str, found: &PartState, before: Option<&PartState>) {
    match (&found.why, before.map(|before| &before.why)) {
        (Some(why), before) if before != Some(&found.why) => {
            tracing::warn!(part, why, "part is not ready");
        }
        (None, Some(Some(_))) => tracing::info!(part, "part is ready again"),
        _ => {}
    }
}

/// `/healthz`: the process lives.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `/readyz`: every part works, or which does not.
pub(super) async fn ready(State(readiness): State<Readiness>) -> Response {
    readiness.report(For::Anybody).await
}

/// `/metrics`, and `/readyz` with the reasons, for a listener of their own.
pub(crate) fn for_operators(figures: PrometheusHandle, readiness: Option<Readiness>) -> Router {
    let router = metrics(figures);
    match readiness {
        None => router,
        Some(readiness) => router
            .route("/readyz", get(move || async move { readiness.report(For::Operator).await })),
    }
}

fn metrics(figures: PrometheusHandle) -> Router {
    Router::new().route(
        "/metrics",
        get(move || {
            let text = figures.render();
            async move { ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text) }
        }),
    )
}
