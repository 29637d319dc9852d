//! The versions of a secret, without their values, and the candidate of a staged rotation.

use serde::{Deserialize, Serialize};

use crate::{Cause, PropagationId, RepositoryId, Status, Timestamp, propagation::Counts};

/// How a version came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VersionOrigin {
    /// The credential was created.
    Created,
    /// Somebody saved a change.
    Updated,
    /// An earlier version was brought back.
    RolledBack,
    /// A tested candidate was promoted.
    Promoted,
}

impl VersionOrigin {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Updated => "Updated",
            Self::RolledBack => "Rolled back",
            Self::Promoted => "Promoted",
        }
    }
}

/// One version in the history of a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretVersion {
    /// Its number in Vault.
    pub vault_version: i64,
    /// How it came to be.
    pub origin: VersionOrigin,
    /// What changed, such as `new secret` or `new user name`.
    pub changed: String,
    /// When it was stored.
    pub at: Timestamp,
    /// Who stored it.
    pub by: String,
    /// Whether it is the one that counts.
    pub is_current: bool,
    /// Whether Vault still holds it, so that it can be brought back.
    pub is_kept: bool,
    /// How it reached the linked repositories, if it had any.
    pub propagation: Option<(PropagationId, Counts)>,
}

/// Names a version of a credential: to roll back to it, or to promote or discard the candidate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VersionRef {
    /// The credential.
    pub credential: String,
    /// The row version the person saw.
    pub row_version: String,
    /// The version in Vault.
    pub vault_version: String,
}

/// How the test of a candidate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateState {
    /// It is being tested.
    Testing,
    /// At least one repository refused it: a person decides.
    Refused,
}

/// A new secret that lies in Vault beside the one that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its number in Vault.
    pub vault_version: i64,
    /// When it was stored.
    pub at: Timestamp,
    /// Who stored it.
    pub by: String,
    /// How its test stands. One that passes everywhere is promoted at once.
    pub state: CandidateState,
    /// One line per linked repository.
    pub lines: Vec<CandidateLine>,
}

/// The test of a candidate at one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateLine {
    /// The repository.
    pub repository: RepositoryId,
    /// Its name.
    pub name: String,
    /// `None` while it has not been tested; then whether it passed.
    pub passed: Option<bool>,
    /// Why it did not.
    pub cause: Option<Cause>,
}

impl CandidateState {
    /// For people.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Testing => Status::Syncing,
            Self::Refused => Status::Failing,
        }
    }
}

impl CandidateLine {
    /// How the repository is doing with the candidate, for people.
    #[must_use]
    pub const fn status(&self) -> Status {
        match (self.passed, self.cause) {
            (None, _) => Status::NotSynced,
            (Some(true), _) => Status::Healthy,
            (Some(false), Some(Cause::CredentialPaused)) => Status::Paused,
            (Some(false), _) => Status::Failing,
        }
    }
}

/// A host where a credential is not used any more, so that the account is not locked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PausedHost {
    /// Scheme, host and port.
    pub origin: String,
    /// Since when.
    pub since: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_is_told_in_the_words_of_every_state() {
        let line = |passed, cause| CandidateLine {
            repository: RepositoryId::new(),
            name: String::new(),
            passed,
            cause,
        };
        let mut told = [
            line(Some(true), None),
            line(None, None),
            line(Some(false), Some(Cause::InvalidCredentials)),
            line(Some(false), Some(Cause::CredentialPaused)),
        ]
        .map(|line| line.status());
        told.sort();
        assert_eq!(told, [Status::Paused, Status::Failing, Status::NotSynced, Status::Healthy]);
    }
}
