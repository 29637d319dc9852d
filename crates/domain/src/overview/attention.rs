//! What somebody has to look at: one line for each cause, not for each thing that it strikes.

use serde::{Deserialize, Serialize};

use crate::{
    Cause, ClusterId, CredentialId, GitTargetId, RepositoryId, Status, Timestamp,
    cause::Remedy,
    credentials::{Environment, Expiry},
};

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// How bad it is.
    pub status: Status,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// What it is about.
    pub matter: Matter,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Matter {
    /// Repositories that fail of one cause with one credential.
    Repositories(FailingRepositories),
    /// A credential is not used at a host any more, because that refused it too often.
    Paused { credential: CredentialId, name: String, host: String },
    /// The secret of a credential is over.
    Expired { credential: CredentialId, name: String, expiry: Expiry },
    /// A new secret was refused; the old one still counts.
    CandidateRefused { credential: CredentialId, name: String },
    /// Vault does not hold the secret that counts.
    SecretLost { credential: CredentialId, name: String },
    /// GitHub does not take a connected account any more.
    GitAccount { credential: CredentialId, name: String, cause: Cause },
    /// A Git target is not as it should be.
    GitTarget { target: GitTargetId, name: String, credential: CredentialId, waits: Waits },
    /// A cluster cannot be brought in step.
    Cluster { cluster: ClusterId, name: String, credential: CredentialId, cause: Cause },
    /// Somebody else changed so many objects in a cluster.
    Drift { cluster: ClusterId, name: String, objects: u32 },
}

/// Repositories that fail of one cause with one credential, or without one at one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailingRepositories {
    /// Why.
    pub cause: Cause,
    /// The credential that they use, with its name.
    pub credential: Option<(CredentialId, String)>,
    /// When the secret of that credential ended, if it did.
    pub expired: Option<Expiry>,
    /// How many.
    pub count: u32,
    /// How many of these were never synced, so that nothing is kept of them.
    pub never: u32,
    /// The first that failed.
    pub first: RepositoryId,
    /// The names of the first three.
    pub names: Vec<String>,
    /// The host of the first one.
    pub host: String,
    /// The weightiest environment among the first three.
    pub environment: Environment,
}

/// What a Git target waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// Somebody mends it.
    Mending(Cause),
    /// Somebody merges the pull request.
    Merge,
    /// Changes that were not pushed yet.
    Push,
}

impl FailingRepositories {
    /// How bad it is: what stops work comes before what may pass by itself.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.cause {
            Cause::CredentialPaused => Status::Paused,
            _ if self.expired.is_some() => Status::Expired,
            cause if cause.may_pass() && self.never < self.count => Status::Stale,
            _ => Status::Failing,
        }
    }

    /// Whether the credential is what has to be mended.
    #[must_use]
    pub fn is_of_credential(&self) -> bool {
        self.credential.is_some() && self.cause.remedy() == Remedy::Credential
    }
}

impl Attention {
    /// The worst first; what concerns production before other things, then what strikes more
    /// repositories, then what lasts longer.
    pub fn sort(lines: &mut [Self]) {
        lines.sort_by_cached_key(|line| {
            let (production, count) = match &line.matter {
                Matter::Repositories(found) => {
                    (found.environment == Environment::Production, found.count)
                }
                _ => (false, 0),
            };
            let since = line.since.map_or(i64::MAX, Timestamp::millis);
            (line.status, !production, std::cmp::Reverse(count), since, line.matter.name())
        });
    }
}

impl Matter {
    /// The name of the thing that the line is about.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Repositories(found) => found.names.first().cloned().unwrap_or_default(),
            Self::Paused { name, .. }
            | Self::Expired { name, .. }
            | Self::CandidateRefused { name, .. }
            | Self::SecretLost { name, .. }
            | Self::GitAccount { name, .. }
            | Self::GitTarget { name, .. }
            | Self::Cluster { name, .. }
            | Self::Drift { name, .. } => name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing(cause: Cause, count: u32, environment: Environment) -> Attention {
        let found = FailingRepositories {
            cause,
            credential: None,
            expired: None,
            count,
            never: 0,
            first: RepositoryId::new(),
            names: vec![format!("{count}")],
            host: String::new(),
            environment,
        };
        Attention { status: found.status(), since: None, matter: Matter::Repositories(found) }
    }

    #[test]
    fn the_worst_comes_first_and_production_before_the_rest() {
        let mut lines = vec![
            failing(Cause::Timeout, 9, Environment::Production),
            failing(Cause::NotFound, 2, Environment::Unset),
            failing(Cause::NotFound, 3, Environment::Unset),
            failing(Cause::NotFound, 1, Environment::Production),
            failing(Cause::CredentialPaused, 4, Environment::Unset),
        ];
        Attention::sort(&mut lines);
        let names: Vec<_> = lines.iter().map(|line| line.matter.name()).collect();
        assert_eq!(names, ["4", "1", "3", "2", "9"]);
    }
}
