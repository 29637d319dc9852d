//! GitOps: connected Git accounts, and the Git repositories and clusters that exports are written to.

mod cluster;
mod destination;
mod diff;
mod git_account;
#[cfg(feature = "host")]
mod rules;
mod target;

pub use cluster::{
    ClusterDetail, ClusterForm, ClusterObject, ClusterPreview, ClusterSummary, ObjectState,
    ObjectStatus,
};
pub use destination::{Destination, DestinationState};
pub use diff::{DiffKind, DiffLine, FileChange, FileChangeKind};
pub use git_account::{
    Branches, DeviceCode, DeviceForm, DeviceProgress, GitAccount, GitAccountMethod,
    GitAccountOffers, HostedRepository, WebStart,
};
#[cfg(feature = "host")]
pub use rules::{Branch, ClusterFields, Folder, GitTargetFields, GitUrl, Workflows};
pub use target::{
    CredentialUse, GitTargetDetail, GitTargetForm, GitTargetSaved, GitTargetSummary, LeftFiles,
    PushMode, TargetPreview, Unmerged, base_missing,
};
