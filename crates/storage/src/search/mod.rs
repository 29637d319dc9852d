//! Search: one table of words, which is written with the things that have them.

mod read;
mod write;

use domain::search::FoundKind;

pub use read::{Reader, find};
pub use write::{Unwritten, unwritten};
pub(crate) use write::{
    chart_words, cluster, credential, export, forget_charts, forget_charts_of, git_target, project,
    repository,
};

/// Whose words a row of the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// What everybody may find of a credential.
    Credential,
    /// The same, with user name, pattern and description: for whoever manages credentials.
    Login,
    /// A repository.
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

impl Kind {
    /// As it is stored.
    fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whose words are searched for what somebody may find.
    const fn of(found: FoundKind, reader: Reader) -> Self {
        match (found, reader) {
            (FoundKind::Credential, Reader::Manager) => Self::Login,
            (FoundKind::Credential, Reader::Member) => Self::Credential,
            (FoundKind::Repository, _) => Self::Repository,
            (FoundKind::Chart, _) => Self::Chart,
            (FoundKind::Export, _) => Self::Export,
            (FoundKind::GitTarget, _) => Self::GitTarget,
            (FoundKind::Cluster, _) => Self::Cluster,
            (FoundKind::Project, _) => Self::Project,
        }
    }
}
