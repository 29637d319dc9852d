//! Background work other than deliveries: `sync` of a repository, `destroy` of a secret, `push` to a
//! Git target, and so on.

mod claim;

use domain::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::{Json, Result, Scope, Tx, exec};

pub use claim::{
    ClaimedJob, claim, finish, forget_far_leases, lock, release, release_orphans, renew, retry,
    retry_in,
};

/// What kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Sync a repository; the target is its id.
    Sync,
    /// Destroy a secret in Vault; the target is the id of a deleted credential, or of an operation
    /// that was given up, of which only the version it wrote is destroyed.
    Destroy,
    /// Test a candidate at every linked repository; the target is the credential's id.
    Rotate,
    /// Send a notice to the webhook; the target is the notice's id.
    Notice,
    /// Push exports to a Git target; the target is its id.
    Push,
    /// Apply exports to a cluster; the target is its id.
    Apply,
    /// Work on the rows of a bulk run; the target is its id.
    Bulk,
}

impl Kind {
    /// As the database spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Destroy => "destroy",
            Self::Rotate => "rotate",
            Self::Notice => "notice",
            Self::Push => "push",
            Self::Apply => "apply",
            Self::Bulk => "bulk",
        }
    }
}

/// Asks for work on `target` at `run_at`. Level-triggered: asking twice queues once, at the earlier
/// time; asking while it runs lets it run once more.
pub async fn queue(
    tx: &mut Tx,
    scope: Scope,
    kind: Kind,
    target: Uuid,
    reason: &str,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    queue_many(tx, kind, &[(scope, target)], reason, run_at, now).await
}

/// Asks for work on many targets, of any organizations, at once; see [`queue`].
pub async fn queue_many(
    tx: &mut Tx,
    kind: Kind,
    targets: &[(Scope, Uuid)],
    reason: &str,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    if targets.is_empty() {
        return Ok(());
    }
    let records: Vec<_> = targets
        .iter()
        .map(|(organization, target)| json!({ "organization": organization, "target": target }))
        .collect();
    exec!(
        tx,
        ["insert into jobs (organization_id, kind, target_id, reason, state, run_at, fence)
          select " id("organization") ", $2, " id("target") ", $3, 'waiting', $4, $5 from " records(1) " as r where true
          on conflict (organization_id, kind, target_id) do update set
            reason = excluded.reason,
            run_at = case when jobs.state <> 'running' and jobs.run_at > excluded.run_at
              then excluded.run_at else jobs.run_at end,
            again_at = case when jobs.state = 'running' and (jobs.again_at is null or jobs.again_at > excluded.run_at)
              then excluded.run_at else jobs.again_at end"],
        [Json(records), kind.as_str(), reason, run_at, now]
    )?;
    Ok(())
}
