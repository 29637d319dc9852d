//! Whether Hawser lives, whether it can work, and its figures. All of it answers while Hawser starts.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
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

/// What can be asked from the first moment of the start.
#[derive(Clone)]
pub struct Probes {
    readiness: Readiness,
    figures: PrometheusHandle,
}

impl Probes {
    /// The probes of a Hawser that begins to start.
    #[must_use]
    pub fn new(figures: PrometheusHandle) -> Self {
        Self { readiness: Readiness::default(), figures }
    }

    /// Whether the parts work.
    pub(crate) const fn readiness(&self) -> &Readiness {
        &self.readiness
    }
}

/// How far the start has come.
#[derive(Default)]
pub(crate) enum Stage {
    #[default]
    OpeningDatabase,
    StartingVault,
    /// All of it is there, and looked at from now on.
    Started(Box<Engine>),
}

/// Looks whether the parts answer.
#[derive(Clone, Default)]
pub(crate) struct Readiness(Arc<Inner>);

#[derive(Default)]
struct Inner {
    stage: std::sync::Mutex<Stage>,
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
    /// Notes how far the start has come.
    pub(crate) fn reached(&self, stage: Stage) {
        *self.0.stage.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }

    /// The engine, or what there is to see without one.
    fn engine(&self) -> Result<Engine, Seen> {
        let database = match &*self.0.stage.lock().unwrap_or_else(PoisonError::into_inner) {
            Stage::Started(engine) => return Ok(Engine::clone(engine)),
            Stage::OpeningDatabase => down(STARTING.to_owned(), None),
            Stage::StartingVault => found(Ok(()), None),
        };
        Err(Seen { at: Instant::now(), database, vault: down(STARTING.to_owned(), None) })
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
        let engine = match self.engine() {
            Ok(engine) => engine,
            Err(seen) => return seen,
        };
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
const STARTING: &str = "Hawser is starting";

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
pub(super) async fn ready(State(probes): State<Probes>) -> Response {
    probes.readiness.report(For::Anybody).await
}

/// `/readyz` with the reasons.
pub(super) async fn explained(State(probes): State<Probes>) -> Response {
    probes.readiness.report(For::Operator).await
}

/// `/metrics`: the figures, as Prometheus reads them.
pub(super) async fn figures(State(probes): State<Probes>) -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, probes.figures.render())
}
