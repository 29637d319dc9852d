//! The job runner that tests candidates.

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

/// Candidates tested at once for one organization.
const PER_ORGANIZATION: u32 = 2;

#[derive(Clone)]
pub(super) struct Rotate {
    engine: Engine,
    leases: LeaseHeartbeat,
    freed: Arc<Notify>,
}

impl Rotate {
    pub(super) fn new(engine: Engine, leases: LeaseHeartbeat) -> Self {
        Self { engine, leases, freed: Arc::default() }
    }

    /// Why the test is to be tried again, if it is.
    async fn test(&self, work: &ClaimedJob) -> Option<Cause> {
        match tokio::time::timeout(LONGEST, self.engine.test_candidate(work)).await {
            Ok(Ok(again)) => again,
            Ok(Err(error)) => {
                tracing::warn!(error = %chain(&error), "failed to test a candidate; will retry");
                Some(inner_cause(&error))
            }
            Err(_) => Some(Cause::Timeout),
        }
    }
}

impl JobRunner for Rotate {
    type Work = Leased<ClaimedJob>;
    const NAME: &'static str = "rotate";
    const CAPACITY: usize = 4;

    async fn claim(&self, limit: u32) -> Result<Vec<Self::Work>, Error> {
        claim(&self.engine, &self.leases, Kind::Rotate, limit, PER_ORGANIZATION).await
    }

    async fn run(&self, piece: Leased<ClaimedJob>) {
        if let Some(cause) = self.test(&piece.work).await {
            retry(&self.engine, Kind::Rotate, &piece.work, cause).await;
        }
        self.freed.notify_one();
    }

    async fn died(&self, piece: Leased<ClaimedJob>) {
        retry(&self.engine, Kind::Rotate, &piece.work, Cause::Internal).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}
