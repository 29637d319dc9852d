//! How pushes end.

use domain::{Cause, GitTargetId, Timestamp, gitops::DestinationState};

use crate::{Result, Scope, Tx, exec};

/// The way of what was pushed to the branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Everything is on the branch.
    Merged,
    /// It waits on a branch of its own.
    Waits {
        /// That branch.
        work_branch: String,
        /// The page of the request; empty when nobody opened one.
        url: String,
    },
    /// Somebody closed the request that is known, without merging it.
    Closed,
}

/// What is to be written down about a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushOutcome {
    /// How the target is now.
    pub state: DestinationState,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// What was tried, for people.
    pub detail: String,
    /// The commit it is at; `None` keeps what was known.
    pub head: Option<String>,
    /// What became of the pull request; `None` keeps what was known.
    pub request: Option<Request>,
    /// When a commit was pushed; `None` when none was.
    pub pushed_at: Option<Timestamp>,
    /// When to look again by itself.
    pub check_at: Option<Timestamp>,
    /// When it ended.
    pub at: Timestamp,
}

/// Writes down how a push ended. While one thing after the other waits, the branch lacks it since the
/// first. A request that is open again after it was closed has waited since the last commit.
pub async fn record(
    tx: &mut Tx,
    scope: Scope,
    id: GitTargetId,
    outcome: &PushOutcome,
) -> Result<()> {
    let (way, work_branch, url) = match &outcome.request {
        Some(Request::Waits { work_branch, url }) => {
            ("waits", Some(work_branch.as_str()), Some(url.as_str()))
        }
        // The branch is kept for the number of the next one.
        Some(Request::Merged) => ("merged", None, Some("")),
        Some(Request::Closed) => ("closed", None, None),
        None => ("as known", None, None),
    };
    exec!(
        tx,
        "update git_targets set state = $3, cause = $4, detail = $5, head = coalesce($6, head),
           work_branch = coalesce($7, work_branch), pull_request_url = coalesce($8, pull_request_url),
           pushed_at = coalesce($9, pushed_at), check_at = $10,
           waits_since = case $12 when 'waits' then coalesce(waits_since, $9, pushed_at, $11)
             when 'as known' then waits_since end,
           failing_since = case when $3 = 'failing' then coalesce(failing_since, $11) end
         where organization_id = $1 and id = $2",
        [
            scope,
            id,
            outcome.state.as_str(),
            outcome.cause.map(Cause::as_str),
            outcome.detail.as_str(),
            outcome.head.as_deref(),
            work_branch,
            url,
            outcome.pushed_at,
            outcome.check_at,
            outcome.at,
            way,
        ]
    )?;
    Ok(())
}
