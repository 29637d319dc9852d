//! The job runner that destroys the secrets of deleted credentials and what given-up operations left.

use std::sync::Arc;

use domain::Cause;
use storage::jobs::{self, ClaimedJob, Kind};
use tokio::sync::Notify;

use super::{
    job_runner::JobRunner,
    lease_heartbeat::{LeaseHeartbeat, Leased},
    syncs::{claim, retry},
};
use crate::{
    Engine, Error,
    error::{chain, inner_cause},
};

/// Secrets destroyed at once for one organization.
const PER_ORGANIZATION: u32 = 2;

#[derive(Clone)]
pub(super) struct Destroy {
    engine: Engine,
    leases: LeaseHeartbeat,
    freed: Arc<Notify>,
}

impl Destroy {
    pub(super) fn new(engine: Engine, leases: LeaseHeartbeat) -> Self {
        Self { engine, leases, freed: Arc::default() }
    }

    async fn destroy(&self, work: &ClaimedJob) -> Result<(), Error> {
        let scope = work.scope;
        self.engine.destroy(scope, work.target).await?;
        let mut tx = self.engine.db.begin_work(scope).await?;
        jobs::finish(&mut tx, Kind::Destroy, work).await?;
        tx.commit().await?;
        self.engine.changes.tell(work.scope.organization());
        Ok(())
    }
}

impl JobRunner for Destroy {
    type Work = Leased<ClaimedJob>;
    const NAME: &'static str = "destroy";
    const CAPACITY: usize = 4;

    async fn claim(&self, limit: u32) -> Result<Vec<Self::Work>, Error> {
        claim(&self.engine, &self.leases, Kind::Destroy, limit, PER_ORGANIZATION).await
    }

    async fn run(&self, piece: Leased<ClaimedJob>) {
        if let Err(error) = self.destroy(&piece.work).await {
            tracing::warn!(error = %chain(&error), "failed to destroy a secret; will retry");
            retry(&self.engine, Kind::Destroy, &piece.work, inner_cause(&error)).await;
        }
        self.freed.notify_one();
    }

    async fn died(&self, piece: Leased<ClaimedJob>) {
        retry(&self.engine, Kind::Destroy, &piece.work, Cause::Internal).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}
