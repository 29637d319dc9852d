//! Destinations: where exports go. A Git target takes them by a commit, a cluster by an apply.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use crate::{ClusterId, GitTargetId, Status, propagation::DeliveryTarget};

/// A Git target or a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    /// A branch and folder of a Git repository.
    GitTarget(GitTargetId),
    /// A Kubernetes API server.
    Cluster(ClusterId),
}

impl Destination {
    /// Its id.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::GitTarget(id) => id.uuid(),
            Self::Cluster(id) => id.uuid(),
        }
    }
}

impl From<GitTargetId> for Destination {
    fn from(id: GitTargetId) -> Self {
        Self::GitTarget(id)
    }
}

impl From<ClusterId> for Destination {
    fn from(id: ClusterId) -> Self {
        Self::Cluster(id)
    }
}

impl From<Destination> for DeliveryTarget {
    fn from(destination: Destination) -> Self {
        match destination {
            Destination::GitTarget(id) => Self::GitTarget(id),
            Destination::Cluster(id) => Self::Cluster(id),
        }
    }
}

/// How a destination is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum DestinationState {
    /// Nothing was sent there yet: look at the preview, then press Sync now.
    New,
    /// A push or apply is waiting or running.
    Pushing,
    /// It holds what the exports say.
    InStep,
    /// The last push or apply failed.
    Failing,
}

spelled!(DestinationState);

impl DestinationState {
    /// For people, where nothing more is known.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::New => Status::NotSynced,
            Self::Pushing => Status::Syncing,
            Self::InStep => Status::InSync,
            Self::Failing => Status::Failing,
        }
    }
}
