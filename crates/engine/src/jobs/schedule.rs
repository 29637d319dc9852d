//! What the clock asks for: syncs whose interval passed, looks at Git targets and clusters, notices of
//! expiries, and signs of life for claimed work.

use std::time::Duration;

use domain::repositories::SyncTrigger;
use storage::{
    Sweep,
    gitops::destinations::{self, DestinationKind},
    jobs,
};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior},
};

use super::{LEASE, ended, lease_heartbeat::LeaseHeartbeat};
use crate::{
    Engine, Error,
    error::chain,
    gitops::{ClusterAccess, LOOK_AGAIN_REASON},
};

const TICK: Duration = Duration::from_secs(1);
/// How often expiries are looked at.
const NOTICES: Duration = Duration::from_mins(1);
/// The most syncs queued in one transaction.
const TOGETHER: u32 = 500;

/// Ticks until the shutdown.
pub(super) async fn run(engine: Engine, leases: LeaseHeartbeat, mut stopped: watch::Receiver<()>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut renewed = Instant::now();
    let mut noticed = None::<Instant>;
    loop {
        tokio::select! {
            () = ended(&mut stopped) => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = queue_due(&engine).await {
            tracing::warn!(error = %chain(&error), "failed to queue due syncs");
        }
        for places in [DestinationKind::GitTargets, DestinationKind::Clusters] {
            if let Err(error) = look_again(&engine, places).await {
                tracing::warn!(?places, error = %chain(&error), "failed to queue due reconciles");
            }
        }
        if noticed.is_none_or(|at| at.elapsed() >= NOTICES) {
            noticed = Some(Instant::now());
            if let Err(error) = engine.make_notices().await {
                tracing::warn!(error = %chain(&error), "failed to make notices");
            }
        }
        if renewed.elapsed() >= LEASE / 3 {
            match renew(&engine, &leases).await {
                Ok(()) => renewed = Instant::now(),
                Err(error) => tracing::warn!(error = %chain(&error), "failed to renew leases"),
            }
        }
    }
}

/// Queues the syncs that are due.
async fn queue_due(engine: &Engine) -> Result<(), Error> {
    let now = engine.clock.now();
    if !storage::repositories::any_due(&engine.db, now).await? {
        return Ok(());
    }
    let mut tx = engine.db.begin_system(Sweep::Schedule).await?;
    let due = storage::repositories::take_due(&mut tx, now, TOGETHER).await?;
    jobs::queue_many(&mut tx, jobs::Kind::Sync, &due, SyncTrigger::Interval.as_str(), now, now)
        .await?;
    tx.commit().await?;
    if !due.is_empty() {
        engine.changes.tell_workers();
    }
    Ok(())
}

/// Queues a look at the places that are due for one; at clusters only where they may be reached.
async fn look_again(engine: &Engine, places: DestinationKind) -> Result<(), Error> {
    let (kind, reason) = match places {
        DestinationKind::GitTargets => (jobs::Kind::Push, LOOK_AGAIN_REASON),
        DestinationKind::Clusters if engine.clusters == ClusterAccess::Off => return Ok(()),
        DestinationKind::Clusters => (jobs::Kind::Apply, "interval"),
    };
    let now = engine.clock.now();
    if !destinations::any_due(&engine.db, places, now).await? {
        return Ok(());
    }
    let mut tx = engine.db.begin_system(Sweep::Schedule).await?;
    let due = destinations::take_due(&mut tx, places, now, TOGETHER).await?;
    jobs::queue_many(&mut tx, kind, &due, reason, now, now).await?;
    tx.commit().await?;
    if !due.is_empty() {
        engine.changes.tell_workers();
    }
    Ok(())
}

/// Renews what is in hand. What got lost on the way is not among it: its lease runs out.
async fn renew(engine: &Engine, leases: &LeaseHeartbeat) -> Result<(), Error> {
    let (deliveries, work) = leases.all();
    let now = engine.clock.now();
    let until = now.plus(LEASE);
    storage::propagation::renew(&engine.db, &deliveries, now, until).await?;
    jobs::renew(&engine.db, &work, now, until).await?;
    Ok(())
}
