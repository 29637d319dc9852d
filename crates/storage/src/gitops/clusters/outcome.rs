//! How applies end.

use domain::{Cause, ClusterId, Timestamp, gitops::DestinationState};

use crate::{Result, Scope, Tx, exec};

/// What is to be written down about an apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyOutcome {
    /// How the cluster is now.
    pub state: DestinationState,
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
            outcome.cause.map(Cause::as_str),
            outcome.detail.as_str(),
            outcome.applied_at,
            outcome.check_at,
            outcome.at,
        ]
    )?;
    Ok(())
}
