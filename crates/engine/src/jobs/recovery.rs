//! Recovery: ends what nobody else ended.

use std::time::Duration;
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior},
};

use super::{LEASE, ended};
use crate::{Engine, Error, error::chain, propagation::finish::finish};

const TICK: Duration = Duration::from_secs(2);
const OPERATIONS: Duration = Duration::from_secs(10);
const CLEAN_UP: Duration = Duration::from_hours(1);
/// No import goes on for longer.
const IMPORT_LONGEST: Duration = Duration::from_hours(1);
/// How long the runs of syncs, and bulk runs, are kept.
const RUNS_KEPT: Duration = Duration::from_hours(30 * 24);

/// Looks until the shutdown.
pub(super) async fn run(engine: Engine, mut stopped: watch::Receiver<()>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut operations, mut clean_up) = (None::<Instant>, None::<Instant>);
    loop {
        tokio::select! {
            () = ended(&mut stopped) => return,
            _ = tick.tick() => {}
        }
        report("failed to finish propagations", finish_propagations(&engine).await);
        if is_time(&mut operations, OPERATIONS) {
            report("failed to recover operations", recover(&engine).await);
        }
        if is_time(&mut clean_up, CLEAN_UP) {
            report("failed to delete old sync runs", clean(&engine).await);
        }
    }
}

fn is_time(last: &mut Option<Instant>, every: Duration) -> bool {
    let due = last.is_none_or(|last| last.elapsed() >= every);
    if due {
        *last = Some(Instant::now());
    }
    due
}

fn report(what: &'static str, result: Result<(), Error>) {
    if let Err(error) = result {
        tracing::warn!(error = %chain(&error), "{what}");
    }
}

/// Ends propagations whose last deliveries were ended by two replicas at once, or superseded.
async fn finish_propagations(engine: &Engine) -> Result<(), Error> {
    for (scope, propagation) in storage::propagation::to_finish(&engine.db).await? {
        let mut tx = engine.db.begin_work(scope).await?;
        finish(&mut tx, scope, propagation, engine.clock.now()).await?;
        tx.commit().await?;
        engine.changes.tell(scope.organization());
    }
    Ok(())
}

/// Ends secret operations that were left open, and leases of a clock that was set back.
async fn recover(engine: &Engine) -> Result<(), Error> {
    let now = engine.clock.now();
    let furthest = now.plus(LEASE * 2);
    storage::propagation::forget_far_leases(&engine.db, now, furthest).await?;
    storage::jobs::forget_far_leases(&engine.db, now, furthest).await?;
    let recovered = engine.recover_operations().await?;
    if recovered > 0 {
        tracing::info!(recovered, "recovered secret operations");
        engine.changes.tell_workers();
    }
    Ok(())
}

async fn clean(engine: &Engine) -> Result<(), Error> {
    let before = engine.clock.now().minus(RUNS_KEPT);
    let removed = storage::repositories::forget_old_runs(&engine.db, before).await?;
    storage::overview::forget_old_hours(&engine.db, before).await?;
    storage::bulk::forget_old(&engine.db, before).await?;
    let (now, why) = (engine.clock.now(), crate::import::GIVEN_UP);
    storage::bulk::end_orphans(&engine.db, now.minus(IMPORT_LONGEST), now, why).await?;
    tracing::debug!(removed, "deleted old sync runs");
    Ok(())
}
