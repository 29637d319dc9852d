//! Chart repositories, and the link from each to the credential that opens it.

#[cfg(feature = "host")]
mod chart_place;
mod form;
#[cfg(feature = "host")]
mod install;
#[cfg(feature = "host")]
mod rules;
#[cfg(feature = "host")]
mod spellings;
mod transport;
#[cfg(feature = "host")]
mod url;

#[cfg(feature = "host")]
pub use chart_place::{ChartPlace, foreign_origin, namespace_url};
pub use form::{AddRepository, EditRepository, INTERVALS};
#[cfg(feature = "host")]
pub use install::{Source, install};
#[cfg(feature = "host")]
pub use rules::{Chosen, RepositoryFields, chart_names, interval};
#[cfg(feature = "host")]
pub(crate) use rules::{authorities, is_chart_name};
#[cfg(feature = "host")]
pub use spellings::spellings;
pub use transport::Transport;
#[cfg(feature = "host")]
pub use url::RepositoryUrl;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::{
    Cause, CredentialId, ProjectId, RepositoryId, Status, SyncRunId, Timestamp, Total,
    bulk::Selection,
    charts::LeftOut,
    connection_tests::Quota,
    credentials::{Direction, Environment},
};

/// How a repository speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum RepositoryKind {
    /// An `index.yaml` over HTTP.
    Helm,
    /// The OCI distribution API.
    Oci,
}

spelled!(RepositoryKind);

impl RepositoryKind {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Helm => "Helm HTTP",
            Self::Oci => "OCI",
        }
    }
}

/// How a repository is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum RepositoryState {
    /// Not synced yet.
    New,
    /// A sync is waiting or running.
    Syncing,
    /// The last sync worked.
    Healthy,
    /// The last sync failed; the last good set of charts is kept.
    Failing,
}

spelled!(RepositoryState);

impl RepositoryState {
    /// What people are told. A failing one that has charts of an earlier sync (`was_synced`) is stale while
    /// its cause may pass.
    #[must_use]
    pub const fn status(self, cause: Option<Cause>, was_synced: bool) -> Status {
        match (self, cause) {
            (Self::New, _) => Status::NotSynced,
            (Self::Syncing, _) => Status::Syncing,
            (Self::Healthy, _) => Status::Healthy,
            (Self::Failing, Some(Cause::CredentialPaused)) => Status::Paused,
            (Self::Failing, Some(cause)) if was_synced && cause.may_pass() => Status::Stale,
            (Self::Failing, _) => Status::Failing,
        }
    }
}

/// Whether a link is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// The credential is sent to the origin it was linked for.
    Active,
    /// The origin changed: nothing is sent until somebody chooses the credential again.
    Suspended,
}

/// The credential of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The credential.
    pub credential: CredentialId,
    /// Its name.
    pub name: String,
    /// Whether it is in force.
    pub state: LinkState,
    /// Whether the URL chose it, and not a person.
    pub is_automatic: bool,
    /// The environment the credential is made for.
    pub environment: Environment,
}

/// The query of the Repositories page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RepositoryQuery {
    /// Part of a name or URL.
    pub search: String,
    /// Only those that use this credential.
    pub credential: Option<CredentialId>,
    /// Only those of this project.
    pub project: Option<ProjectId>,
    /// Only those that are doing so.
    pub status: Option<Status>,
    /// The column.
    pub order: RepositoryOrder,
    /// Up or down.
    pub direction: Direction,
    /// From 1.
    pub page: u32,
}

impl RepositoryQuery {
    /// Whether it leaves any repository out.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        !self.search.trim().is_empty()
            || self.credential.is_some()
            || self.project.is_some()
            || self.status.is_some()
    }

    /// Rows on a page.
    pub const PAGE_ROWS: u32 = 50;
}

/// The columns that repositories may be sorted by; nothing else reaches `order by`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is the column it names")]
pub enum RepositoryOrder {
    /// Those that fail come first, then by name.
    #[default]
    State,
    Name,
    Kind,
    Url,
    Credential,
    Project,
    Charts,
    LastSync,
}

spelled!(RepositoryOrder);

/// Some of the repositories.
pub type RepositorySelection = Selection<RepositoryId, RepositoryQuery>;

impl Default for RepositoryQuery {
    fn default() -> Self {
        Self {
            search: String::new(),
            credential: None,
            project: None,
            status: None,
            order: RepositoryOrder::State,
            direction: Direction::Ascending,
            page: 1,
        }
    }
}

/// A row of the Repositories page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositorySummary {
    /// Its id.
    pub id: RepositoryId,
    /// Its name.
    pub name: String,
    /// Helm HTTP or OCI.
    pub kind: RepositoryKind,
    /// Its URL.
    pub url: String,
    /// The credential, if any.
    pub link: Option<Link>,
    /// How many charts the last good sync found.
    pub charts: u32,
    /// When the last sync ended, well or not.
    pub last_sync_at: Option<Timestamp>,
    /// How it is doing.
    pub state: RepositoryState,
    /// Why it fails.
    pub cause: Option<Cause>,
    /// Since when its charts may be outdated: the last good sync before the failure.
    pub stale_since: Option<Timestamp>,
    /// The environment it belongs to.
    pub environment: Environment,
    /// Its project.
    pub project: ProjectId,
    /// The name of its project.
    pub project_name: String,
}

impl RepositorySummary {
    /// How it is doing, for people.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.state.status(self.cause, self.stale_since.is_some())
    }
}

/// A page of repositories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryPage {
    /// The rows.
    pub rows: Vec<RepositorySummary>,
    /// How many there are with this search and filter.
    pub total: Total,
    /// Whether the organization has none at all; its page then says how to begin.
    pub is_empty: bool,
}

/// One repository with its settings and last runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryDetail {
    /// The row.
    pub summary: RepositorySummary,
    /// Counts every change; a form sends it back.
    pub row_version: i64,
    /// Seconds between syncs.
    pub interval: u32,
    /// Names of charts that a person typed, for registries that cannot list them.
    pub chart_names: Vec<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// When the next sync starts by itself.
    pub next_sync_at: Option<Timestamp>,
    /// The last runs, newest first, at most 20.
    pub runs: Vec<SyncRun>,
    /// Whether the URL chooses the credential, also when none matches now.
    pub is_automatic: bool,
    /// Certificate authorities to trust for this host, in PEM.
    pub ca: String,
    /// The name of its proxy; empty for none.
    pub proxy: String,
    /// The limit of requests, as the last answer told it.
    pub quota: Option<Quota>,
    /// What the last sync attempted when it failed, in a sentence of ours; empty when it worked.
    pub detail: String,
    /// What the last sync that read everything left out.
    pub left_out: LeftOut,
    /// The origin of the token service that the registry named last and that nobody allowed; empty for
    /// none.
    pub refused_service: String,
    /// The names of the exports that carry the value of its credential, at most 100.
    pub carried_by: Vec<String>,
}

/// One run of a sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncRun {
    /// Its id.
    pub id: SyncRunId,
    /// What started it.
    pub trigger: SyncTrigger,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Why it failed.
    pub cause: Option<Cause>,
    /// The HTTP status of the answer that decided it.
    pub status: Option<u16>,
    /// Charts found; `None` when nothing had changed.
    pub charts: Option<u32>,
    /// Versions found.
    pub versions: Option<u32>,
}

impl RepositoryDetail {
    /// How it did at the end of one of its runs, for people, in the words of [`RepositoryState::status`].
    #[must_use]
    pub fn status_of(&self, run: &SyncRun) -> Status {
        let has_passed = |other: &SyncRun| other.finished_at.is_some() && other.cause.is_none();
        match (run.finished_at, run.cause) {
            (None, _) => Status::Syncing,
            (Some(_), None) => Status::Healthy,
            (Some(_), cause) => {
                let last_good = self.summary.stale_since;
                let was_synced = last_good.is_some_and(|at| at <= run.started_at)
                    || self
                        .runs
                        .iter()
                        .any(|other| has_passed(other) && other.started_at < run.started_at);
                RepositoryState::Failing.status(cause, was_synced)
            }
        }
    }
}

/// What starts a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum SyncTrigger {
    /// The repository was added or changed.
    Changed,
    /// Its interval passed.
    Interval,
    /// A person pressed Sync now.
    Person,
    /// A credential update was delivered.
    Delivery,
}

spelled!(SyncTrigger);

impl SyncTrigger {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Changed => "Added or changed",
            Self::Interval => "Interval",
            Self::Person => "Sync now",
            Self::Delivery => "Credential update",
        }
    }
}
