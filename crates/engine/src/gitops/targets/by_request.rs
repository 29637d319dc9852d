//! Changes that come to a branch by pull request.

use domain::{
    Cause,
    gitops::{Branch, PushMode},
};
use egress::Failure;
use git_http::{Checkout, PullRequestState};
use storage::gitops::targets::File;

use super::{
    end::{End, Failed, Request},
    push::{Stop, TargetLocation, Tried, Try},
    request::{self, BRANCHES, number_of, work_branch},
    run::LOOK_AGAIN_REASON,
};
use crate::{
    error::chain,
    gitops::{compare::Plan, render::WantedFile},
};

/// That the branch is missing which a pull request is for; an empty repository gets its first commit
/// without one.
pub(super) fn no_branch_for_requests(
    mode: PushMode,
    there: &Checkout,
    branch: &Branch,
) -> Option<String> {
    let is_missing = there.is_new_branch() && there.head().is_some();
    (mode == PushMode::PullRequest && is_missing).then(|| {
        format!(
            "There is no branch {} yet that could take a pull request. Make it at the server, or choose another.",
            branch.as_str()
        )
    })
}

impl Try<'_> {
    /// A commit on a branch of its own, and a pull request that brings it to the branch.
    pub(super) async fn by_request(&self) -> Result<Tried, Stop> {
        let TargetLocation { branch, base, .. } = &self.place;
        let there = self.open(branch, base.as_ref()).await?;
        if let Some(detail) = no_branch_for_requests(self.target.mode, &there, branch) {
            return Err(Stop::Failed(Failed { detail, ..Failed::of(Cause::BranchMissing) }));
        }
        let plan = self.plan(&there)?;
        if plan.is_done() {
            return Ok(self.in_step(&there, plan, Request::Merged));
        }
        let known = self.known_request(&there).await?;
        if self.says_it_all() {
            match known.unwrap_or_else(|| self.as_before()) {
                PullRequestState::Open => return Ok(Tried::Ended(End::Untouched)),
                PullRequestState::Closed => return Ok(Tried::Ended(End::Declined)),
                // Somebody changed it on the way, or the branch since then.
                PullRequestState::Merged => {}
            }
        }
        let leaving = leaving(&plan);
        let (work, checkout, mut plan) = self.work_branch(known).await?;
        if plan.is_done() && checkout.is_new_branch() {
            // Somebody merged it after the branch was read.
            return Ok(self.in_step(&checkout, plan, Request::Merged));
        }
        plan.after.extend(leaving);
        if !plan.is_done() {
            return self
                .commit(checkout, plan, &work, Request::At(work.clone(), String::new()))
                .await;
        }
        let url = match known {
            Some(PullRequestState::Open) => self.target.pull_request_url.clone(),
            _ => self.request(&work).await?,
        };
        Ok(self.in_step(&checkout, plan, Request::At(work, url)))
    }

    /// The branch of its own to push to, and what to change there.
    async fn work_branch(
        &self,
        known: Option<PullRequestState>,
    ) -> Result<(Branch, Checkout, Plan), Stop> {
        let first = number_of(&self.target.work_branch);
        for number in first..first.saturating_add(BRANCHES) {
            let work = work_branch(self.target, number)?;
            let checkout = self.open(&work, Some(&self.place.branch)).await?;
            let plan = self.plan(&checkout)?;
            // A branch that was merged would bring its old commits again, or nothing where the changes got
            // lost after it, and one that began elsewhere those of another branch; neither is ever
            // rewritten. One that a push reached whose answer was lost is our own.
            let is_known = self.target.work_branch == work.as_str();
            let is_spent = !is_known || known == Some(PullRequestState::Merged);
            let is_used = is_spent && !checkout.is_new_branch() && !self.holds_intent(&checkout)?;
            if !is_used {
                return Ok((work, checkout, plan));
            }
        }
        let detail = format!(
            "{BRANCHES} branches from {} on are used up and still there. Delete them.",
            work_branch(self.target, first)?.as_str()
        );
        Err(Stop::Failed(Failed { detail, ..Failed::of(Cause::PushRejected) }))
    }

    /// Whether a branch holds what a push meant to write whose end is not known.
    fn holds_intent(&self, checkout: &Checkout) -> Result<bool, Stop> {
        for known in &self.known.files {
            let there = checkout.file(&known.path)?;
            let is_there = |blob: &str| there.as_ref().is_some_and(|there| there.blob == blob);
            if known.intents().any(|(_, blob)| blob != known.blob && is_there(blob)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the pull request that is known already says all this, and nobody asked for another one.
    fn says_it_all(&self) -> bool {
        let said = |(path, file): (&String, &WantedFile)| {
            self.known
                .files
                .iter()
                .any(|known| known.path == *path && known.identity == file.identity)
        };
        // The look of every hour may have been queued over the wish of a person.
        self.work.reason == LOOK_AGAIN_REASON
            && !self.target.is_pending
            && !self.target.pull_request_url.is_empty()
            && self.wanted.files.iter().all(said)
            && self
                .known
                .files
                .iter()
                .all(|known| known.is_leaving() || self.wanted.files.contains_key(&known.path))
    }

    /// How the pull request stands that is known; `None` where there is none, or its host is not known or
    /// does not say so now. Whether it was merged shows on the branch, unless somebody changed something.
    async fn known_request(&self, there: &Checkout) -> Result<Option<PullRequestState>, Stop> {
        if self.has_landed(there)? {
            return Ok(Some(PullRequestState::Merged));
        }
        if self.target.pull_request_url.is_empty() {
            return Ok(None);
        }
        let asked = request::standing(self.engine, self.target, (&self.place, &self.login)).await;
        Ok(asked.unwrap_or_else(|failure| {
            tracing::info!(error = %chain(&failure), "failed to read the state of a pull request");
            None
        }))
    }

    /// How the pull request stood when its host was asked last.
    const fn as_before(&self) -> PullRequestState {
        if self.target.waits_since.is_some() {
            PullRequestState::Open
        } else {
            PullRequestState::Closed
        }
    }

    /// Whether what was pushed last is on the branch.
    fn has_landed(&self, there: &Checkout) -> Result<bool, Stop> {
        let pushed: Vec<_> =
            self.known.files.iter().filter(|known| !known.blob.is_empty()).collect();
        for known in &pushed {
            let file = there.file(&known.path)?;
            let is_there = file.is_some_and(|file| file.blob == known.blob);
            if is_there == known.is_leaving() {
                return Ok(false);
            }
        }
        Ok(!pushed.is_empty())
    }

    /// The pull request of a branch that was pushed; a failure does not undo the push.
    pub(super) async fn requested(&self, request: Request) -> (Request, Option<Failed>) {
        let Request::At(work, _) = request else { return (request, None) };
        match self.request(&work).await {
            Ok(url) => (Request::At(work, url), None),
            Err(failure) => (Request::At(work, String::new()), Some(failure.into())),
        }
    }

    async fn request(&self, work: &Branch) -> Result<String, Failure> {
        request::open(self.engine, self.target, (&self.place, &self.login), work).await
    }
}

/// The files of the branch that the request takes away: known until somebody merges it.
fn leaving(plan: &Plan) -> Vec<File> {
    let left = plan.deletes.iter();
    left.map(|(path, there)| File::leaving(path, &there.blob)).collect()
}
