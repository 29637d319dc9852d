//! The job runner that pushes exports to Git targets.

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
use crate::{Engine, Error, error::chain, gitops::push_target};

/// Pushes of one organization at a time.
const PER_ORGANIZATION: u32 = 4;

#[derive(Clone)]
pub(super) struct Push {
    engine: Engine,
    leases: LeaseHeartbeat,
    freed: Arc<Notify>,
}

impl Push {
    pub(super) fn new(engine: Engine, leases: LeaseHeartbeat) -> Self {
        Self { engine, leases, freed: Arc::default() }
    }
}

impl JobRunner for Push {
    type Work = Leased<ClaimedJob>;
    const NAME: &'static str = "push";
    const CAPACITY: usize = 8;

    async fn claim(&self, limit: u32) -> Result<Vec<Self::Work>, Error> {
        claim(&self.engine, &self.leases, Kind::Push, limit, PER_ORGANIZATION).await
    }

    async fn run(&self, piece: Leased<ClaimedJob>) {
        let pushed = tokio::time::timeout(LONGEST, push_target(&self.engine, &piece.work)).await;
        match pushed {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::error!(error = %chain(&error), "failed to push: internal error");
                retry(&self.engine, Kind::Push, &piece.work, Cause::Internal).await;
            }
            Err(_) => retry(&self.engine, Kind::Push, &piece.work, Cause::Timeout).await,
        }
        self.freed.notify_one();
    }

    async fn died(&self, piece: Leased<ClaimedJob>) {
        retry(&self.engine, Kind::Push, &piece.work, Cause::Internal).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}
