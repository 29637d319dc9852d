//! The background loops: deliveries, syncs, pushes to Git targets, clusters, destroying secrets, testing
//! candidates, bulk runs, notices, the clock, and recovery.
//!
//! Every replica runs all of them. Work is claimed by lease, and every write about it names the
//! fence of the claim, so a worker that was paused for too long writes nothing (INV-23).

mod deliveries;
mod job;
mod job_runner;
mod lease_heartbeat;
mod notices;
mod recovery;
mod schedule;
mod syncs;
mod writer;

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use domain::Timestamp;
use futures::FutureExt;
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinSet,
};

use crate::{Engine, error::chain, gitops::ClusterAccess, repositories::Logins, search};

use job::{Apply, Bulk, Destroy, OneByOne, Push, Rotate};
use job_runner::JobRunner;

pub(crate) use lease_heartbeat::LeaseGuard;

/// How long claimed work is ours without a sign of life; it is renewed at a third of that.
pub(crate) const LEASE: Duration = Duration::from_secs(45);
/// How long one piece of work may take. A sync ends by itself before that, see
/// [`crate::repositories::Longest`]; this is for a database or Vault that hangs.
const LONGEST: Duration = Duration::from_mins(25);
/// How long work under way may go on after the shutdown began.
const GRACE: Duration = Duration::from_secs(10);

impl Engine {
    /// Runs the background loops until `shutdown`; work under way then gets a few seconds to end,
    /// and what does not is handed back.
    pub async fn run_workers(self, shutdown: impl Future<Output = ()> + Send) {
        self.release_orphans().await;
        let (stop, stopped) = watch::channel(());
        let (results, received) = mpsc::channel(512);
        let logins = Logins::default();
        let leases = lease_heartbeat::LeaseHeartbeat::default();
        let freed = Arc::new(Notify::new());
        let writer = tokio::spawn(writer::write(self.clone(), received, Arc::clone(&freed)));
        let deliveries = deliveries::Deliveries::new(
            self.clone(),
            logins.clone(),
            leases.clone(),
            results.clone(),
            freed,
        );
        let syncs = syncs::Syncs::new(self.clone(), logins, leases.clone(), results);
        let notices = notices::Notices::new(self.clone(), leases.clone());

        let mut loops = Loops { set: JoinSet::new(), work: self.changes.work(), stopped };
        loops.spawn(deliveries);
        loops.spawn(syncs);
        loops.spawn(notices);
        loops.spawn(OneByOne::<Rotate>::new(&self, &leases));
        loops.spawn(OneByOne::<Push>::new(&self, &leases));
        loops.spawn(OneByOne::<Destroy>::new(&self, &leases));
        loops.spawn(OneByOne::<Bulk>::new(&self, &leases));
        if self.clusters == ClusterAccess::On {
            loops.spawn(OneByOne::<Apply>::new(&self, &leases));
        }
        let Loops { set: mut loops, stopped, .. } = loops;
        {
            let (engine, stopped) = (self.clone(), stopped.clone());
            loops.spawn(kept_up("schedule", move || {
                schedule::run(engine.clone(), leases.clone(), stopped.clone())
            }));
        }
        loops.spawn(write_search_words(self.clone(), stopped.clone()));
        let engine = self.clone();
        loops.spawn(kept_up("recovery", move || recovery::run(engine.clone(), stopped.clone())));

        shutdown.await;
        drop(stop);
        while loops.join_next().await.is_some() {}
        if writer.await.is_err() {
            tracing::error!("result writer stopped early");
        }
        self.hand_back().await;
    }

    /// What a process that was killed held is free at once where no other process can hold it.
    async fn release_orphans(&self) {
        let now = self.clock.now();
        let released = async {
            storage::propagation::release_orphans(&self.db, now).await?;
            storage::jobs::release_orphans(&self.db, now).await?;
            self.end_orphaned_imports(now).await?;
            storage::credentials::hasten(&self.db, self.started).await
        };
        if let Err(error) = released.await {
            tracing::warn!(error = %chain(&error), "failed to release the leases of an earlier process; they expire");
        }
    }

    /// An import lives in the memory of its process, which was the only one.
    async fn end_orphaned_imports(&self, now: Timestamp) -> storage::Result<()> {
        if self.db.is_of_one_process() {
            let why = crate::import::GIVEN_UP;
            storage::bulk::end_orphans(&self.db, self.started, now, why).await?;
        }
        Ok(())
    }

    /// What is still ours at the end is free for another replica at once.
    async fn hand_back(&self) {
        let now = self.clock.now();
        let handed_back = async {
            storage::propagation::release(&self.db, &self.replica, now).await?;
            storage::jobs::release(&self.db, &self.replica, now).await
        };
        if let Err(error) = handed_back.await {
            tracing::warn!(error = %chain(&error), "failed to release leases; they expire");
        }
    }
}

/// The loops that run, and what each of them needs.
struct Loops {
    set: JoinSet<()>,
    work: Arc<Notify>,
    stopped: watch::Receiver<()>,
}

impl Loops {
    fn spawn<R: JobRunner>(&mut self, runner: R) {
        let (work, stopped) = (Arc::clone(&self.work), self.stopped.clone());
        self.set.spawn(kept_up(R::NAME, move || {
            job_runner::run(runner.clone(), Arc::clone(&work), stopped.clone())
        }));
    }
}

/// Runs a loop to its end; one that panics starts anew after a second.
async fn kept_up<F>(name: &'static str, mut start: impl FnMut() -> F)
where
    F: Future<Output = ()>,
{
    while AssertUnwindSafe(start()).catch_unwind().await.is_err() {
        tracing::error!(name, "background loop panicked; restarting it");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Gives words to what was stored before there was a table of them. It runs beside recovery, which must not
/// wait for it: after an upgrade there may be much to write.
async fn write_search_words(engine: Engine, mut stopped: watch::Receiver<()>) {
    tokio::select! {
        () = ended(&mut stopped) => {}
        written = search::fill(&engine) => {
            if let Err(error) = written {
                tracing::warn!(error = %chain(&error), "failed to write the words of search");
            }
        }
    }
}

/// Waits for the end of the shutdown channel.
async fn ended(stopped: &mut watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}
