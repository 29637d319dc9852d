//! Clusters: Kubernetes API servers that exports are applied to directly.

use serde::{Deserialize, Serialize};

use super::TargetState;
use crate::{Cause, ClusterId, CredentialId, ExportId, Timestamp};

/// How a cluster is doing; the same states as a Git target.
pub type ClusterState = TargetState;

/// The form that adds or changes a cluster, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterForm {
    /// The cluster; empty for a new one.
    pub cluster: String,
    /// The row version the person saw; empty for a new one.
    pub row_version: String,
    /// Its name.
    pub name: String,
    /// The id of a credential that holds a kubeconfig.
    pub credential: String,
    /// Ids of the exports to apply.
    pub exports: Vec<String>,
}

/// A row of the page of clusters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterSummary {
    /// Its id.
    pub id: ClusterId,
    /// Its name.
    pub name: String,
    /// The credential that holds its kubeconfig.
    pub credential: CredentialId,
    /// The address of its API server.
    pub server: String,
    /// How it is doing.
    pub state: ClusterState,
    /// Whether what Hawser made there is being deleted, and the cluster then forgotten.
    pub is_deleting: bool,
    /// Why the last try failed.
    pub cause: Option<Cause>,
    /// How many objects Hawser keeps there.
    pub objects: u32,
    /// Of those, how many somebody else changed or deleted.
    pub drifted: u32,
    /// When it was last brought in step.
    pub applied_at: Option<Timestamp>,
}

/// How an object of ours stands in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectState {
    /// As it should be.
    InStep,
    /// Somebody changed a field that Hawser owns.
    Changed,
    /// Somebody deleted it.
    Missing,
    /// It was not applied yet.
    New,
    /// Another field manager owns a field and Hawser does not take it by force.
    Conflict,
}

impl ObjectState {
    /// As the database and the API spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InStep => "in_step",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::New => "new",
            Self::Conflict => "conflict",
        }
    }

    /// Reads the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::InStep, Self::Changed, Self::Missing, Self::New, Self::Conflict]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::InStep => "In step",
            Self::Changed => "Changed by somebody else",
            Self::Missing => "Deleted by somebody else",
            Self::New => "Not applied yet",
            Self::Conflict => "Owned by somebody else",
        }
    }
}

/// An object that Hawser keeps in a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterObject {
    /// Such as `v1`.
    pub api_version: String,
    /// Such as `Secret`.
    pub kind: String,
    /// Its namespace; empty for an object of the whole cluster.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: ObjectState,
}

/// One cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterDetail {
    /// As in the table.
    pub summary: ClusterSummary,
    /// The name of its credential.
    pub credential_name: String,
    /// The exports it takes, by name.
    pub exports: Vec<(ExportId, String)>,
    /// The objects Hawser keeps there.
    pub objects: Vec<ClusterObject>,
    /// What was tried last, for people; empty while it is well.
    pub detail: String,
    /// Counts every change.
    pub row_version: i64,
}
