//! Writing down how a push ended, under the fence of its job and the epoch of its target.

use domain::{
    Cause, Timestamp,
    audit::{AuditAction, AuditActor, AuditTarget},
    counted,
    gitops::{DestinationState, GitUrl},
    propagation::DeliveryState,
};
use storage::{
    Scope, ScopedTx, Tx,
    circuit_breaker::CredentialAtHost,
    gitops::{
        destinations::{self, Pending},
        targets::{self, OnBranch, PushOutcome, Target},
    },
    jobs::{self, ClaimedJob, Kind},
    propagation::PlaceEnd,
};

use super::end::{Done, End, Failed, Request};
use crate::{
    Engine, Error, audit,
    circuit_breaker::{self, LoginObservation, LoginOutcome},
    destinations::{LOOK_AGAIN, end_deliveries},
    repositories::pause,
};

/// After this many failed tries a failure that might have passed waits for the look of every hour.
const TRIES: i64 = 12;

/// Writes the end of a run down: only while the job is still ours (INV-23), and only of the target as it
/// was when the run began; one that was edited meanwhile is pushed again.
pub(super) async fn record(
    engine: &Engine,
    scope: Scope,
    work: &ClaimedJob,
    target: &Target,
    end: End,
) -> Result<(), Error> {
    let now = engine.clock.now();
    let mut tx = engine.db.begin_work(scope).await?;
    if !destinations::lock_epoch(&mut tx, scope, target.id, target.epoch).await? {
        return edited(tx, scope, work, now).await;
    }
    // Before the audit log, as whoever resumes a credential takes them.
    circuit_breaker::count(&mut tx, observation(scope, target, &end).iter(), now).await?;
    let ours = match end {
        End::Failed(failed) => record_failure(&mut tx, scope, work, target, &failed, now).await?,
        End::DoneBut(done, failed) => {
            store_files(&mut tx, scope, target, &done).await?;
            audit_commit(&mut tx, scope, target, &done, now).await?;
            record_request(&mut tx, scope, target, &done, Some(failed.cause), now).await?;
            record_failure(&mut tx, scope, work, target, &failed, now).await?
        }
        End::Done(done) => record_done(&mut tx, scope, work, target, &done, now).await?,
        End::Untouched => {
            record_look(&mut tx, scope, work, target, RequestLook::Waits, now).await?
        }
        End::Declined => {
            record_look(&mut tx, scope, work, target, RequestLook::Closed, now).await?
        }
        End::Lost => false,
    };
    // Dropped, the transaction changes nothing.
    if ours {
        tx.commit().await?;
    }
    Ok(())
}

/// The target is another one now, or gone: the run proved nothing.
async fn edited(
    mut tx: ScopedTx,
    scope: Scope,
    work: &ClaimedJob,
    now: Timestamp,
) -> Result<(), Error> {
    if !jobs::finish(&mut tx, Kind::Push, work).await? {
        return Ok(());
    }
    let end = PlaceEnd { state: DeliveryState::Waiting, cause: None, run_at: now, at: now };
    storage::propagation::settle_place(&mut tx, scope, work.target, end).await?;
    // One that was deleted is found to be gone by its next run.
    jobs::queue(&mut tx, scope, Kind::Push, work.target, "edited", now, now).await?;
    Ok(tx.commit().await?)
}

async fn record_done(
    tx: &mut Tx,
    scope: Scope,
    work: &ClaimedJob,
    target: &Target,
    done: &Done,
    now: Timestamp,
) -> Result<bool, Error> {
    if !jobs::finish(tx, Kind::Push, work).await? {
        return Ok(false);
    }
    record_request(tx, scope, target, done, None, now).await?;
    store_files(tx, scope, target, done).await?;
    destinations::settle_pending(tx, scope, target.id, Pending::Brought).await?;
    let end = PlaceEnd { state: DeliveryState::Healthy, cause: None, run_at: now, at: now };
    end_deliveries(tx, scope, target.id, end).await?;
    audit_commit(tx, scope, target, done, now).await?;
    Ok(true)
}

/// How the target stands after a push that arrived, and what became of its request: `missing` is why it has
/// none.
async fn record_request(
    tx: &mut Tx,
    scope: Scope,
    target: &Target,
    done: &Done,
    missing: Option<Cause>,
    now: Timestamp,
) -> Result<(), Error> {
    let (request, detail) = match &done.request {
        Request::None => (None, String::new()),
        Request::Merged => (Some(targets::Request::Merged), String::new()),
        Request::At(branch, url) => {
            let detail = if url.is_empty() {
                format!(
                    "The changes are on the branch {}. Open a pull request from it to {} yourself: Hawser does not know how this host does it.",
                    branch.as_str(),
                    target.branch
                )
            } else {
                String::new()
            };
            let work_branch = branch.as_str().to_owned();
            (Some(targets::Request::Waits { work_branch, url: url.clone() }), detail)
        }
    };
    let outcome = PushOutcome {
        state: missing.map_or(DestinationState::InStep, |_| DestinationState::Failing),
        cause: missing,
        detail,
        head: Some(done.head.clone()),
        request,
        pushed_at: (done.written > 0).then_some(now),
        check_at: Some(now.plus(LOOK_AGAIN)),
        at: now,
    };
    Ok(storage::gitops::targets::record(tx, scope, target.id, &outcome).await?)
}

async fn store_files(tx: &mut Tx, scope: Scope, target: &Target, done: &Done) -> Result<(), Error> {
    let repository = GitUrl::parse(&target.url)?.key();
    let at = OnBranch { repository: &repository, branch: &target.branch };
    if matches!(done.request, Request::At(..)) {
        // Until somebody merges, the branch holds what came before.
        storage::gitops::targets::remember_files(tx, scope, target.id, at).await?;
        storage::gitops::targets::set_files(tx, scope, target.id, &done.files).await?;
    } else {
        // What is at the paths that it had, and at those that it has, is known by it.
        storage::gitops::targets::forget_left(tx, scope, target.id, at).await?;
        storage::gitops::targets::set_files(tx, scope, target.id, &done.files).await?;
        storage::gitops::targets::forget_left(tx, scope, target.id, at).await?;
    }
    Ok(destinations::set_written(tx, scope, target.id, &done.versions).await?)
}

/// One line of the audit log for each commit.
async fn audit_commit(
    tx: &mut Tx,
    scope: Scope,
    target: &Target,
    done: &Done,
    now: Timestamp,
) -> Result<(), Error> {
    if done.written == 0 {
        return Ok(());
    }
    let commit = done.head.get(..12).unwrap_or(&done.head);
    let told = (
        AuditTarget::GitTarget(target.id),
        target.name.as_str(),
        format!("commit {commit}, {}", counted(done.written, "file", "files")),
    );
    audit::record(tx, AuditActor::Hawser, scope, now, AuditAction::GitPushed, told).await
}

/// What a look at a request showed that says all there is to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RequestLook {
    /// It waits to be merged.
    Waits,
    /// Somebody closed it. It is looked at on, for it may be opened again.
    Closed,
}

async fn record_look(
    tx: &mut Tx,
    scope: Scope,
    work: &ClaimedJob,
    target: &Target,
    look: RequestLook,
    now: Timestamp,
) -> Result<bool, Error> {
    if !jobs::finish(tx, Kind::Push, work).await? {
        return Ok(false);
    }
    let (state, request) = match look {
        RequestLook::Waits => {
            let (work_branch, url) = (target.work_branch.clone(), target.pull_request_url.clone());
            (DestinationState::InStep, targets::Request::Waits { work_branch, url })
        }
        RequestLook::Closed => (DestinationState::Failing, targets::Request::Closed),
    };
    let outcome = PushOutcome {
        state,
        cause: (look == RequestLook::Closed).then_some(Cause::RequestClosed),
        detail: String::new(),
        head: None,
        request: Some(request),
        pushed_at: None,
        check_at: Some(now.plus(LOOK_AGAIN)),
        at: now,
    };
    storage::gitops::targets::record(tx, scope, target.id, &outcome).await?;
    destinations::settle_pending(tx, scope, target.id, Pending::Brought).await?;
    let end = PlaceEnd { state: DeliveryState::Healthy, cause: None, run_at: now, at: now };
    end_deliveries(tx, scope, target.id, end).await?;
    Ok(true)
}

/// A failure that may pass is tried again; one that needs a person is not.
async fn record_failure(
    tx: &mut Tx,
    scope: Scope,
    work: &ClaimedJob,
    target: &Target,
    failed: &Failed,
    now: Timestamp,
) -> Result<bool, Error> {
    let cause = failed.cause;
    let tries_left = work.attempts < TRIES || cause.is_vaults();
    let again = cause.may_pass() && tries_left;
    let tries = u32::try_from(work.attempts.saturating_sub(1)).unwrap_or(0);
    let run_at = now.plus(pause(cause, tries, failed.retry_after));
    let ours = if again {
        jobs::retry_in(tx, Kind::Push, work, run_at).await?
    } else {
        jobs::finish(tx, Kind::Push, work).await?
    };
    if !ours {
        return Ok(false);
    }
    let outcome = PushOutcome {
        state: DestinationState::Failing,
        cause: Some(cause),
        detail: failed.detail.clone(),
        head: None,
        request: None,
        pushed_at: None,
        check_at: (!again && cause.may_pass()).then(|| now.plus(LOOK_AGAIN)),
        at: now,
    };
    storage::gitops::targets::record(tx, scope, target.id, &outcome).await?;
    destinations::settle_pending(tx, scope, target.id, Pending::Waits).await?;
    let state = if again { DeliveryState::Retrying } else { DeliveryState::NeedsAttention };
    let end = PlaceEnd { state, cause: Some(cause), run_at, at: now };
    end_deliveries(tx, scope, target.id, end).await?;
    Ok(true)
}

/// What the server said about the credential, to be counted: three refusals in a row pause it there.
fn observation(scope: Scope, target: &Target, end: &End) -> Option<LoginObservation> {
    let (told, refusals) = match end {
        End::Failed(failed) => (circuit_breaker::login_outcome(Some(failed.cause))?, 0),
        // Nothing is counted anew while all is well.
        End::Done(_) | End::DoneBut(..) => {
            (LoginOutcome::Accepted, u32::from(target.cause == Some(Cause::InvalidCredentials)))
        }
        End::Untouched | End::Declined | End::Lost => return None,
    };
    Some(LoginObservation {
        place: CredentialAtHost {
            scope,
            credential: target.credential,
            origin: GitUrl::parse(&target.url).ok()?.origin(),
        },
        name: target.name.clone(),
        refusals,
        told,
    })
}
