//! What an event is about, by its id: names change, and two things may share one.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{ClusterId, CredentialId, ExportId, GitTargetId, ProjectId, RepositoryId, UserId};

/// A thing or person that an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say what they are")]
pub enum AuditTarget {
    Credential(CredentialId),
    Repository(RepositoryId),
    Project(ProjectId),
    Export(ExportId),
    GitTarget(GitTargetId),
    Cluster(ClusterId),
    Person(UserId),
}

impl AuditTarget {
    /// As the database and the API spell its kind.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Credential(_) => "credential",
            Self::Repository(_) => "repository",
            Self::Project(_) => "project",
            Self::Export(_) => "export",
            Self::GitTarget(_) => "git_target",
            Self::Cluster(_) => "cluster",
            Self::Person(_) => "person",
        }
    }

    /// Its id.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Credential(id) => id.uuid(),
            Self::Repository(id) => id.uuid(),
            Self::Project(id) => id.uuid(),
            Self::Export(id) => id.uuid(),
            Self::GitTarget(id) => id.uuid(),
            Self::Cluster(id) => id.uuid(),
            Self::Person(id) => id.uuid(),
        }
    }

    /// Reads what [`Self::kind`] and [`Self::uuid`] tell.
    #[must_use]
    pub fn of(kind: &str, id: Uuid) -> Option<Self> {
        Some(match kind {
            "credential" => Self::Credential(id.into()),
            "repository" => Self::Repository(id.into()),
            "project" => Self::Project(id.into()),
            "export" => Self::Export(id.into()),
            "git_target" => Self::GitTarget(id.into()),
            "cluster" => Self::Cluster(id.into()),
            "person" => Self::Person(id.into()),
            _ => return None,
        })
    }

    /// Reads `credential:0190…`, as addresses of the audit log have it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, id) = text.split_once(':')?;
        Self::of(kind, id.parse().ok()?)
    }
}

impl std::fmt::Display for AuditTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind(), self.uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_as_they_are_written() {
        let id = Uuid::from_u128(7);
        for kind in
            ["credential", "repository", "project", "export", "git_target", "cluster", "person"]
        {
            let target = AuditTarget::of(kind, id).unwrap();
            assert_eq!((target.kind(), target.uuid()), (kind, id));
            assert_eq!(AuditTarget::parse(&target.to_string()), Some(target));
        }
        for bad in ["", "credential", "credential:", "credential:x", "secret:7", ":"] {
            assert_eq!(AuditTarget::parse(bad), None, "{bad}");
        }
    }
}
