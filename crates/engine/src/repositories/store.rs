//! Writing down how syncs and deliveries ended, many in one transaction.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use domain::{Cause, OrganizationId, PropagationId, RepositoryId, Timestamp};
use storage::{Scope, Sweep, Tx, jobs, propagation::Settlement, repositories::SyncOutcome};

use super::{
    affected_exports::Moved,
    login::{CommittedVersion, Used},
    pause,
    prepare::{Prepared, prepare},
    replace::replace,
    sync::Attempt,
};
use crate::{
    Engine, Error,
    circuit_breaker::{self, LoginObservation},
    jobs::LeaseGuard,
    propagation::{deliver::failed, finish::finish},
};

/// Who asked for a sync, and so has to be told how it ended.
enum For {
    Delivery(Settlement),
    Job(jobs::ClaimedJob),
    Nobody,
}

struct Line {
    asked: For,
    outcome: Option<SyncOutcome>,
    charts: Option<Vec<Prepared>>,
    /// The credential version that was used.
    used: Option<Used>,
    /// What the host said about the credential.
    observation: Option<LoginObservation>,
}

/// What is to be written down together.
#[derive(Default)]
pub(crate) struct ResultBatch {
    lines: Vec<Line>,
    /// Propagations whose last delivery may be among these.
    closing: BTreeSet<(Scope, PropagationId)>,
    /// Keeps the work ours until it is written down, or given up.
    leases: Vec<Arc<LeaseGuard>>,
}

/// What was written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BatchResult {
    /// Results that were still wanted: the rest had a newer fence or epoch.
    pub(crate) written: usize,
}

impl ResultBatch {
    /// Adds a delivery that was tried.
    pub(crate) async fn delivery(
        &mut self,
        settlement: Settlement,
        attempt: Option<Box<Attempt>>,
    ) -> Result<(), Error> {
        self.add(For::Delivery(settlement), attempt).await
    }

    /// Adds a sync job that was done; `None` when its repository is gone.
    pub(crate) async fn job(
        &mut self,
        work: jobs::ClaimedJob,
        attempt: Option<Box<Attempt>>,
    ) -> Result<(), Error> {
        self.add(For::Job(work), attempt).await
    }

    /// A sync that somebody waits for.
    pub(crate) async fn direct(mut self, attempt: Box<Attempt>) -> Result<Self, Error> {
        self.add(For::Nobody, Some(attempt)).await?;
        Ok(self)
    }

    async fn add(&mut self, asked: For, attempt: Option<Box<Attempt>>) -> Result<(), Error> {
        let Some(attempt) = attempt else {
            self.lines.push(Line {
                asked,
                outcome: None,
                charts: None,
                used: None,
                observation: None,
            });
            return Ok(());
        };
        let charts = match attempt.versions {
            // Sorting and hashing a large index takes a while; the other tasks go on meanwhile.
            Some(versions) => Some(
                tokio::task::spawn_blocking(move || prepare(versions))
                    .await
                    .map_err(|_| Error::Setting("the charts of an index"))?,
            ),
            None => None,
        };
        self.lines.push(Line {
            asked,
            outcome: Some(attempt.outcome),
            charts,
            used: attempt.used.map(CommittedVersion::used),
            observation: attempt.observation,
        });
        Ok(())
    }

    /// Also ends this propagation, if this was its last delivery.
    pub(crate) fn closing(&mut self, scope: Scope, propagation: PropagationId) {
        self.closing.insert((scope, propagation));
    }

    /// Keeps this work ours as long as its result is not written.
    pub(crate) fn holding(&mut self, lease: Arc<LeaseGuard>) {
        self.leases.push(lease);
    }

    /// Takes in what another one holds.
    pub(crate) fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
        self.closing.extend(other.closing);
        self.leases.extend(other.leases);
    }

    /// Whether a large write is among it, which should not hold up the others.
    pub(crate) fn has_charts(&self) -> bool {
        self.lines.iter().any(|line| line.charts.is_some())
    }

    /// The same results with failures in place of charts, for a database that refuses them.
    pub(crate) fn without_charts(mut self) -> Self {
        for line in self.lines.iter_mut().filter(|line| line.charts.is_some()) {
            line.charts = None;
            if let Some(outcome) = &mut line.outcome {
                outcome.cause = Some(Cause::Internal);
                outcome.next_sync_at =
                    Some(outcome.finished_at.plus(pause(Cause::Internal, 6, None)));
                (outcome.found, outcome.proven) = (None, None);
            }
            if let For::Delivery(settlement) = &mut line.asked {
                *settlement = failed(&settlement.work, Cause::Internal, None, settlement.at);
            }
        }
        self
    }

    /// How many results there are.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Writes everything that is still wanted: a delivery or job only while its fence is ours (INV-23),
    /// a result only while the repository has the epoch the sync started with (F8), and the
    /// credential the version that was used.
    pub(crate) async fn commit(&self, engine: &Engine) -> Result<BatchResult, Error> {
        let now = engine.clock.now();
        let mut tx = engine.db.begin_system(Sweep::Results).await?;
        let outdated = self.outdated(&mut tx).await?;
        storage::repositories::hold_these(&mut tx, &self.repositories()).await?;
        let ours = self.ours(&mut tx).await?;
        let ours = drop_outdated(&mut tx, ours, &outdated, now).await?;
        let outcomes: Vec<&SyncOutcome> =
            ours.iter().filter_map(|line| line.outcome.as_ref()).collect();
        let written: HashSet<_> =
            storage::repositories::record(&mut tx, &outcomes).await?.into_iter().collect();
        let is_written =
            |outcome: &SyncOutcome| written.contains(&(outcome.scope, outcome.repository));
        let kept: Vec<&SyncOutcome> =
            outcomes.into_iter().filter(|outcome| is_written(outcome)).collect();
        storage::repositories::record_runs(&mut tx, &kept).await?;
        let ended = kept.iter().map(|run| (run.scope, run.finished_at, run.cause.is_some()));
        storage::overview::count_syncs(&mut tx, ended).await?;
        let mut moved = Moved::default();
        for line in &ours {
            match (&line.outcome, &line.charts, &line.asked) {
                (Some(outcome), Some(charts), _) if is_written(outcome) => {
                    let scope = outcome.scope;
                    let names = replace(&mut tx, scope, outcome.repository, charts).await?;
                    moved.charts(&mut tx, scope, outcome.repository, &names).await?;
                }
                (Some(outcome), _, For::Delivery(settlement)) if !is_written(outcome) => {
                    storage::propagation::reopen(&mut tx, &settlement.work, now).await?;
                }
                _ => {}
            }
        }
        moved.transports(&mut tx, &kept).await?;
        let has_moved = !moved.is_empty();
        moved.mark(&mut tx, now).await?;
        let observations = ours.iter().filter_map(|line| line.observation.as_ref());
        circuit_breaker::count(&mut tx, observations, now).await?;
        for (scope, propagation) in &self.closing {
            finish(&mut tx, *scope, *propagation, now).await?;
        }
        tx.commit().await?;
        for outcome in &kept {
            let result = outcome.cause.map_or("ok", Cause::as_str);
            metrics::counter!("hawser_syncs_total", "trigger" => outcome.trigger.as_str(), "result" => result).increment(1);
        }
        for organization in
            ours.iter().filter_map(|line| line.organization()).collect::<BTreeSet<_>>()
        {
            engine.changes.tell(organization);
        }
        if has_moved {
            engine.changes.tell_workers();
        }
        Ok(BatchResult { written: kept.len() })
    }

    /// What was used and does not count any more. What does is held until the transaction ends: a new
    /// version that came between this look and the write would be paused for refusals of the old one.
    /// Credentials come before deliveries and jobs, and in order, as everywhere.
    async fn outdated(&self, tx: &mut Tx) -> Result<HashSet<Used>, Error> {
        let used: BTreeSet<_> = self.lines.iter().filter_map(|line| line.used).collect();
        let mut outdated = HashSet::new();
        for (scope, credential, epoch) in used {
            if !storage::circuit_breaker::lock_epoch(tx, scope, credential, epoch).await? {
                outdated.insert((scope, credential, epoch));
            }
        }
        Ok(outdated)
    }

    fn repositories(&self) -> BTreeSet<(Scope, RepositoryId)> {
        let outcomes = self.lines.iter().filter_map(|line| line.outcome.as_ref());
        outcomes.map(|outcome| (outcome.scope, outcome.repository)).collect()
    }

    /// The lines whose work is still ours; the others write nothing.
    async fn ours(&self, tx: &mut Tx) -> Result<Vec<&Line>, Error> {
        let settlements: Vec<_> = self
            .lines
            .iter()
            .filter_map(|line| match &line.asked {
                For::Delivery(settlement) => Some(settlement),
                For::Job(_) | For::Nobody => None,
            })
            .collect();
        let settled: HashSet<_> =
            storage::propagation::settle(tx, &settlements).await?.into_iter().collect();
        let mut ours = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let is_ours = match &line.asked {
                For::Delivery(settlement) => settled.contains(&settlement.work.key()),
                For::Job(work) => jobs::finish(tx, jobs::Kind::Sync, work).await?,
                For::Nobody => true,
            };
            if is_ours {
                ours.push(line);
            }
        }
        Ok(ours)
    }
}

impl Line {
    fn organization(&self) -> Option<OrganizationId> {
        match &self.asked {
            For::Delivery(settlement) => Some(settlement.work.scope.organization()),
            For::Job(work) => Some(work.scope.organization()),
            For::Nobody => self.outcome.as_ref().map(|outcome| outcome.scope.organization()),
        }
    }
}

/// Leaves out what was found with a credential version that does not count any more: the delivery of
/// the newer one says how the repository is, and may have ended before this. Whoever asked gets an
/// answer of the newer version.
async fn drop_outdated<'a>(
    tx: &mut Tx,
    lines: Vec<&'a Line>,
    outdated: &HashSet<Used>,
    now: Timestamp,
) -> Result<Vec<&'a Line>, Error> {
    let mut kept = Vec::with_capacity(lines.len());
    for line in lines {
        if !line.used.is_some_and(|used| outdated.contains(&used)) {
            kept.push(line);
            continue;
        }
        match &line.asked {
            For::Delivery(settlement) => {
                storage::propagation::reopen(tx, &settlement.work, now).await?;
            }
            For::Job(work) => {
                let scope = work.scope;
                let kind = jobs::Kind::Sync;
                jobs::queue(tx, scope, kind, work.target, &work.reason, now, now).await?;
            }
            For::Nobody => {}
        }
    }
    Ok(kept)
}
