//! Jobs that are done one by one: what they have in common, and each of them.

use std::{future::Future, marker::PhantomData, sync::Arc};

use domain::Cause;
use storage::jobs::{self, ClaimedJob, Kind};
use tokio::sync::Notify;

use super::{
    LEASE, LONGEST,
    job_runner::JobRunner,
    lease_heartbeat::{ClaimedWork, LeaseHeartbeat, Leased},
};
use crate::{
    Engine, Error,
    error::{chain, inner_cause},
    gitops::push_target,
    repositories::pause,
};

/// A kind of job that is done one by one.
pub(super) trait Job: Send + Sync + 'static {
    /// As SQL names it.
    const KIND: Kind;
    /// For the log.
    const NAME: &'static str;
    /// What is done, after "failed to".
    const ATTEMPT: &'static str;
    /// The most of them at a time.
    const CAPACITY: usize;
    /// The most of one organization at a time.
    const PER_ORGANIZATION: u32;

    /// Does one and writes down how it ended; answers why it is to be tried again from the start, if it is.
    fn run(
        engine: &Engine,
        work: &ClaimedJob,
    ) -> impl Future<Output = Result<Option<Cause>, Error>> + Send;
}

/// Pushes exports to a Git target.
pub(super) struct Push;

impl Job for Push {
    const KIND: Kind = Kind::Push;
    const NAME: &'static str = "push";
    const ATTEMPT: &'static str = "push to a Git target";
    const CAPACITY: usize = 8;
    const PER_ORGANIZATION: u32 = 4;

    async fn run(engine: &Engine, work: &ClaimedJob) -> Result<Option<Cause>, Error> {
        push_target(engine, work).await.map(|()| None)
    }
}

/// Brings a cluster in step.
pub(super) struct Apply;

impl Job for Apply {
    const KIND: Kind = Kind::Apply;
    const NAME: &'static str = "apply";
    const ATTEMPT: &'static str = "reconcile a cluster";
    const CAPACITY: usize = 8;
    const PER_ORGANIZATION: u32 = 4;

    async fn run(engine: &Engine, work: &ClaimedJob) -> Result<Option<Cause>, Error> {
        engine.apply_exports(work).await.map(|()| None)
    }
}

/// Tests a candidate.
pub(super) struct Rotate;

impl Job for Rotate {
    const KIND: Kind = Kind::Rotate;
    const NAME: &'static str = "rotate";
    const ATTEMPT: &'static str = "test a candidate";
    const CAPACITY: usize = 4;
    const PER_ORGANIZATION: u32 = 2;

    async fn run(engine: &Engine, work: &ClaimedJob) -> Result<Option<Cause>, Error> {
        engine.test_candidate(work).await
    }
}

/// Destroys the secret of a deleted credential, or what an aborted operation left.
pub(super) struct Destroy;

impl Job for Destroy {
    const KIND: Kind = Kind::Destroy;
    const NAME: &'static str = "destroy";
    const ATTEMPT: &'static str = "destroy a secret";
    const CAPACITY: usize = 4;
    const PER_ORGANIZATION: u32 = 2;

    async fn run(engine: &Engine, work: &ClaimedJob) -> Result<Option<Cause>, Error> {
        let scope = work.scope;
        engine.destroy(scope, work.target).await?;
        let mut tx = engine.db.begin_work(scope).await?;
        jobs::finish(&mut tx, Kind::Destroy, work).await?;
        tx.commit().await?;
        engine.changes.tell(scope.organization());
        Ok(None)
    }
}

/// Works on the rows of a bulk run.
pub(super) struct Bulk;

impl Job for Bulk {
    const KIND: Kind = Kind::Bulk;
    const NAME: &'static str = "bulk";
    const ATTEMPT: &'static str = "work on a bulk run";
    const CAPACITY: usize = 4;
    const PER_ORGANIZATION: u32 = 2;

    async fn run(engine: &Engine, work: &ClaimedJob) -> Result<Option<Cause>, Error> {
        crate::bulk::run(engine, work).await.map(|()| None)
    }
}

/// The job runner of a kind of job.
pub(super) struct OneByOne<J> {
    engine: Engine,
    leases: LeaseHeartbeat,
    freed: Arc<Notify>,
    kind: PhantomData<fn() -> J>,
}

impl<J> OneByOne<J> {
    pub(super) fn new(engine: &Engine, leases: &LeaseHeartbeat) -> Self {
        let (engine, leases) = (engine.clone(), leases.clone());
        Self { engine, leases, freed: Arc::default(), kind: PhantomData }
    }
}

impl<J> Clone for OneByOne<J> {
    fn clone(&self) -> Self {
        Self { freed: Arc::clone(&self.freed), ..Self::new(&self.engine, &self.leases) }
    }
}

impl<J: Job> JobRunner for OneByOne<J> {
    type Work = Leased<ClaimedJob>;
    const NAME: &'static str = J::NAME;
    const CAPACITY: usize = J::CAPACITY;

    async fn claim(&self, limit: u32) -> Result<Vec<Self::Work>, Error> {
        claim(&self.engine, &self.leases, J::KIND, limit, J::PER_ORGANIZATION).await
    }

    async fn run(&self, piece: Leased<ClaimedJob>) {
        let again = match tokio::time::timeout(LONGEST, J::run(&self.engine, &piece.work)).await {
            Ok(Ok(again)) => again,
            Ok(Err(error)) => {
                tracing::warn!(error = %chain(&error), "failed to {}; will retry", J::ATTEMPT);
                Some(inner_cause(&error))
            }
            Err(_) => Some(Cause::Timeout),
        };
        if let Some(cause) = again {
            retry(&self.engine, J::KIND, &piece.work, cause).await;
        }
        self.freed.notify_one();
    }

    async fn died(&self, piece: Leased<ClaimedJob>) {
        retry(&self.engine, J::KIND, &piece.work, Cause::Internal).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}

/// Claims jobs of a kind.
pub(super) async fn claim(
    engine: &Engine,
    leases: &LeaseHeartbeat,
    kind: Kind,
    limit: u32,
    per_organization: u32,
) -> Result<Vec<Leased<ClaimedJob>>, Error> {
    let now = engine.clock.now();
    let claimed = jobs::claim(
        &engine.db,
        kind,
        &engine.replica,
        now,
        now.plus(LEASE),
        limit,
        per_organization,
    )
    .await?;
    Ok(claimed
        .into_iter()
        .map(|work| Leased { lease: leases.guard(ClaimedWork::Job(kind, work.clone())), work })
        .collect())
}

/// Hands a job back to be tried again after a pause.
pub(super) async fn retry(engine: &Engine, kind: Kind, work: &ClaimedJob, cause: Cause) {
    let tries = u32::try_from(work.attempts.saturating_sub(1)).unwrap_or(0);
    let run_at = engine.clock.now().plus(pause(cause, tries, None));
    if let Err(error) = jobs::retry(&engine.db, kind, work, run_at, cause).await {
        tracing::warn!(error = %chain(&error), "failed to finish a job; it is retried when its lease expires");
    }
}
