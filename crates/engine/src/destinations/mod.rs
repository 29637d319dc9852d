//! What Git targets and clusters have in common: which of them follow a change, when they are looked at
//! again, how their work is queued, and how the updates on their way there end.

mod enqueue_dependents;

use std::time::Duration;

use domain::{Timestamp, gitops::Destination};
use storage::{Scope, Tx, gitops::destinations, jobs, propagation::PlaceEnd};

use crate::{Error, propagation::finish::finish};

pub(crate) use enqueue_dependents::{When, mark, touch};

/// How often a destination in step is looked at, so that what somebody changed there is brought back.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_hours(1);

/// Marks a destination as waiting and queues its work; answers whether it is there.
pub(crate) async fn enqueue(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
    reason: &'static str,
    now: Timestamp,
) -> Result<bool, Error> {
    let destination = destination.into();
    if destinations::queue(tx, scope, destination, now).await? == 0 {
        return Ok(false);
    }
    let kind = match destination {
        Destination::GitTarget(_) => jobs::Kind::Push,
        Destination::Cluster(_) => jobs::Kind::Apply,
    };
    jobs::queue(tx, scope, kind, destination.uuid(), reason, now, now).await?;
    Ok(true)
}

/// Ends the updates that were on their way to a destination when its work began, and their propagations
/// if nothing else of them is under way.
pub(crate) async fn end_deliveries(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
    end: PlaceEnd,
) -> Result<(), Error> {
    let now = end.at;
    let place = destination.into().uuid();
    for propagation in storage::propagation::settle_place(tx, scope, place, end).await? {
        finish(tx, scope, propagation, now).await?;
    }
    Ok(())
}
