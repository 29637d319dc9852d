//! Propagations: bringing one update to every linked repository.

pub(crate) mod deliver;
pub(crate) mod finish;

use std::time::Duration;

use async_trait::async_trait;
use domain::{
    Action, Principal, PropagationId, ServiceError,
    propagation::{Heard, Progress},
    service::{Answer, Propagations},
};

use crate::{Engine, Error, audit::reading, error::answer};

/// Other replicas change things too, and only SQL knows of it.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Many deliveries end at once; one look shows them all.
const GATHER: Duration = Duration::from_millis(100);

#[async_trait]
impl Propagations for Engine {
    async fn progress(&self, principal: &Principal, id: PropagationId) -> Answer<Progress> {
        progress(self, principal, id).await.map_err(answer)
    }

    async fn changed(&self, principal: &Principal) -> Heard {
        let news = self.changes.of(principal.organization);
        if tokio::time::timeout(LOOK_AGAIN, news.notified()).await.is_err() {
            return Heard::Nothing;
        }
        tokio::time::sleep(GATHER).await;
        Heard::News
    }
}

async fn progress(
    engine: &Engine,
    principal: &Principal,
    id: PropagationId,
) -> Result<Progress, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see a propagation").await?;
    let engine = &engine;
    let overview = storage::propagation::overview(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let (counts, lines) = tokio::try_join!(
        storage::propagation::counts(&engine.db, scope, id),
        storage::propagation::lines(&engine.db, scope, id),
    )?;
    Ok(Progress {
        id,
        credential: overview.credential,
        started_at: overview.started_at,
        finished_at: overview.finished_at,
        counts,
        lines,
    })
}
