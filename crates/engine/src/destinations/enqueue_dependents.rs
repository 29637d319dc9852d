//! What follows from a change: the places that hold it are written again.

use std::time::Duration;

use domain::Timestamp;
use storage::{
    Scope, Tx,
    gitops::{Affected, Touched},
    jobs,
};

use crate::Error;

/// How long a place waits for more changes, so that many at once become one commit.
const GATHER: Duration = Duration::from_secs(3);

/// When the places follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Once no more changes came for a moment.
    Settled,
    /// At once: somebody watches the propagation.
    AtOnce,
}

/// Marks the Git targets and clusters that hold what was touched as pending and queues their work, in
/// the transaction of the change: after what it adds, and before what it takes away, such as a link.
/// Answers those that follow.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn touch(
    tx: &mut Tx,
    scope: Scope,
    touched: Touched,
    when: When,
    now: Timestamp,
) -> Result<Affected, Error> {
    let affected = storage::gitops::affected(tx, scope, touched).await?;
    mark(tx, scope, affected, when, now).await
}

/// The second half of [`touch`], for a change that finds out before and marks after.
///
/// Rows are taken in one order everywhere, so that two changes never wait for each other: credentials,
/// repositories, places, jobs. Answers those that follow: not one that moved or is on its way out since it
/// was found.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn mark(
    tx: &mut Tx,
    scope: Scope,
    affected: Affected,
    when: When,
    now: Timestamp,
) -> Result<Affected, Error> {
    let run_at = match when {
        When::Settled => now.plus(GATHER),
        When::AtOnce => now,
    };
    let affected = Affected {
        targets: storage::gitops::targets_pending(tx, scope, &affected.targets, now).await?,
        clusters: storage::gitops::clusters_pending(tx, scope, &affected.clusters, now).await?,
    };
    let targets: Vec<_> = affected.targets.iter().map(|id| (scope, id.uuid())).collect();
    let clusters: Vec<_> = affected.clusters.iter().map(|id| (scope, id.uuid())).collect();
    jobs::queue_many(tx, jobs::Kind::Push, &targets, "changed", run_at, now).await?;
    jobs::queue_many(tx, jobs::Kind::Apply, &clusters, "changed", run_at, now).await?;
    Ok(affected)
}
