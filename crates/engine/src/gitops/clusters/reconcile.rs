//! One apply: from its claim, from reading what is wanted to writing how it ended.

use domain::{
    Timestamp,
    audit::{AuditAction, AuditActor, AuditTarget, ReadPurpose},
    counted,
    gitops::{ClusterObject, DestinationState, ObjectState},
    propagation::DeliveryState,
};
use storage::{
    Scope, Tx,
    gitops::{
        clusters::{self, ApplyOutcome, Cluster},
        destinations::{self, Pending},
    },
    jobs::{self, ClaimedJob, Kind},
    propagation::{PlaceEnd, begin_place},
};

use super::{
    Stopped,
    apply::{Brought, bring},
    delete::delete_rows,
    desired_state::{Wanted, wanted},
    fence::Fence,
    known,
    open::open,
};
use crate::{
    Engine, Error, audit,
    credentials::Use,
    destinations::{LOOK_AGAIN, end_deliveries},
};

impl Engine {
    /// Brings the claimed cluster in step, or deletes what Hawser made there, and writes down how
    /// that ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn apply_exports(&self, work: &ClaimedJob) -> Result<(), Error> {
        let scope = work.scope;
        let Some(cluster) = clusters::cluster(&self.db, scope, work.target.into()).await? else {
            return self.nothing_to_apply(scope, work).await;
        };
        let mut tx = self.db.begin_work(scope).await?;
        begin_place(&mut tx, scope, work.target).await?;
        tx.commit().await?;
        match run(self, scope, &cluster, work).await? {
            Some(ended) => settle(self, scope, work, &cluster, ended).await,
            None => overtaken(self, scope, work, &cluster).await,
        }
    }

    async fn nothing_to_apply(&self, scope: Scope, work: &ClaimedJob) -> Result<(), Error> {
        let mut tx = self.db.begin_work(scope).await?;
        jobs::finish(&mut tx, Kind::Apply, work).await?;
        Ok(tx.commit().await?)
    }
}

/// How it went, and the problem in words; `None` when the cluster or the work is another now.
async fn run(
    engine: &Engine,
    scope: Scope,
    cluster: &Cluster,
    work: &ClaimedJob,
) -> Result<Option<(Brought, Option<Stopped>)>, Error> {
    let stopped = |stopped: Stopped| Some((Brought::stopped(stopped.clone()), Some(stopped)));
    let used = Use::of_hawser(ReadPurpose::Apply);
    let wanted = if cluster.deleting {
        Wanted::nothing()
    } else {
        match wanted(engine, scope, cluster, &used).await? {
            Ok(wanted) => wanted,
            Err(why) => return Ok(stopped(why)),
        }
    };
    let api = match open(engine, scope, cluster, &used).await? {
        Ok(api) => api,
        Err(why) => return Ok(stopped(why)),
    };
    // Written down before they are made, so that a process that is killed leaves none unknown.
    let intended: Vec<_> = wanted
        .manifests
        .iter()
        .map(|manifest| known(manifest.object(), ObjectState::New))
        .collect();
    let fence = Fence { engine, scope, cluster, work };
    let Some(mut tx) = fence.lock().await? else { return Ok(None) };
    clusters::intend(&mut tx, scope, cluster.id, &intended).await?;
    tx.commit().await?;
    let before = clusters::objects(&engine.db, scope, cluster.id).await?;
    let Some(mut brought) = bring(&api, &fence, &wanted, &before).await? else { return Ok(None) };
    let problem = brought.problem(&wanted.redactor);
    if problem.is_none() {
        brought.versions = wanted.versions;
    }
    Ok(Some((brought, problem)))
}

/// How an apply of a cluster that nobody changed meanwhile ended.
struct End<'a> {
    cluster: &'a Cluster,
    brought: &'a Brought,
    problem: Option<&'a Stopped>,
    /// When to try again by itself; `None` when a person has to look, or all is well.
    again: Option<Timestamp>,
    now: Timestamp,
}

async fn settle(
    engine: &Engine,
    scope: Scope,
    work: &ClaimedJob,
    cluster: &Cluster,
    (brought, problem): (Brought, Option<Stopped>),
) -> Result<(), Error> {
    let now = engine.clock.now();
    let tries = u32::try_from(work.attempts.saturating_sub(1)).unwrap_or(0);
    let again = brought.pause(tries).map(|pause| now.plus(pause));
    let end = End { cluster, brought: &brought, problem: problem.as_ref(), again, now };
    let mut tx = engine.db.begin_work(scope).await?;
    if !destinations::lock_epoch(&mut tx, scope, cluster.id, cluster.epoch).await? {
        drop(tx);
        return overtaken(engine, scope, work, cluster).await;
    }
    let is_ours = match again {
        Some(at) => jobs::retry_in(&mut tx, Kind::Apply, work, at).await?,
        None => jobs::finish(&mut tx, Kind::Apply, work).await?,
    };
    if !is_ours {
        // The lease ran out: whoever has the work now writes down how it ends.
        return Ok(());
    }
    record(&mut tx, scope, &end).await?;
    end_deliveries(&mut tx, scope, cluster.id, end.place()).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}

/// Ends work whose cluster was edited or deleted meanwhile: the apply that was queued with that does
/// the rest.
async fn overtaken(
    engine: &Engine,
    scope: Scope,
    work: &ClaimedJob,
    cluster: &Cluster,
) -> Result<(), Error> {
    let now = engine.clock.now();
    let mut tx = engine.db.begin_work(scope).await?;
    if !jobs::finish(&mut tx, Kind::Apply, work).await? {
        return Ok(());
    }
    let end = PlaceEnd { state: DeliveryState::Waiting, cause: None, run_at: now, at: now };
    end_deliveries(&mut tx, scope, cluster.id, end).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}

impl End<'_> {
    /// What becomes of the updates that were on their way to the cluster.
    fn place(&self) -> PlaceEnd {
        let state = match (self.problem, self.again) {
            (None, _) => DeliveryState::Healthy,
            (Some(_), Some(_)) => DeliveryState::Retrying,
            (Some(_), None) => DeliveryState::NeedsAttention,
        };
        let cause = self.problem.map(|stopped| stopped.cause);
        PlaceEnd { state, cause, run_at: self.again.unwrap_or(self.now), at: self.now }
    }
}

async fn record(tx: &mut Tx, scope: Scope, end: &End<'_>) -> Result<(), Error> {
    let End { cluster, brought, problem, again, now } = *end;
    let id = cluster.id;
    if cluster.deleting && problem.is_none() {
        let detail =
            format!("{} deleted first", counted(brought.deleted, "object was", "objects were"));
        delete_rows(tx, scope, id, AuditActor::Hawser, detail, now).await?;
        return Ok(());
    }
    let compared = brought.states.iter().cloned();
    let compared: Vec<_> =
        compared.map(|object| ClusterObject { compared_at: Some(now), ..object }).collect();
    clusters::set_states(tx, scope, id, &compared).await?;
    clusters::remove_objects(tx, scope, id, &brought.gone).await?;
    if problem.is_none() {
        destinations::set_written(tx, scope, id, &brought.versions).await?;
    }
    let outcome = ApplyOutcome {
        state: if problem.is_some() { DestinationState::Failing } else { DestinationState::InStep },
        cause: problem.map(|stopped| stopped.cause),
        detail: problem.map(|stopped| stopped.detail.clone()).unwrap_or_default(),
        applied_at: problem.is_none().then_some(now),
        check_at: again.is_none().then(|| now.plus(LOOK_AGAIN)),
        at: now,
    };
    clusters::record(tx, scope, id, &outcome).await?;
    if again.is_none() {
        destinations::settle_pending(tx, scope, id, Pending::Brought).await?;
    }
    if brought.written + brought.deleted > 0 {
        let told = format!(
            "{} written, {} deleted",
            counted(brought.written, "object", "objects"),
            brought.deleted
        );
        let action = AuditAction::ClusterApplied;
        let told = (AuditTarget::Cluster(id), cluster.name.as_str(), told);
        audit::record(tx, AuditActor::Hawser, scope, now, action, told).await?;
    }
    Ok(())
}
