//! How applies end.

use domain::{Cause, ClusterId, Timestamp, gitops::ClusterState};

use crate::{Result, Scope, Tx, exec};

/// What is to be written down about an apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyOutcome {
    /// How the cluster is now.
    pub state: ClusterState,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// What was tried, for people.
    pub detail: String,
    /// When it was brought in step; `None` when it was not.
    pub applied_at: Option<Timestamp>,
    /// When to look again by itself.
    pub check_at: Option<Timestamp>,
    /// When it ended.
    pub at: Timestamp,
}

/// Holds a cluster until the transaction ends, if it is still of this epoch; `false` when it was
/// edited or deleted meanwhile. Clusters are held before jobs, as every change that queues an apply
/// does it.
pub async fn lock_epoch(tx: &mut Tx, scope: Scope, id: ClusterId, epoch: i64) -> Result<bool> {
    let held = exec!(
        tx,
        "update clusters set epoch = epoch where organization_id = $1 and id = $2 and epoch = $3",
        [scope, id, epoch]
    )?;
    Ok(held > 0)
}

/// Writes down how an apply ended.
pub async fn record(
    tx: &mut Tx,
    scope: Scope,
    id: ClusterId,
    outcome: &ApplyOutcome,
) -> Result<()> {
    exec!(
        tx,
        "update clusters set state = $3, cause = $4, detail = $5, applied_at = coalesce($6, applied_at), check_at = $7,
           tried_at = $8, failing_since = case when $3 = 'failing' then coalesce(failing_since, $8) end
         where organization_id = $1 and id = $2",
        [
            scope,
            id,
            outcome.state.as_str(),
            outcome.cause.map(Cause::code),
            outcome.detail.as_str(),
            outcome.applied_at,
            outcome.check_at,
            outcome.at,
        ]
    )?;
    Ok(())
}

/// Says that nothing waits to be applied any more, unless another apply is queued; then it is that
/// which waits, and the page says so. To be called after the job of this apply was ended, in the same transaction.
pub async fn settle_pending(tx: &mut Tx, scope: Scope, id: ClusterId) -> Result<()> {
    exec!(
        tx,
        "update clusters set
           pending_at = case when not exists (select 1 from jobs j
             where j.organization_id = $1 and j.kind = 'apply' and j.target_id = $2) then null else pending_at end,
           state = case when exists (select 1 from jobs j
             where j.organization_id = $1 and j.kind = 'apply' and j.target_id = $2 and j.state = 'waiting')
             then 'pushing' else state end
         where organization_id = $1 and id = $2",
        [scope, id]
    )?;
    Ok(())
}

/// Marks a cluster as waiting for the apply that a person asked for; answers how many rows that was.
pub async fn queue(tx: &mut Tx, scope: Scope, id: ClusterId, now: Timestamp) -> Result<u64> {
    exec!(
        tx,
        "update clusters set state = 'pushing', pending_at = coalesce(pending_at, $3)
         where organization_id = $1 and id = $2",
        [scope, id, now]
    )
}
