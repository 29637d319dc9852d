//! Changes that come to a branch by pull request.

use connectors::{Failure, git::Checkout};
use domain::{Cause, gitops::Branch};

use super::{
    end::{End, Failed, Request},
    push::{Place, Stop, Tried, Try},
    request::{self, BRANCHES, number_of, work_branch},
    run::LOOK_AGAIN_REASON,
};
use crate::gitops::render::WantedFile;

impl Try<'_> {
    /// A commit on a branch of its own, and a pull request that brings it to the branch.
    pub(super) async fn by_request(&self) -> Result<Tried, Stop> {
        let Place { branch, base, .. } = &self.place;
        let there = self.open(branch, base.as_ref()).await?;
        if there.is_new_branch() && there.head().is_some() {
            let detail = format!(
                "There is no branch {} yet that could take a pull request.",
                branch.as_str()
            );
            return Err(Stop::Failed(Failed { detail, ..Failed::of(Cause::NotFound) }));
        }
        let plan = self.plan(&there)?;
        let landed = self.has_landed(&there)?;
        if plan.is_done() {
            return Ok(self.in_step(&there, plan, Request::Closed));
        }
        if self.is_waiting() {
            return Ok(Tried::Ended(End::Untouched));
        }
        let mut number = number_of(&self.target.work_branch);
        let (work, checkout) = loop {
            let work = work_branch(self.target, number)?;
            let checkout = self.open(&work, Some(branch)).await?;
            // A branch that was merged would bring its old commits again, and is never rewritten.
            let is_used = !checkout.is_new_branch() && landed && number <= BRANCHES;
            if !is_used {
                break (work, checkout);
            }
            number += 1;
        };
        let plan = self.plan(&checkout)?;
        if !plan.is_done() {
            return self
                .commit(checkout, plan, &work, Request::At(work.clone(), String::new()))
                .await;
        }
        let url = match self.target.pull_request_url.as_str() {
            "" => self.request(&work).await?,
            known => known.to_owned(),
        };
        Ok(self.in_step(&checkout, plan, Request::At(work, url)))
    }

    /// Whether an open pull request already says all this, and nobody asked for another look.
    fn is_waiting(&self) -> bool {
        let said = |(path, file): (&String, &WantedFile)| {
            self.known.iter().any(|known| known.path == *path && known.identity == file.identity)
        };
        self.work.reason == LOOK_AGAIN_REASON
            && !self.target.pull_request_url.is_empty()
            && self.known.len() == self.wanted.files.len()
            && self.wanted.files.iter().all(said)
    }

    /// Whether what was pushed last is on the branch: the pull request was merged.
    fn has_landed(&self, there: &Checkout) -> Result<bool, Stop> {
        let pushed: Vec<_> = self.known.iter().filter(|known| !known.blob.is_empty()).collect();
        for known in &pushed {
            let file = there.file(&known.path)?;
            if file.is_none_or(|file| file.blob != known.blob) {
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
        let (url, login) = (&self.place.url, &self.login);
        request::open(self.engine, self.target, (url, login), work, &self.place.branch).await
    }
}
