//! How pushes end.

use std::time::Duration;

use domain::{Cause, CredentialId, gitops::Branch};
use egress::Failure;
use storage::gitops::targets::File;

use crate::{error::chain, gitops::render::RenderRefusal};

/// How a run ended.
pub(super) enum End {
    /// The repository holds what is wanted.
    Done(Done),
    /// It does, but the pull request could not be opened.
    DoneBut(Done, Failed),
    /// Nothing was to be done: the request that is known says it all, and waits to be merged.
    Untouched,
    /// Somebody closed that request, and nobody asked for another one.
    Declined,
    /// It does not hold it.
    Failed(Failed),
    /// The target was edited, or the work is no longer ours: nothing was pushed.
    Lost,
}

/// What the repository holds now.
pub(super) struct Done {
    pub(super) head: String,
    pub(super) files: Vec<File>,
    pub(super) versions: Vec<(CredentialId, i64)>,
    pub(super) request: Request,
    /// Files in the commit that was pushed; 0 when none was.
    pub(super) written: usize,
}

/// What is known of a pull request.
pub(super) enum Request {
    /// The target opens none.
    None,
    /// Everything is on the branch.
    Merged,
    /// It brings this branch; its page is empty when nobody opened it.
    At(Branch, String),
}

/// Why a push failed.
pub(super) struct Failed {
    pub(super) cause: Cause,
    /// What was tried, for people; empty when the cause says it all.
    pub(super) detail: String,
    pub(super) retry_after: Option<Duration>,
}

impl Failed {
    pub(super) const fn of(cause: Cause) -> Self {
        Self { cause, detail: String::new(), retry_after: None }
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        tracing::info!(error = %chain(&failure), "failed to push to a Git target");
        Self {
            cause: failure.cause,
            detail: sentence(&failure.to_string()),
            retry_after: failure.retry_after,
        }
    }
}

impl From<RenderRefusal> for Failed {
    fn from(refusal: RenderRefusal) -> Self {
        Self { cause: refusal.cause, detail: refusal.detail, retry_after: None }
    }
}

/// `could not push` as a sentence for a page.
fn sentence(text: &str) -> String {
    format!("Hawser {}.", text.trim_end_matches('.'))
}
