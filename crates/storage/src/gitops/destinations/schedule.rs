//! Destinations that are to be looked at again, so that what somebody changed there is brought back.

use domain::{Timestamp, gitops::Destination};
use uuid::Uuid;

use super::of_kind;
use crate::{Db, Result, Scope, Tx};

/// The kinds of destinations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationKind {
    /// Git targets.
    GitTargets,
    /// Clusters.
    Clusters,
}

impl From<Destination> for DestinationKind {
    fn from(destination: Destination) -> Self {
        match destination {
            Destination::GitTarget(_) => Self::GitTargets,
            Destination::Cluster(_) => Self::Clusters,
        }
    }
}

macro_rules! any_text {
    ($table:literal, $members:literal, $id:literal, $job:literal) => {
        concat!(
            "select check_at from ",
            $table,
            " where check_at is not null and check_at <= $1 limit 1"
        )
    };
}

/// Whether any is due.
pub async fn any_due(db: &Db, kind: DestinationKind, now: Timestamp) -> Result<bool> {
    let due: Option<i64> = of_kind!(kind, value, any_text, db, [now])?;
    Ok(due.is_some())
}

macro_rules! take_text {
    ($table:literal, $members:literal, $id:literal, $job:literal) => {
        concat!(
            "update ",
            $table,
            " set check_at = null
             where check_at <= $1 and (organization_id, id) in (
               select d.organization_id, d.id from ",
            $table,
            " d where d.check_at is not null and d.check_at <= $1 order by d.check_at limit $2)
             returning organization_id, id"
        )
    };
}

/// Takes up to `limit` that are due; the caller queues their work in the same transaction, and that sets
/// the time of the next look.
pub async fn take_due(
    tx: &mut Tx,
    kind: DestinationKind,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(Scope, Uuid)>> {
    let rows: Vec<(Uuid, Uuid)> = of_kind!(kind, rows, take_text, tx, [now, limit])?;
    Ok(rows.into_iter().map(|(organization, id)| (Scope::of_row(organization), id)).collect())
}
