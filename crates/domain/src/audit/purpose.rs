//! What secrets are read for.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::{AuditActor, AuditTarget};
use crate::{Timestamp, UserId};

/// What a secret is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum ReadPurpose {
    /// A repository is synced.
    Sync,
    /// An update reaches a repository.
    Delivery,
    /// What a new address is, is asked with the login.
    NewRepository,
    /// A person tests a connection.
    ConnectionTest,
    /// A candidate is tested at a repository.
    RotationTest,
    /// A candidate is looked for before it is promoted.
    Promotion,
    /// An update takes over what it does not change.
    Update,
    /// An earlier version is stored again.
    RollBack,
    /// An export with its values, for a person.
    Export,
    /// Encrypted files for a person, or their preview.
    EncryptedFile,
    /// A Git target is pushed to, or what it would be pushed is looked at.
    Push,
    /// A cluster is brought in step, or what would change there is looked at.
    Apply,
    /// A cluster is saved.
    Cluster,
    /// A person looks a Git host up: its branches, its repositories.
    LookUp,
    /// The tokens of a Git account are renewed, checked or revoked.
    GitAccount,
    /// Who wrote the newest version in Vault is looked at.
    WriteCheck,
    /// The version that is to be destroyed is looked for.
    Destruction,
}

spelled!(ReadPurpose);

impl ReadPurpose {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sync => "Sync",
            Self::Delivery => "Delivery of an update",
            Self::NewRepository => "New repository",
            Self::ConnectionTest => "Connection test",
            Self::RotationTest => "Test of a candidate",
            Self::Promotion => "Promotion of a candidate",
            Self::Update => "Update",
            Self::RollBack => "Roll back",
            Self::Export => "Download with values",
            Self::EncryptedFile => "Encrypted file",
            Self::Push => "Push",
            Self::Apply => "Apply",
            Self::Cluster => "Look-up of a cluster address",
            Self::LookUp => "Look-up at a Git host",
            Self::GitAccount => "Git account",
            Self::WriteCheck => "Check of a write",
            Self::Destruction => "Destruction of a version",
        }
    }
}

/// How a secret was read in an hour, for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretUses {
    /// When the last one was.
    pub at: Timestamp,
    /// The credential; `None` for what was written before ids were.
    pub credential: Option<AuditTarget>,
    /// Its name then.
    pub name: String,
    /// What for; `None` for what was written before purposes were.
    pub purpose: Option<ReadPurpose>,
    /// By whom and where, the last one first.
    pub uses: Vec<SecretUse>,
}

impl SecretUses {
    /// Lines of the log. Reads within a minute are one.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.uses.iter().map(|one| one.lines).sum()
    }
}

/// Reads of one version at one host by one asker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretUse {
    /// When the last one was.
    pub at: Timestamp,
    /// Who asked.
    pub actor: AuditActor,
    /// Their id.
    pub actor_id: Option<UserId>,
    /// Who was shown it; empty where nobody was.
    pub host: String,
    /// Such as `version 3`.
    pub detail: String,
    /// Lines of the log.
    pub lines: u64,
}
