//! One run of a push, from the claim of its job to its outcome.

use domain::{Cause, GitTargetId, audit::ReadPurpose, gitops::DestinationState};
use storage::{Scope, gitops::targets::Target, jobs::ClaimedJob};

use super::{
    end::{End, Failed},
    push::{Tried, attempt},
    record::record,
};
use crate::{Engine, Error, credentials::Use, gitops::git_accounts::login, repositories::pause};

/// What asks for the look of every hour.
pub(crate) const LOOK_AGAIN_REASON: &str = "check";

/// How often a run renders again because somebody else pushed, or an answer got lost (R-GIT-04).
const TRIES: u32 = 5;

/// Brings a Git target in step and writes down how that went.
///
/// # Errors
/// When the database fails, so that the job is tried again.
pub(crate) async fn push_target(engine: &Engine, work: &ClaimedJob) -> Result<(), Error> {
    let scope = work.scope;
    let id = GitTargetId::from(work.target);
    // Before anything is read: what changes from here on is for the next run.
    let mut tx = engine.db.begin_work(scope).await?;
    storage::propagation::begin_place(&mut tx, scope, work.target).await?;
    tx.commit().await?;
    engine.changes.tell(work.scope.organization());
    let target = storage::gitops::targets::target(&engine.db, scope, id).await?;
    // One that writes elsewhere since its work was queued waits for a person, as a new one does.
    let Some(target) = target.filter(|target| target.state != DestinationState::New) else {
        let mut tx = engine.db.begin_work(scope).await?;
        storage::jobs::finish(&mut tx, storage::jobs::Kind::Push, work).await?;
        return Ok(tx.commit().await?);
    };
    let end = tries(engine, scope, work, &target).await?;
    let end = match end {
        End::Failed(failed) if failed.cause == Cause::InvalidCredentials => {
            let used = Use::of_hawser(ReadPurpose::GitAccount);
            let cause = login::refused(engine, scope, target.credential, &used).await;
            End::Failed(Failed { cause, ..failed })
        }
        end => end,
    };
    record(engine, scope, work, &target, end).await?;
    engine.changes.tell(work.scope.organization());
    engine.changes.tell_workers();
    Ok(())
}

/// Tries until the branch stands still.
async fn tries(
    engine: &Engine,
    scope: Scope,
    work: &ClaimedJob,
    target: &Target,
) -> Result<End, Error> {
    let mut last = Failed::of(Cause::BranchMoved);
    for tried in 0..TRIES {
        match attempt(engine, scope, work, target).await? {
            Tried::Ended(end) => return Ok(end),
            Tried::Again(failed) => last = failed,
        }
        if tried + 1 < TRIES {
            tokio::time::sleep(pause(Cause::BranchMoved, 0, None) / 10).await;
        }
    }
    Ok(End::Failed(last))
}
