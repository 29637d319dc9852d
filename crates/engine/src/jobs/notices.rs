//! The job runner that sends notices to webhooks.

use std::sync::Arc;

use domain::Cause;
use storage::jobs::{self, ClaimedJob, Kind};
use tokio::sync::Notify;

use super::{
    job::{claim, retry},
    job_runner::JobRunner,
    lease_heartbeat::{LeaseHeartbeat, Leased},
};
use crate::{Engine, Error, error::chain, notices::Sent};

/// Notices sent at once for one organization.
const PER_ORGANIZATION: u32 = 2;
/// After this many failed tries, within some hours, a notice is only in the app.
const TRIES: i64 = 16;

#[derive(Clone)]
pub(super) struct Notices {
    engine: Engine,
    leases: LeaseHeartbeat,
    freed: Arc<Notify>,
}

impl Notices {
    pub(super) fn new(engine: Engine, leases: LeaseHeartbeat) -> Self {
        Self { engine, leases, freed: Arc::default() }
    }

    /// Sends one; answers why it is to be tried again, if it is.
    async fn send(&self, work: &ClaimedJob) -> Result<Option<Cause>, Error> {
        let scope = work.scope;
        if let Sent::Failed(failure) = self.engine.send_notice(scope, work.target.into()).await? {
            tracing::info!(
                organization = %work.scope.organization(),
                attempts = work.attempts,
                error = %chain(&failure),
                "failed to send a notice to the webhook"
            );
            if work.attempts < TRIES {
                return Ok(Some(failure.cause));
            }
        }
        let mut tx = self.engine.db.begin_work(scope).await?;
        jobs::finish(&mut tx, Kind::Notice, work).await?;
        tx.commit().await?;
        Ok(None)
    }
}

impl JobRunner for Notices {
    type Work = Leased<ClaimedJob>;
    const NAME: &'static str = "notices";
    const CAPACITY: usize = 8;

    async fn claim(&self, limit: u32) -> Result<Vec<Self::Work>, Error> {
        claim(&self.engine, &self.leases, Kind::Notice, limit, PER_ORGANIZATION).await
    }

    async fn run(&self, piece: Leased<ClaimedJob>) {
        let again = self.send(&piece.work).await.unwrap_or_else(|error| {
            tracing::warn!(error = %chain(&error), "failed to send a notice; will retry");
            Some(Cause::Internal)
        });
        if let Some(cause) = again {
            retry(&self.engine, Kind::Notice, &piece.work, cause).await;
        }
        self.freed.notify_one();
    }

    async fn died(&self, piece: Leased<ClaimedJob>) {
        retry(&self.engine, Kind::Notice, &piece.work, Cause::Internal).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}
