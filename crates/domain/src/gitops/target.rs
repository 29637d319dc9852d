//! Git targets: a branch and folder that exports are written to.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{DestinationState, FileChange};
use crate::{
    Cause, CredentialId, ExportId, GitTargetId, Status, Timestamp, TypedUrl, address_form,
};

/// How changes get to the branch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum PushMode {
    /// A commit on the branch.
    #[default]
    Direct,
    /// A commit on a branch of its own, and a pull request to the branch.
    PullRequest,
}

spelled!(PushMode);

address_form! {
    /// The form that adds or changes a Git target, as typed.
    pub struct GitTargetForm {
        /// The target; empty for a new one.
        pub target: String,
        /// The row version the person saw; empty for a new one.
        pub row_version: String,
        /// Its name.
        pub name: String,
        /// The id of a credential of the kind git.
        pub credential: String,
        /// The repository, as Git finds it over https.
        pub url: TypedUrl,
        /// The branch to write to; made from `base` where it does not exist.
        pub branch: String,
        /// The branch a new one starts from; empty for the default branch.
        pub base: String,
        /// The folder inside the repository.
        pub folder: String,
        /// `direct` or `pull_request`.
        pub mode: String,
        /// Certificate authorities to trust for this host, in PEM; empty for those of the system.
        pub ca: String,
        /// The name of a proxy that the operator allows; empty for none.
        pub proxy: TypedUrl,
        /// Ids of the exports to write.
        pub exports: Vec<String>,
    }
}

/// What became of a saved form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitTargetSaved {
    /// The target.
    pub id: GitTargetId,
    /// The files that it left where it wrote before; `None` when it left none.
    pub left: Option<LeftFiles>,
}

/// Files that stay in a repository and no longer follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftFiles {
    /// How many.
    pub count: u32,
    /// The repository.
    pub url: String,
    /// The branch.
    pub branch: String,
    /// The branch of its own that they wait on, where nobody merged them: `branch` holds some of them, or
    /// none. Empty when they are on `branch`.
    pub work_branch: String,
}

/// A row of the page of Git targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitTargetSummary {
    /// Its id.
    pub id: GitTargetId,
    /// Its name.
    pub name: String,
    /// The credential that pushes.
    pub credential: CredentialId,
    /// The repository.
    pub url: String,
    /// The branch.
    pub branch: String,
    /// The folder.
    pub folder: String,
    /// How it is doing.
    pub state: DestinationState,
    /// Why the last push failed.
    pub cause: Option<Cause>,
    /// Whether something changed since the last push.
    pub is_pending: bool,
    /// Whether what was pushed last is on a branch of its own until somebody merges it. Not so when its pull
    /// request was closed.
    pub is_waiting: bool,
    /// The last commit, in full.
    pub last_commit: String,
    /// When it was pushed.
    pub pushed_at: Option<Timestamp>,
}

impl GitTargetSummary {
    /// How it is doing, for people: what waits, to be pushed or to be merged, is not there yet.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.state {
            DestinationState::InStep if self.is_pending || self.is_waiting => Status::OutOfSync,
            state => state.status(),
        }
    }
}

/// One Git target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GitTargetDetail {
    /// As in the table.
    pub summary: GitTargetSummary,
    /// The name of its credential.
    pub credential_name: String,
    /// The branch a new one starts from; empty for the default branch.
    pub base: String,
    /// How changes get to the branch.
    pub mode: PushMode,
    /// Certificate authorities to trust for its host, in PEM; empty for those of the system.
    pub ca: String,
    /// The name of its proxy; empty for none.
    pub proxy: String,
    /// The exports it takes, by name.
    pub exports: Vec<(ExportId, String)>,
    /// The files Hawser wrote there; those on [`Self::work_branch`] while [`Self::is_merged`] says no.
    pub files: Vec<String>,
    /// Files it wrote that are on the branch until somebody merges the pull request that takes them away.
    pub leaving: Vec<String>,
    /// The page of the last commit at the host; empty when the host has none that is known.
    pub commit_url: String,
    /// The branch of its own that commits wait on, in the mode of pull requests; empty before the
    /// first.
    pub work_branch: String,
    /// The pull request that brings what is not on the branch yet; empty for none. It is open, unless
    /// the target fails because somebody closed it.
    pub pull_request_url: String,
    /// Whether the branch has what was pushed last.
    pub is_merged: bool,
    /// What was tried last, for people; empty while it is well.
    pub detail: String,
    /// Counts every change.
    pub row_version: i64,
    /// Who bound it to its credential.
    pub bound_by: String,
    /// Whether the person who asks may change it: with a connected account only who connected it.
    pub may_change: bool,
}

/// What a push would do now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetPreview {
    /// The commit it starts from; empty for a new branch of an empty repository.
    pub head: String,
    /// The branch that it starts from: while changes wait to be merged, the one that they wait on.
    pub branch: String,
    /// Whether the branch will be made.
    pub is_new_branch: bool,
    /// The changes by path; none when the repository is in step.
    pub changes: Vec<FileChange>,
    /// What to look at.
    pub notes: Vec<crate::exports::ExportNote>,
}

impl TargetPreview {
    /// That nothing may be written; the notes say why.
    #[must_use]
    pub fn refused(detail: &str) -> Self {
        let tone = crate::exports::NoteTone::LeftOut;
        let note = crate::exports::ExportNote::new(tone, detail);
        Self { notes: vec![note], ..Self::default() }
    }

    /// Whether it is one of [`Self::refused`]: it starts from no commit and makes no branch.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        self.head.is_empty() && !self.is_new_branch && self.changes.is_empty()
    }
}

/// What became of changes that are on a branch of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Unmerged {
    /// Somebody may merge them.
    Waits,
    /// Their pull request was closed.
    Closed,
}

spelled!(Unmerged);

/// That the branch is not there which a new one starts from; an empty one stands for the default
/// branch of the repository.
#[must_use]
pub fn base_missing(base: &str) -> String {
    match base {
        "" => "The repository has no default branch that a new one could start from.".to_owned(),
        base => format!("There is no branch {base} at the server."),
    }
}

/// A place that holds a credential, through an export: the chain on a credential's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialUse {
    /// The export.
    pub export: ExportId,
    /// Its name.
    pub export_name: String,
    /// Where it is delivered; `None` for an export that nobody takes yet.
    pub place: Option<crate::propagation::DeliveryTarget>,
    /// The name of that place.
    pub place_name: String,
    /// How it is doing; `None` without a place.
    pub state: Option<DestinationState>,
    /// What became of changes of that place that are not on its branch: of this credential, or of another
    /// one that it takes. `None` where there are none.
    pub unmerged: Option<Unmerged>,
    /// The version of the credential that this place was last written with.
    pub vault_version: Option<i64>,
}

impl CredentialUse {
    /// How the place is doing with the `newest` version; `None` without a place.
    #[must_use]
    pub fn status(&self, newest: i64) -> Option<Status> {
        let behind = self.vault_version != Some(newest) || self.unmerged.is_some();
        self.state.map(|state| match state {
            DestinationState::InStep if behind => Status::OutOfSync,
            state => state.status(),
        })
    }
}
