//! The apply lane's work: one claim, from reading what is wanted to writing how it ended.

use domain::{
    Cause, Scope, Timestamp,
    audit::{AuditAction, AuditActor},
    gitops::{ClusterState, ObjectState},
    propagation::DeliveryState,
};
use storage::{
    Tx,
    gitops::clusters::{self, Cluster, Outcome},
    jobs::{self, Claimed, Kind},
    propagation::{PlaceEnd, begin_place, settle_place},
};

use super::{
    LOOK_AGAIN, Stopped, audit,
    bring::{Brought, bring},
    delete::forget,
    known,
    open::open,
    wanted::{Wanted, wanted},
};
use crate::{
    Engine, Error,
    repositories::{finish, pause},
};

impl Engine {
    /// Brings the claimed cluster in step, or deletes what Hawser made there, and writes down how
    /// that ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn apply_exports(&self, work: &Claimed) -> Result<(), Error> {
        let scope = Scope::of_worker(work.organization);
        let Some(cluster) = clusters::cluster(&self.db, scope, work.target.into()).await? else {
            return self.nothing_to_apply(work).await;
        };
        let mut tx = self.db.begin().await?;
        begin_place(&mut tx, scope, work.target).await?;
        tx.commit().await?;
        let (brought, problem) = run(self, scope, &cluster).await?;
        settle(self, scope, work, &cluster, brought, problem).await
    }

    async fn nothing_to_apply(&self, work: &Claimed) -> Result<(), Error> {
        let mut tx = self.db.begin().await?;
        jobs::finish(&mut tx, Kind::Apply, work).await?;
        Ok(tx.commit().await?)
    }
}

async fn run(
    engine: &Engine,
    scope: Scope,
    cluster: &Cluster,
) -> Result<(Brought, Option<Stopped>), Error> {
    let stopped = |stopped: Stopped| (Brought::stopped(stopped.clone()), Some(stopped));
    let wanted = if cluster.deleting {
        Wanted::nothing()
    } else {
        match wanted(engine, scope, cluster).await? {
            Ok(wanted) => wanted,
            Err(why) => return Ok(stopped(why)),
        }
    };
    let api = match open(engine, scope, cluster).await? {
        Ok(api) => api,
        Err(why) => return Ok(stopped(why)),
    };
    // Written down before they are made, so that a process that is killed leaves none unknown.
    let intended: Vec<_> = wanted
        .manifests
        .iter()
        .map(|manifest| known(manifest.object(), ObjectState::New))
        .collect();
    let mut tx = engine.db.begin().await?;
    if !clusters::hold(&mut tx, scope, cluster.id, cluster.epoch).await? {
        return Ok((Brought::default(), None));
    }
    clusters::intend(&mut tx, scope, cluster.id, &intended).await?;
    tx.commit().await?;
    let before = clusters::objects(&engine.db, scope, cluster.id).await?;
    let mut brought = bring(&api, cluster.id, &wanted.manifests, &before).await;
    let problem = brought.problem(&wanted.secrets);
    if problem.is_none() {
        brought.versions = wanted.versions;
    }
    Ok((brought, problem))
}

async fn settle(
    engine: &Engine,
    scope: Scope,
    work: &Claimed,
    cluster: &Cluster,
    brought: Brought,
    problem: Option<Stopped>,
) -> Result<(), Error> {
    let now = engine.clock.now();
    let again = problem.as_ref().and_then(|stopped| again(work, stopped, now));
    let mut tx = engine.db.begin().await?;
    let is_current = clusters::hold(&mut tx, scope, cluster.id, cluster.epoch).await?;
    let is_ours = match again {
        Some(at) if is_current => jobs::retry_in(&mut tx, Kind::Apply, work, at).await?,
        _ => jobs::finish(&mut tx, Kind::Apply, work).await?,
    };
    if !is_ours {
        // The lease ran out: whoever has the work now writes down how it ends.
        return Ok(());
    }
    if is_current {
        record(&mut tx, scope, cluster, &brought, problem.as_ref(), again, now).await?;
    }
    end_deliveries(&mut tx, scope, cluster, is_current, problem.as_ref(), again, now).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}

/// When to try again by itself; `None` when a person has to look, or all is well.
fn again(work: &Claimed, stopped: &Stopped, now: Timestamp) -> Option<Timestamp> {
    let tries = u32::try_from(work.attempts.saturating_sub(1)).unwrap_or(0);
    stopped.cause.may_pass().then(|| now.plus(pause(stopped.cause, tries, stopped.retry_after)))
}

async fn record(
    tx: &mut Tx,
    scope: Scope,
    cluster: &Cluster,
    brought: &Brought,
    problem: Option<&Stopped>,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Error> {
    let id = cluster.id;
    if cluster.deleting && problem.is_none() {
        let detail = format!("{} objects were deleted first", brought.deleted);
        forget(tx, scope, id, AuditActor::Hawser, detail, now).await?;
        return Ok(());
    }
    clusters::set_states(tx, scope, id, &brought.states).await?;
    clusters::remove_objects(tx, scope, id, &brought.gone).await?;
    if problem.is_none() {
        storage::gitops::set_written(tx, scope, id.uuid(), &brought.versions).await?;
    }
    let outcome = Outcome {
        state: if problem.is_some() { ClusterState::Failing } else { ClusterState::InStep },
        cause: problem.map(|stopped| stopped.cause),
        detail: problem.map(|stopped| stopped.detail.clone()).unwrap_or_default(),
        applied_at: problem.is_none().then_some(now),
        check_at: again.is_none().then(|| now.plus(LOOK_AGAIN)),
    };
    clusters::record(tx, scope, id, &outcome).await?;
    if again.is_none() {
        clusters::settle_pending(tx, scope, id).await?;
    }
    if brought.written + brought.deleted > 0 {
        let told = format!("{} objects written, {} deleted", brought.written, brought.deleted);
        let action = AuditAction::ClusterApplied;
        audit(tx, AuditActor::Hawser, scope, now, action, (&cluster.name, told)).await?;
    }
    Ok(())
}

/// Settles the updates that were on their way to the cluster when the work began.
async fn end_deliveries(
    tx: &mut Tx,
    scope: Scope,
    cluster: &Cluster,
    is_current: bool,
    problem: Option<&Stopped>,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Error> {
    let state = match (is_current, problem, again) {
        (false, ..) => DeliveryState::Waiting,
        (_, None, _) => DeliveryState::Healthy,
        (_, Some(_), Some(_)) => DeliveryState::Retrying,
        (_, Some(_), None) => DeliveryState::NeedsAttention,
    };
    let cause: Option<Cause> = problem.map(|stopped| stopped.cause);
    let end = PlaceEnd { state, cause, run_at: again.unwrap_or(now), at: now };
    for propagation in settle_place(tx, scope, cluster.id.uuid(), end).await? {
        finish(tx, scope, propagation, now).await?;
    }
    Ok(())
}
