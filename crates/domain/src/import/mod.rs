//! Import: logins and repositories out of a file that another program wrote.
//!
//! A row becomes the forms that a person would fill in, so that it passes the same rules. Nothing that is said
//! about a file quotes it: what looks like a name may be a password in the wrong column.

#[cfg(feature = "host")]
mod csv_file;
#[cfg(feature = "host")]
mod docker_config;
#[cfg(feature = "host")]
mod file;
#[cfg(feature = "host")]
mod helm_list;

#[cfg(feature = "host")]
pub use file::{ImportFile, ImportItem, ImportRow};

use serde::{Deserialize, Serialize};

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// The `config.json` of Docker, Podman and others.
    DockerConfig,
    /// What `helm repo list -o json` prints.
    HelmRepositories,
    /// A table with a header.
    Csv,
}

impl ImportFormat {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::DockerConfig => "Docker config.json",
            Self::HelmRepositories => "helm repo list -o json",
            Self::Csv => "CSV",
        }
    }
}

/// What would become of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportPlan {
    /// A credential is added.
    Credential,
    /// A repository is added.
    Repository,
    /// Both are added, and the repository is linked to the credential.
    Both,
    /// Nothing, and the row says why.
    Skipped,
}

impl ImportPlan {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Credential => "New credential",
            Self::Repository => "New repository",
            Self::Both => "New credential and repository",
            Self::Skipped => "Skipped",
        }
    }
}

/// A row of a file as its preview shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLine {
    /// Where it stands, such as `line 3`.
    pub place: String,
    /// The name of what would be added; empty where there is none.
    pub name: String,
    /// Host and port; empty where there is none.
    pub host: String,
    /// What would become of it.
    pub plan: ImportPlan,
    /// Why, or what else there is to tell.
    pub detail: String,
}

/// What would become of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// What kind of file it is.
    pub format: ImportFormat,
    /// Each of its rows.
    pub lines: Vec<ImportLine>,
    /// Tells this file from another one, and nothing of what is in it.
    pub fingerprint: String,
}

impl ImportPreview {
    /// How many rows add something.
    #[must_use]
    pub fn adds(&self) -> usize {
        self.lines.iter().filter(|line| line.plan != ImportPlan::Skipped).count()
    }
}
