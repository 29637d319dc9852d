//! Propagations: one update on its way to every linked repository, and to every Git target and
//! cluster whose exports hold the credential.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    Cause, ClusterId, CredentialId, DeliveryId, GitTargetId, PropagationId, RepositoryId, Status,
    Timestamp,
};

/// What was heard while somebody waited for news of an organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// Something changed.
    News,
    /// Nothing, for about a second. What other replicas did is known to SQL alone.
    Nothing,
}

/// How one delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryState {
    /// Waits for a worker, or for the next try.
    Waiting,
    /// A worker proves the new version at the registry.
    Running,
    /// The registry accepted it and the charts were synced again.
    Healthy,
    /// It failed and is tried again.
    Retrying,
    /// It failed for the last time: somebody has to look.
    NeedsAttention,
    /// A newer version or another link took its place.
    Superseded,
}

spelled!(DeliveryState);

impl DeliveryState {
    /// How the place is doing, for people; `None` where something newer says it.
    #[must_use]
    pub const fn status(self) -> Option<Status> {
        match self {
            Self::Waiting => Some(Status::NotSynced),
            Self::Running | Self::Retrying => Some(Status::Syncing),
            Self::Healthy => Some(Status::Healthy),
            Self::NeedsAttention => Some(Status::Failing),
            Self::Superseded => None,
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self.status() {
            Some(status) => status.label(),
            None => "Superseded",
        }
    }

    /// Whether nothing more will happen by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Healthy | Self::NeedsAttention | Self::Superseded)
    }
}

/// How many deliveries of a propagation are in which state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field counts the state it names")]
pub struct Counts {
    pub waiting: u32,
    pub running: u32,
    pub healthy: u32,
    pub retrying: u32,
    pub needs_attention: u32,
    pub superseded: u32,
}

impl Counts {
    /// All deliveries.
    #[must_use]
    pub const fn total(self) -> u32 {
        self.waiting
            + self.running
            + self.healthy
            + self.retrying
            + self.needs_attention
            + self.superseded
    }

    /// Deliveries that reached an end.
    #[must_use]
    pub const fn finished(self) -> u32 {
        self.healthy + self.needs_attention + self.superseded
    }

    /// How it went, for people: the worst that holds; `None` where something newer took the place of all.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        let failed = (self.needs_attention > 0).then_some(Status::Failing);
        let under_way = (self.finished() < self.total()).then_some(Status::Syncing);
        let newer = self.total() > 0 && self.superseded == self.total();
        failed.or(under_way).or((!newer).then_some(Status::Healthy))
    }

    /// Counts one more (or `n` more) in `state`.
    pub const fn add(&mut self, state: DeliveryState, n: u32) {
        match state {
            DeliveryState::Waiting => self.waiting += n,
            DeliveryState::Running => self.running += n,
            DeliveryState::Healthy => self.healthy += n,
            DeliveryState::Retrying => self.retrying += n,
            DeliveryState::NeedsAttention => self.needs_attention += n,
            DeliveryState::Superseded => self.superseded += n,
        }
    }
}

/// Where a credential is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryTarget {
    /// A chart repository that is linked to it.
    Repository(RepositoryId),
    /// A Git target that takes an export with it.
    GitTarget(GitTargetId),
    /// A cluster that takes an export with it.
    Cluster(ClusterId),
}

impl DeliveryTarget {
    /// Its page.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Repository(id) => format!("/charts/repositories/{id}"),
            Self::GitTarget(id) => format!("/gitops/targets/{id}"),
            Self::Cluster(id) => format!("/gitops/clusters/{id}"),
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Repository(_) => "Repository",
            Self::GitTarget(_) => "Git target",
            Self::Cluster(_) => "Cluster",
        }
    }
}

/// One line of the progress view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryLine {
    /// The delivery.
    pub id: DeliveryId,
    /// Where it goes.
    pub place: DeliveryTarget,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: u32,
    /// Why the last try failed.
    pub cause: Option<Cause>,
    /// The same for people.
    pub told: Option<DeliveryMessage>,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
}

/// What is to be said of a delivery, in the words of who was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryMessage {
    /// What went wrong.
    pub title: String,
    /// Why, and what to do.
    pub message: String,
}

impl DeliveryMessage {
    /// That a pull request has it.
    #[must_use]
    pub fn waits() -> Self {
        Self {
            title: "Waits to be merged".to_owned(),
            message: "It is on a branch of its own until somebody merges the pull request."
                .to_owned(),
        }
    }

    /// What failed at a place.
    #[must_use]
    pub fn of(cause: Cause, place: DeliveryTarget) -> Self {
        let words = cause.words(place.asked());
        Self { title: words.title.to_owned(), message: words.message.to_owned() }
    }
}

/// The progress of one propagation: what the page shows and the event stream sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The propagation.
    pub id: PropagationId,
    /// The credential.
    pub credential: CredentialId,
    /// When it was saved.
    pub started_at: Timestamp,
    /// When the last delivery ended.
    pub finished_at: Option<Timestamp>,
    /// How the deliveries stand.
    pub counts: Counts,
    /// One line per repository, Git target and cluster, those that need a person first, at most [`Progress::MAX_LINES`].
    pub lines: Vec<DeliveryLine>,
}

impl Progress {
    /// The most lines sent at once.
    pub const MAX_LINES: u32 = 200;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_told_by_the_worst_that_holds() {
        let counts = |healthy, running, needs_attention, superseded| Counts {
            running,
            healthy,
            needs_attention,
            superseded,
            ..Counts::default()
        };
        for (counts, status) in [
            (counts(0, 0, 0, 0), Some(Status::Healthy)),
            (counts(3, 0, 0, 1), Some(Status::Healthy)),
            (counts(3, 1, 0, 0), Some(Status::Syncing)),
            (counts(3, 1, 1, 0), Some(Status::Failing)),
            (counts(0, 0, 0, 2), None),
        ] {
            assert_eq!(counts.status(), status, "{counts:?}");
        }
        for state in DeliveryState::ALL {
            assert!(state.status().is_none_or(|status| status.label() == state.label()));
        }
    }
}
