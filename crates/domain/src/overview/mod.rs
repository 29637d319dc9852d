//! The first page: what needs attention, how everything is doing, what happened.

mod attention;

pub use attention::{Attention, FailingRepositories, Matter, Waits};
use serde::{Deserialize, Serialize};

use crate::{CredentialId, Status, Timestamp, audit::AuditEvent, credentials::Expiry};

/// All of the first page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverviewPage {
    /// What there is already; an organization without it is shown the way in.
    pub begun: Begun,
    /// How each kind of thing is doing.
    pub health: Vec<Health>,
    /// What somebody has to look at, the worst first, at most [`Self::MOST`].
    pub attention: Vec<Attention>,
    /// How many more there are.
    pub more: u32,
    /// What expires within [`Self::DAYS`], soonest first; what is over comes before it.
    pub expiring: Vec<ExpiringCredential>,
    /// The syncs of the last 24 hours, the oldest hour first; every hour has its line.
    pub hours: Vec<SyncHour>,
    /// What people did last; `None` for whoever may not read the audit log.
    pub recent: Option<Vec<AuditEvent>>,
}

impl OverviewPage {
    /// The most lines of what needs attention.
    pub const MOST: usize = 20;
    /// How many days ahead expiries are shown.
    pub const DAYS: u32 = 90;
    /// How many hours back syncs are shown.
    pub const HOURS: u32 = 24;
    /// The most events of what people did last.
    pub const RECENT: u32 = 8;
}

/// What there is already on the way from a login to a cluster that follows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a step of its own")]
pub struct Begun {
    /// A login of a registry.
    pub credentials: bool,
    /// A chart repository.
    pub repositories: bool,
    /// Something that opens a Git repository; a connected account is a Git credential too.
    pub git: bool,
    /// An export.
    pub exports: bool,
    /// A Git target or a cluster.
    pub destinations: bool,
}

impl Begun {
    /// Whether Hawser does already what it is for.
    #[must_use]
    pub const fn is_at_work(self) -> bool {
        self.credentials && self.repositories
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Chart repositories.
    Repositories,
    /// Credentials.
    Credentials,
    /// Charts.
    Charts,
    /// Git targets.
    GitTargets,
    /// Clusters.
    Clusters,
}

impl Counted {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Repositories => "Repositories",
            Self::Credentials => "Credentials",
            Self::Charts => "Charts",
            Self::GitTargets => "Git targets",
            Self::Clusters => "Clusters",
        }
    }

    /// The page that lists them.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Repositories => "/charts/repositories",
            Self::Credentials => "/credentials",
            Self::Charts => "/charts/catalog",
            Self::GitTargets => "/gitops",
            Self::Clusters => "/gitops/clusters",
        }
    }
}

/// How many of one kind are in which state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Of what.
    pub kind: Counted,
    /// Each state that occurs, the worst first.
    pub states: Vec<(Status, u32)>,
}

impl Health {
    /// Counts the states, the worst first; what does not occur is left out.
    #[must_use]
    pub fn of(kind: Counted, states: impl IntoIterator<Item = (Status, u32)>) -> Self {
        let mut counts = std::collections::BTreeMap::<Status, u32>::new();
        for (status, count) in states {
            let known = counts.entry(status).or_default();
            *known = known.saturating_add(count);
        }
        Self { kind, states: counts.into_iter().filter(|(_, count)| *count > 0).collect() }
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.states.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }
}

/// A credential that expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiringCredential {
    /// Which.
    pub credential: CredentialId,
    /// Its name.
    pub name: String,
    /// When.
    pub expiry: Expiry,
}

/// What syncs came to in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncHour {
    /// When the hour began.
    pub at: Timestamp,
    /// How many ended in it.
    pub syncs: u32,
    /// How many of these failed.
    pub failures: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_told_the_worst_first_and_without_what_is_not_there() {
        let health = Health::of(
            Counted::Repositories,
            [(Status::Healthy, 2), (Status::Failing, 1), (Status::Stale, 0), (Status::Healthy, 3)],
        );
        assert_eq!(health.states, [(Status::Failing, 1), (Status::Healthy, 5)]);
        assert_eq!(health.total(), 6);
    }
}
