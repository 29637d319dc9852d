//! The job runner of syncs.

use std::sync::Arc;

use domain::{Cause, repositories::SyncTrigger};
use storage::jobs::{ClaimedJob, Kind};
use tokio::sync::{Notify, mpsc};

use super::{
    LONGEST,
    job::{claim, retry},
    job_runner::JobRunner,
    lease_heartbeat::{LeaseHeartbeat, Leased},
    writer,
};
use crate::{
    Engine, Error,
    error::chain,
    repositories::{Logins, ResultBatch, Tried},
};

/// The most syncs of one organization at a time.
const PER_ORGANIZATION: u32 = 16;

#[derive(Clone)]
pub(super) struct Syncs {
    engine: Engine,
    logins: Logins,
    leases: LeaseHeartbeat,
    results: mpsc::Sender<ResultBatch>,
    freed: Arc<Notify>,
}

impl Syncs {
    pub(super) fn new(
        engine: Engine,
        logins: Logins,
        leases: LeaseHeartbeat,
        results: mpsc::Sender<ResultBatch>,
    ) -> Self {
        Self { engine, logins, leases, results, freed: Arc::default() }
    }

    async fn try_it(&self, work: &ClaimedJob) -> Result<Option<ResultBatch>, Error> {
        let trigger = SyncTrigger::parse(&work.reason).unwrap_or(SyncTrigger::Interval);
        let scope = work.scope;
        let sync = self.engine.try_sync(scope, work.target.into(), trigger, None, &self.logins);
        let tried = tokio::time::timeout(LONGEST, sync).await;
        let Ok(tried) = tried else { return Ok(None) };
        let mut batch = ResultBatch::default();
        match tried? {
            Tried::Gone | Tried::OtherLink | Tried::PutOff => batch.job(work.clone(), None).await?,
            Tried::Done(attempt) => batch.job(work.clone(), Some(attempt)).await?,
        }
        Ok(Some(batch))
    }
}

impl JobRunner for Syncs {
    type Work = Leased<ClaimedJob>;
    const NAME: &'static str = "syncs";
    const CAPACITY: usize = 32;

    async fn claim(&self, limit: u32) -> Result<Vec<Self::Work>, Error> {
        claim(&self.engine, &self.leases, Kind::Sync, limit, PER_ORGANIZATION).await
    }

    async fn run(&self, piece: Leased<ClaimedJob>) {
        let work = &piece.work;
        match self.try_it(work).await {
            Ok(Some(mut batch)) => {
                batch.holding(piece.lease);
                writer::hand_over(&self.engine, &self.results, batch).await;
            }
            Ok(None) => retry(&self.engine, Kind::Sync, work, Cause::Timeout).await,
            Err(error) => {
                tracing::error!(error = %chain(&error), "failed to sync a repository: internal error");
                retry(&self.engine, Kind::Sync, work, Cause::Internal).await;
            }
        }
        self.freed.notify_one();
    }

    async fn died(&self, piece: Leased<ClaimedJob>) {
        retry(&self.engine, Kind::Sync, &piece.work, Cause::Internal).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}
