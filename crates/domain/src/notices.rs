//! Notices: what people have to know, in the app and by a webhook.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Cause, ClusterId, CredentialId, GitTargetId, NoticeId, RepositoryId, Timestamp,
    audit::AuditTarget, cause::RemoteKind, propagation::DeliveryTarget,
};

/// How many things need somebody, by kind: the numbers beside the navigation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionCounts {
    /// Credentials that expired or are paused.
    pub credentials: u32,
    /// Repositories whose last sync failed.
    pub repositories: u32,
    /// Git targets that cannot be pushed to.
    pub git_targets: u32,
    /// Clusters that cannot be brought in sync.
    pub clusters: u32,
    /// Connected accounts that have to be connected again.
    pub git_accounts: u32,
    /// Notices that are not over.
    pub notices: u32,
}

impl AttentionCounts {
    /// No number is counted further: as many or more are told as `99+`.
    pub const MOST: u32 = 100;

    /// A number as the side bar shows it.
    #[must_use]
    pub fn shown(number: u32) -> String {
        if number < Self::MOST { number.to_string() } else { "99+".to_owned() }
    }

    /// Whether something fails, rather than only has to be known.
    #[must_use]
    pub const fn fails(&self) -> bool {
        self.credentials + self.repositories + self.git_targets + self.clusters + self.git_accounts
            > 0
    }
}

/// What may be in trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A Git target that cannot be pushed to.
    GitTarget(GitTargetId),
    /// A cluster that cannot be brought in step.
    Cluster(ClusterId),
    /// A connected account that GitHub does not take any more.
    GitConnection(CredentialId),
    /// A repository that cannot be synced, the first of a [`Group`].
    Repository(RepositoryId),
}

impl Subject {
    /// As the audit log names it.
    #[must_use]
    pub const fn target(self) -> AuditTarget {
        match self {
            Self::GitTarget(id) => AuditTarget::GitTarget(id),
            Self::Cluster(id) => AuditTarget::Cluster(id),
            Self::GitConnection(id) => AuditTarget::Credential(id),
            Self::Repository(id) => AuditTarget::Repository(id),
        }
    }

    /// Its kind as the database, the API and the webhook spell it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::GitTarget(_) => "git_target",
            Self::Cluster(_) => "cluster",
            Self::GitConnection(_) => "git_connection",
            Self::Repository(_) => "repository",
        }
    }

    /// Its id; of an account that of its credential.
    #[must_use]
    pub fn id(self) -> Uuid {
        match self {
            Self::GitTarget(id) => id.uuid(),
            Self::Cluster(id) => id.uuid(),
            Self::GitConnection(id) => id.uuid(),
            Self::Repository(id) => id.uuid(),
        }
    }

    /// Reads the spelling of [`Self::kind`].
    #[must_use]
    pub fn parse(kind: &str, id: Uuid) -> Option<Self> {
        let all = [
            Self::GitTarget(id.into()),
            Self::Cluster(id.into()),
            Self::GitConnection(id.into()),
            Self::Repository(id.into()),
        ];
        all.into_iter().find(|subject| subject.kind() == kind)
    }

    /// Who was asked when the trouble began.
    #[must_use]
    pub const fn asked(self) -> RemoteKind {
        match self {
            Self::GitTarget(_) => RemoteKind::GitServer,
            Self::Cluster(_) => RemoteKind::Cluster,
            Self::GitConnection(_) => RemoteKind::Github,
            Self::Repository(_) => RemoteKind::Registry,
        }
    }

    /// The path of the page where a person mends it.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::GitTarget(id) => DeliveryTarget::GitTarget(id).path(),
            Self::Cluster(id) => DeliveryTarget::Cluster(id).path(),
            Self::GitConnection(_) => "/gitops/connections".to_owned(),
            Self::Repository(id) => DeliveryTarget::Repository(id).path(),
        }
    }

    /// What it is, for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::GitTarget(_) => "Git target",
            Self::Cluster(_) => "Cluster",
            Self::GitConnection(_) => "Connected account",
            Self::Repository(_) => "Repository",
        }
    }
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A credential expires.
    Expiry {
        /// Which.
        credential: CredentialId,
        /// When.
        expires_at: Timestamp,
    },
    /// An address of a credential is to be allowed or confirmed.
    Address {
        /// The credential.
        credential: CredentialId,
        /// `scheme://host:port`.
        origin: String,
        /// Who asked for it; empty where it was taken over from the links of before.
        by: String,
    },
    /// The disk with Hawser's data is nearly full.
    Disk {
        /// In percent, when it was seen last while it was.
        used: u8,
        /// Since when.
        began_at: Timestamp,
        /// When there was room again; `None` while it lasts.
        ended_at: Option<Timestamp>,
    },
    /// Something began to fail.
    Trouble {
        /// What.
        subject: Subject,
        /// Why, at present; of one that is over, why last.
        cause: Cause,
        /// Since when.
        began_at: Timestamp,
        /// When it was found to be over; `None` while it lasts.
        ended_at: Option<Timestamp>,
    },
}

/// Something people have to know; shown in the app and sent to the webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// The name of what it is about.
    pub name: String,
    /// What it is about.
    pub news: News,
    /// When the notice was made.
    pub at: Timestamp,
    /// Whether the webhook took it; `None` without a webhook.
    pub delivered: Option<bool>,
    /// Of failing repositories: all that the notice is about.
    pub group: Option<Group>,
}

/// How much room a disk has for what will be stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DiskRoom {
    /// Nobody has to do anything.
    #[default]
    Enough,
    /// It is nearly full.
    Little,
}

impl DiskRoom {
    /// At this many percent a disk is nearly full.
    const NEARLY_FULL: u8 = 80;
    /// At this many there is room again: what goes up and down between the two is one notice.
    const ROOM_AGAIN: u8 = 75;

    /// What holds when a disk is used to so many percent; what held before decides between the bounds.
    #[must_use]
    pub const fn at(self, used: u8) -> Self {
        match (used, self) {
            (Self::NEARLY_FULL.., _) => Self::Little,
            (..=Self::ROOM_AGAIN, _) => Self::Enough,
            (_, before) => before,
        }
    }
}

/// Repositories that fail of one cause at one host: they are announced together, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Host, with the port where it is not the usual one; empty when the cause is Hawser's own.
    pub host: String,
    /// How many they are; of what is over, how many they were last.
    pub repositories: u32,
}

/// The form of the webhook that notices are sent to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookForm {
    /// An `https://` address; empty for none.
    pub webhook: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_nearly_full_until_there_is_clearly_room() {
        let seen = [0, 79, 80, 100, 76, 75, 79, 81, 79];
        let room = seen.iter().scan(DiskRoom::Enough, |room, used| {
            *room = room.at(*used);
            Some(*room)
        });
        let (enough, little) = (DiskRoom::Enough, DiskRoom::Little);
        assert_eq!(
            room.collect::<Vec<_>>(),
            [enough, enough, little, little, little, enough, enough, little, little]
        );
    }

    #[test]
    fn a_subject_is_read_as_it_is_spelled() {
        let id = Uuid::from_u128(7);
        for (kind, under) in [
            ("git_target", "/gitops/"),
            ("cluster", "/gitops/"),
            ("git_connection", "/gitops/"),
            ("repository", "/charts/repositories/"),
        ] {
            let subject = Subject::parse(kind, id).unwrap();
            assert_eq!((subject.kind(), subject.id()), (kind, id));
            assert!(subject.path().starts_with(under));
        }
        assert_eq!(Subject::parse("credential", id), None);
    }
}
