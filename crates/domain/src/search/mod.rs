//! Finding things by the beginnings of their words.

mod words;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
pub use words::{MOST_TERMS, Typed, Unsearched, words_of};

use crate::Status;

/// What is found, by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// A credential.
    Credential,
    /// A chart repository.
    Repository,
    /// A chart.
    Chart,
    /// An export.
    Export,
    /// A Git target.
    GitTarget,
    /// A cluster.
    Cluster,
    /// A project.
    Project,
}

impl FoundKind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Credential,
        Self::Repository,
        Self::Chart,
        Self::Export,
        Self::GitTarget,
        Self::Cluster,
        Self::Project,
    ];

    /// For people, of several.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Credential => "Credentials",
            Self::Repository => "Repositories",
            Self::Chart => "Charts",
            Self::Export => "Exports",
            Self::GitTarget => "Git targets",
            Self::Cluster => "Clusters",
            Self::Project => "Projects",
        }
    }

    /// The path of one.
    #[must_use]
    pub fn path(self, id: Uuid) -> String {
        let folder = match self {
            Self::Credential => "/credentials",
            Self::Repository => "/charts/repositories",
            Self::Chart => "/charts/catalog",
            Self::Export => "/gitops/exports",
            Self::GitTarget => "/gitops/targets",
            Self::Cluster => "/gitops/clusters",
            Self::Project => "/settings/projects",
        };
        format!("{folder}/{id}")
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// What it is.
    pub kind: FoundKind,
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What tells it from others of its name, such as a URL.
    pub detail: String,
    /// How it is doing, where that is known at a glance.
    pub status: Option<Status>,
}

/// What was found, kind by kind; a kind without hits is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// The hits of each kind.
    pub groups: Vec<FoundGroup>,
}

/// What was found of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundGroup {
    /// Of which.
    pub kind: FoundKind,
    /// At most [`Findings::MOST`].
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub has_more: bool,
}

impl Findings {
    /// The most hits of one kind.
    pub const MOST: usize = 8;
}
