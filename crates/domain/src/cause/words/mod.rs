//! What people read about a cause, in the words of who was asked.
//!
//! One table for each of them names every cause, so that a new cause is not forgotten anywhere. What
//! is the same everywhere stands in `shared`; what cannot happen at a place is `shared::NOT_HERE`.

mod cluster;
mod git_server;
mod github;
mod registry;
mod shared;

use serde::{Deserialize, Serialize};

use super::Cause;
use crate::propagation::DeliveryTarget;

/// Who was asked when it failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteKind {
    /// A repository of charts or images.
    #[default]
    Registry,
    /// The server of a Git repository.
    GitServer,
    /// The API server of a cluster.
    Cluster,
    /// GitHub itself, about a connected account.
    Github,
}

impl RemoteKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Registry, Self::GitServer, Self::Cluster, Self::Github];
}

impl DeliveryTarget {
    /// Who answers there.
    #[must_use]
    pub const fn asked(self) -> RemoteKind {
        match self {
            Self::Repository(_) => RemoteKind::Registry,
            Self::GitTarget(_) => RemoteKind::GitServer,
            Self::Cluster(_) => RemoteKind::Cluster,
        }
    }
}

/// A cause in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// In a few words, for a table cell.
    pub title: &'static str,
    /// What to do, in a sentence or two.
    pub message: &'static str,
}

const fn words(title: &'static str, message: &'static str) -> Words {
    Words { title, message }
}

impl Cause {
    /// The cause in the words of who was asked.
    #[must_use]
    pub const fn words(self, asked: RemoteKind) -> Words {
        match asked {
            RemoteKind::Registry => registry::of(self),
            RemoteKind::GitServer => git_server::of(self),
            RemoteKind::Cluster => cluster::of(self),
            RemoteKind::Github => github::of(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that belong to others.
    const fn foreign(asked: RemoteKind) -> &'static [&'static str] {
        match asked {
            RemoteKind::Registry => &["git server", "kubeconfig", "cluster", "namespace", "branch"],
            RemoteKind::GitServer => {
                &["registr", "chart", "helm", "kubeconfig", "cluster", "api server"]
            }
            RemoteKind::Cluster => {
                &["registr", "chart", "helm", "git", "repositor", "user name", "password", "branch"]
            }
            RemoteKind::Github => {
                &["registr", "chart", "helm", "kubeconfig", "cluster", "git server", "branch"]
            }
        }
    }

    #[test]
    fn nobody_is_told_about_somebody_else() {
        for asked in RemoteKind::ALL {
            for cause in Cause::ALL {
                let Words { title, message } = cause.words(asked);
                let text = format!("{title}: {message}");
                assert!(!title.is_empty() && message.ends_with('.'), "{asked:?} {cause:?}");
                for word in foreign(asked) {
                    assert!(!text.to_lowercase().contains(word), "{asked:?}, {word}: {text}");
                }
            }
        }
    }

    #[test]
    fn what_can_happen_has_words() {
        let everywhere = [
            Cause::InvalidCredentials,
            Cause::InsufficientScope,
            Cause::ConnectionRefused,
            Cause::ConnectionClosed,
            Cause::DnsFailure,
            Cause::Timeout,
            Cause::TlsUntrusted,
            Cause::TlsNameMismatch,
            Cause::TlsExpired,
            Cause::BlockedAddress,
            Cause::RedirectRefused,
            Cause::NotFound,
            Cause::RateLimited,
            Cause::ServerError,
            Cause::VaultUnavailable,
            Cause::VaultRefused,
            Cause::SecretLost,
            Cause::ProxyError,
        ];
        let at_places = [Cause::NoCredential, Cause::ExportIncomplete, Cause::SecretInOutput];
        let of_cluster = [
            Cause::ClusterConflict,
            Cause::ClusterRefused,
            Cause::ClusterApiMissing,
            Cause::NamespaceMissing,
        ];
        let of_git = [
            Cause::BranchProtected,
            Cause::PushRejected,
            Cause::BranchMoved,
            Cause::BaseMissing,
            Cause::BranchMissing,
            Cause::RequestClosed,
            Cause::NotAGitRepository,
            Cause::ObjectFormat,
            Cause::FileNotOurs,
            Cause::RepositoryTooLarge,
            Cause::ConnectionRevoked,
            Cause::ScopeMissing,
        ];
        let has = |asked, causes: &[Cause]| {
            for cause in causes {
                assert_ne!(cause.words(asked), shared::NOT_HERE, "{asked:?} {cause:?}");
            }
        };
        for asked in RemoteKind::ALL {
            has(asked, &everywhere);
        }
        for (asked, own) in
            [(RemoteKind::GitServer, &of_git[..]), (RemoteKind::Cluster, &of_cluster[..])]
        {
            has(asked, &at_places);
            has(asked, own);
        }
        has(
            RemoteKind::Github,
            &[Cause::ConnectionRevoked, Cause::ScopeMissing, Cause::ExchangeRefused],
        );
        // Every cause happens somewhere, and no two of one place have the same title.
        for cause in Cause::ALL {
            let happens = |asked: &RemoteKind| cause.words(*asked) != shared::NOT_HERE;
            assert!(cause == Cause::Internal || RemoteKind::ALL.iter().any(happens), "{cause:?}");
        }
        for asked in RemoteKind::ALL {
            let all = Cause::ALL.map(|cause| cause.words(asked));
            let mut titles: Vec<_> =
                all.iter().filter(|words| **words != shared::NOT_HERE).map(|w| w.title).collect();
            let count = titles.len();
            titles.sort_unstable();
            titles.dedup();
            assert_eq!(titles.len(), count, "{asked:?}");
        }
    }
}
