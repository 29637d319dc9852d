//! Clusters: Kubernetes API servers that exports are applied to directly.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{DestinationState, FileChange};
use crate::{
    Cause, ClusterId, CredentialId, ExportId, Status, Timestamp, address_form, exports::ExportNote,
};

address_form! {
    /// The form that adds or changes a cluster, as typed.
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
    pub state: DestinationState,
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

impl ClusterSummary {
    /// How it is doing, for people: what somebody else changed there is not as it should be.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.state {
            _ if self.is_deleting => Status::Syncing,
            DestinationState::InStep if self.drifted > 0 => Status::OutOfSync,
            state => state.status(),
        }
    }
}

/// How an object of ours stands in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
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

spelled!(ObjectState);

impl ObjectState {
    /// For people.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::InStep => Status::InSync,
            Self::Changed | Self::Missing => Status::OutOfSync,
            Self::New => Status::NotSynced,
            Self::Conflict => Status::Failing,
        }
    }

    /// What somebody else did to it; `None` where nobody did anything.
    #[must_use]
    pub const fn drift_words(self) -> Option<&'static str> {
        match self {
            Self::InStep | Self::New => None,
            Self::Changed => Some("Changed by somebody else"),
            Self::Missing => Some("Deleted by somebody else"),
            Self::Conflict => Some("Owned by somebody else"),
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
    /// How it stood when it was compared last.
    pub state: ObjectState,
    /// Why the last try of it failed, where it was its own fault.
    pub cause: Option<Cause>,
    /// What the API server said then, and what to do; for people, empty for nothing.
    pub detail: String,
    /// When it was last compared with the cluster; `None` for never.
    pub compared_at: Option<Timestamp>,
}

/// What applying would do now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterPreview {
    /// The changes by object; none where everything that could be compared is in step.
    pub changes: Vec<FileChange>,
    /// What to look at.
    pub notes: Vec<ExportNote>,
    /// The objects that could not be compared, each with its cause and what to do; they stay as they
    /// are until that is mended.
    pub refused: Vec<ClusterObject>,
}

/// What is true of an object now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectStatus {
    /// It stands as it was found.
    Known(ObjectState),
    /// The last try of it failed.
    Failing(Cause),
    /// The last try of the cluster ended before it.
    Waiting,
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
    /// When it was tried last; `None` for never.
    pub tried_at: Option<Timestamp>,
    /// Counts every change.
    pub row_version: i64,
}

impl ClusterDetail {
    /// What is true of one of its objects.
    #[must_use]
    pub fn standing(&self, object: &ClusterObject) -> ObjectStatus {
        let was_reached = object.compared_at >= self.tried_at && object.compared_at.is_some();
        match object.cause {
            _ if self.summary.state == DestinationState::Failing && !was_reached => {
                ObjectStatus::Waiting
            }
            Some(Cause::ClusterConflict) => ObjectStatus::Known(ObjectState::Conflict),
            Some(cause) => ObjectStatus::Failing(cause),
            None => ObjectStatus::Known(object.state),
        }
    }

    /// Since when every object that was applied has been compared; `None` when none was.
    #[must_use]
    pub fn compared_at(&self) -> Option<Timestamp> {
        let applied = self.objects.iter().filter(|object| object.state != ObjectState::New);
        applied.map(|object| object.compared_at).min().flatten()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn object(state: ObjectState, cause: Option<Cause>, compared: Option<i64>) -> ClusterObject {
        ClusterObject {
            api_version: "v1".into(),
            kind: "Secret".into(),
            namespace: "a".into(),
            name: "b".into(),
            state,
            cause,
            detail: String::new(),
            compared_at: compared.map(Timestamp::from_millis),
        }
    }

    fn cluster(state: DestinationState) -> ClusterDetail {
        let summary = ClusterSummary {
            id: Uuid::nil().into(),
            name: "a".into(),
            credential: Uuid::nil().into(),
            server: String::new(),
            state,
            is_deleting: false,
            cause: None,
            objects: 0,
            drifted: 0,
            applied_at: None,
        };
        ClusterDetail {
            summary,
            credential_name: String::new(),
            exports: Vec::new(),
            objects: Vec::new(),
            detail: String::new(),
            tried_at: Some(Timestamp::from_millis(10)),
            row_version: 1,
        }
    }

    #[test]
    fn each_object_has_its_own_truth() {
        let (failing, well) =
            (cluster(DestinationState::Failing), cluster(DestinationState::InStep));
        let in_step = |at| object(ObjectState::InStep, None, at);
        let known = ObjectStatus::Known(ObjectState::InStep);
        assert_eq!(failing.standing(&in_step(Some(10))), known);
        assert_eq!(failing.standing(&in_step(Some(9))), ObjectStatus::Waiting);
        assert_eq!(failing.standing(&in_step(None)), ObjectStatus::Waiting);
        assert_eq!(well.standing(&in_step(Some(9))), known);
        let refused = object(ObjectState::InStep, Some(Cause::ClusterRefused), Some(10));
        assert_eq!(failing.standing(&refused), ObjectStatus::Failing(Cause::ClusterRefused));
        let earlier = object(ObjectState::InStep, Some(Cause::ClusterRefused), Some(9));
        assert_eq!(failing.standing(&earlier), ObjectStatus::Waiting);
        let taken = object(ObjectState::Conflict, Some(Cause::ClusterConflict), Some(10));
        assert_eq!(failing.standing(&taken), ObjectStatus::Known(ObjectState::Conflict));
    }

    #[test]
    fn the_oldest_comparison_counts() {
        let mut cluster = cluster(DestinationState::InStep);
        assert_eq!(cluster.compared_at(), None);
        cluster.objects = vec![
            object(ObjectState::InStep, None, Some(7)),
            object(ObjectState::Changed, None, Some(5)),
            object(ObjectState::New, None, None),
        ];
        assert_eq!(cluster.compared_at(), Some(Timestamp::from_millis(5)));
    }
}
