//! How destinations are held, asked for, and deleted.

use domain::{Timestamp, gitops::Destination};

use super::{DestinationKind, of_kind};
use crate::{Result, Scope, Tx, search};

/// Whether a push or apply brought what was waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// It did.
    Brought,
    /// It did not.
    Waits,
}

macro_rules! lock_text {
    ($table:literal, $members:literal, $id:literal, $job:literal) => {
        concat!(
            "update ",
            $table,
            " set epoch = epoch where organization_id = $1 and id = $2 and epoch = $3"
        )
    };
}

/// Holds a destination until the transaction ends, if it is still of this epoch; `false` when it was
/// edited or deleted meanwhile.
///
/// Destinations are held before jobs, as every change that queues a job does it, so that the two never
/// wait for each other.
pub async fn lock_epoch(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
    epoch: i64,
) -> Result<bool> {
    let destination = destination.into();
    let id = destination.uuid();
    let held = of_kind!(destination.into(), exec, lock_text, tx, [scope, id, epoch])?;
    Ok(held > 0)
}

macro_rules! pending_text {
    ($table:literal, $members:literal, $id:literal, $job:literal) => {
        concat!(
            "update ",
            $table,
            " set
               pending_at = case when $3 and not exists (select 1 from jobs j
                 where j.organization_id = $1 and j.kind = '",
            $job,
            "' and j.target_id = $2) then null else pending_at end,
               state = case when exists (select 1 from jobs j
                 where j.organization_id = $1 and j.kind = '",
            $job,
            "' and j.target_id = $2 and j.state = 'waiting') then 'pushing' else state end
             where organization_id = $1 and id = $2"
        )
    };
}

/// Says what still waits. When another job is queued already, it is that which waits, and the page says
/// so. To be called after the job of this run was ended, in the same transaction.
pub async fn settle_pending(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
    pending: Pending,
) -> Result<()> {
    let destination = destination.into();
    let (id, is_brought) = (destination.uuid(), pending == Pending::Brought);
    of_kind!(destination.into(), exec, pending_text, tx, [scope, id, is_brought])?;
    Ok(())
}

macro_rules! queue_text {
    ($table:literal, $members:literal, $id:literal, $job:literal) => {
        concat!(
            "update ",
            $table,
            " set state = 'pushing', pending_at = coalesce(pending_at, $3)
             where organization_id = $1 and id = $2"
        )
    };
}

/// Marks a destination as waiting for what a person asked for; answers how many rows that was.
pub async fn queue(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
    now: Timestamp,
) -> Result<u64> {
    let destination = destination.into();
    let id = destination.uuid();
    of_kind!(destination.into(), exec, queue_text, tx, [scope, id, now])
}

macro_rules! delete_text {
    ($table:literal, $members:literal, $id:literal, $job:literal) => {
        concat!("delete from ", $table, " where organization_id = $1 and id = $2 returning name")
    };
}

/// Deletes a destination that has neither exports nor files nor objects; answers its name, `None` when
/// there was none.
pub async fn delete(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
) -> Result<Option<String>> {
    let destination = destination.into();
    let id = destination.uuid();
    let deleted = of_kind!(destination.into(), value, delete_text, tx, [scope, id])?;
    match destination.into() {
        DestinationKind::GitTargets => search::git_target(tx, scope, id.into()).await?,
        DestinationKind::Clusters => search::cluster(tx, scope, id.into()).await?,
    }
    Ok(deleted)
}
