//! GitOps: connected Git accounts, and the Git repositories and clusters that exports are written to.

mod cluster;
mod connection;
mod diff;
#[cfg(feature = "host")]
mod rules;
mod target;

pub use cluster::{
    ClusterDetail, ClusterForm, ClusterObject, ClusterPreview, ClusterState, ClusterSummary,
    ObjectState, Standing,
};
pub use connection::{
    Branches, ConnectionOffers, ConnectionWay, DeviceCode, DeviceForm, DeviceProgress,
    GitConnection, HostedRepository, WebStart,
};
pub use diff::{DiffKind, DiffLine, FileChange, FileChangeKind};
#[cfg(feature = "host")]
pub use rules::{Branch, ClusterFields, Folder, GitTargetFields, GitUrl, Workflows};
pub use target::{
    CredentialUse, GitTargetDetail, GitTargetForm, GitTargetSaved, GitTargetSummary, LeftFiles,
    PushMode, TargetPreview, TargetState, Unmerged, base_missing,
};
