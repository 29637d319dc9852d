//! What is asked of a chart registry and what it answers, in the types that both kinds of registry share.

use std::collections::HashMap;

use domain::{
    charts::{FoundVersion, LeftOut},
    connection_tests::StageState,
    repositories::{RepositoryKind, RepositoryUrl},
};

use egress::{EgressProfile, Login, LoginKey};

/// A repository and the login that opens it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it is.
    pub url: RepositoryUrl,
    /// How it speaks.
    pub kind: RepositoryKind,
    /// The login, if a credential is linked.
    pub login: Option<Login>,
    /// Which stored version of a credential the login is; `None` for one that is not stored.
    pub login_key: Option<LoginKey>,
    /// Names of charts that a person typed, for registries that cannot list them.
    pub chart_names: Vec<String>,
    /// The egress profile to it.
    pub egress: EgressProfile,
}

/// What tells whether a repository changed since the last sync.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Validators {
    /// The `ETag` of the index.
    pub etag: Option<String>,
    /// The `Last-Modified` of the index.
    pub last_modified: Option<String>,
    /// SHA-256 of the index, or of the list of tags.
    pub digest: Option<String>,
}

/// The versions already stored, by chart and version.
pub type KnownVersions = HashMap<(String, String), FoundVersion>;

/// What a sync found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Synced {
    /// Nothing changed.
    Unchanged {
        /// To send the next time.
        validators: Validators,
    },
    /// The whole set of versions.
    Charts {
        /// Every version of every chart.
        versions: Vec<FoundVersion>,
        /// What there is besides, and why it is no version of a chart.
        left_out: LeftOut,
        /// To send the next time.
        validators: Validators,
    },
}

/// What a stage found, in a sentence of ours.
pub(crate) struct Finding {
    pub(crate) state: StageState,
    pub(crate) status: Option<u16>,
    pub(crate) detail: String,
}

impl Finding {
    pub(crate) fn passed(detail: impl Into<String>) -> Self {
        Self { state: StageState::Passed, status: None, detail: detail.into() }
    }

    /// The stage is not needed here.
    pub(crate) fn skipped(detail: impl Into<String>) -> Self {
        Self { state: StageState::Skipped, status: None, detail: detail.into() }
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status: Some(status), ..self }
    }
}
