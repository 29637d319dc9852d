//! The job runner that brings clusters in step.

use std::sync::Arc;

use domain::Cause;
use storage::jobs::{ClaimedJob, Kind};
use tokio::sync::Notify;

use super::{
    LONGEST,
    job_runner::JobRunner,
    lease_heartbeat::{LeaseHeartbeat, Leased},
    syncs::{claim, retry},
};
use crate::{
    Engine, Error,
    error::{chain, inner_cause},
};

/// Clusters brought in step at once for one organization.
const PER_ORGANIZATION: u32 = 4;

#[derive(Clone)]
pub(super) struct Apply {
    engine: Engine,
    leases: LeaseHeartbeat,
    freed: Arc<Notify>,
}

impl Apply {
    pub(super) fn new(engine: Engine, leases: LeaseHeartbeat) -> Self {
        Self { engine, leases, freed: Arc::default() }
    }

    /// Why it is to be tried again from the start, if it is.
    async fn apply(&self, work: &ClaimedJob) -> Option<Cause> {
        match tokio::time::timeout(LONGEST, self.engine.apply_exports(work)).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => {
                tracing::warn!(error = %chain(&error), "failed to reconcile a cluster; will retry");
                Some(inner_cause(&error))
            }
            Err(_) => Some(Cause::Timeout),
        }
    }
}

impl JobRunner for Apply {
    type Work = Leased<ClaimedJob>;
    const NAME: &'static str = "apply";
    const CAPACITY: usize = 8;

    async fn claim(&self, limit: u32) -> Result<Vec<Self::Work>, Error> {
        claim(&self.engine, &self.leases, Kind::Apply, limit, PER_ORGANIZATION).await
    }

    async fn run(&self, piece: Leased<ClaimedJob>) {
        if let Some(cause) = self.apply(&piece.work).await {
            retry(&self.engine, Kind::Apply, &piece.work, cause).await;
        }
        self.freed.notify_one();
    }

    async fn died(&self, piece: Leased<ClaimedJob>) {
        retry(&self.engine, Kind::Apply, &piece.work, Cause::Internal).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}
