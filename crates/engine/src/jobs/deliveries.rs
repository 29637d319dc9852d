//! The job runner of deliveries.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{Cause, PropagationId};
use storage::propagation::ClaimedDelivery;
use tokio::sync::{Notify, mpsc};

use super::{
    LEASE, LONGEST,
    job_runner::JobRunner,
    lease_heartbeat::{ClaimedWork, LeaseHeartbeat, Leased},
    writer,
};
use crate::{
    Engine, Error,
    error::chain,
    propagation::deliver::failed,
    repositories::{Logins, ResultBatch},
};

/// The most deliveries of one organization at a time. It is more than are asked at once: the
/// outbound client limits the requests to each host and in all, and those of a host that does not
/// answer wait there, beside the others.
const PER_ORGANIZATION: u32 = 128;

#[derive(Clone)]
pub(super) struct Deliveries {
    engine: Engine,
    logins: Logins,
    leases: LeaseHeartbeat,
    results: mpsc::Sender<ResultBatch>,
    freed: Arc<Notify>,
    /// How many claimed deliveries each propagation has on this replica.
    open: Arc<Mutex<HashMap<PropagationId, usize>>>,
}

impl Deliveries {
    pub(super) fn new(
        engine: Engine,
        logins: Logins,
        leases: LeaseHeartbeat,
        results: mpsc::Sender<ResultBatch>,
        freed: Arc<Notify>,
    ) -> Self {
        Self { engine, logins, leases, results, freed, open: Arc::default() }
    }

    /// Whether this was the last claimed delivery of its propagation on this replica.
    fn was_last(&self, propagation: PropagationId) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let left = open.get(&propagation).copied().unwrap_or_default().saturating_sub(1);
        if left == 0 {
            open.remove(&propagation);
        } else {
            open.insert(propagation, left);
        }
        left == 0
    }

    async fn try_it(&self, work: &ClaimedDelivery) -> Result<ResultBatch, Error> {
        let tried = tokio::time::timeout(LONGEST, self.engine.deliver(work, &self.logins)).await;
        let (settlement, attempt) = match tried {
            Ok(tried) => tried?,
            Err(_) => (failed(work, Cause::Timeout, None, self.engine.clock.now()), None),
        };
        let mut batch = ResultBatch::default();
        batch.delivery(settlement, attempt).await?;
        Ok(batch)
    }

    async fn failed(&self, work: &ClaimedDelivery, cause: Cause) -> ResultBatch {
        let mut batch = ResultBatch::default();
        let settlement = failed(work, cause, None, self.engine.clock.now());
        // Without an attempt there is nothing to prepare, so nothing can fail.
        let _added = batch.delivery(settlement, None).await;
        batch
    }

    async fn write(&self, piece: Leased<ClaimedDelivery>, mut batch: ResultBatch) {
        let work = &piece.work;
        if self.was_last(work.propagation) || batch.has_charts() {
            batch.closing(work.scope, work.propagation);
        }
        batch.holding(piece.lease);
        writer::hand_over(&self.engine, &self.results, batch).await;
        self.freed.notify_one();
    }
}

impl JobRunner for Deliveries {
    type Work = Leased<ClaimedDelivery>;
    const NAME: &'static str = "deliveries";
    const CAPACITY: usize = 256;

    async fn claim(&self, limit: u32) -> Result<Vec<Self::Work>, Error> {
        let now = self.engine.clock.now();
        let claimed = storage::propagation::claim(
            &self.engine.db,
            &self.engine.replica,
            now,
            now.plus(LEASE),
            limit,
            PER_ORGANIZATION,
        )
        .await?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for work in &claimed {
            *open.entry(work.propagation).or_default() += 1;
        }
        drop(open);
        Ok(claimed
            .into_iter()
            .map(|work| Leased {
                lease: self.leases.guard(ClaimedWork::Delivery(work.clone())),
                work,
            })
            .collect())
    }

    async fn run(&self, piece: Leased<ClaimedDelivery>) {
        let batch = match self.try_it(&piece.work).await {
            Ok(batch) => batch,
            Err(error) => {
                tracing::error!(error = %chain(&error), "failed to deliver a credential: internal error");
                self.failed(&piece.work, Cause::Internal).await
            }
        };
        self.write(piece, batch).await;
    }

    async fn died(&self, piece: Leased<ClaimedDelivery>) {
        let batch = self.failed(&piece.work, Cause::Internal).await;
        self.write(piece, batch).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}
