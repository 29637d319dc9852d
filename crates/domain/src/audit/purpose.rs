//! What secrets are read for.

use serde::{Deserialize, Serialize};

use super::{AuditActor, AuditTarget};
use crate::{Timestamp, UserId};

macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $label:literal),+ $(,)?) => {
        /// What a secret is read for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ReadPurpose {$(
            $(#[$doc])*
            #[serde(rename = $code)]
            $name,
        )+}

        impl ReadPurpose {
            /// Every purpose.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$name),+];

            /// As the database and the API spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// For people.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)+ }
            }
        }
    };
}

purposes! {
    /// A repository is synced.
    Sync = "sync", "Sync",
    /// An update reaches a repository.
    Delivery = "delivery", "Delivery of an update",
    /// What a new address is, is asked with the login.
    NewRepository = "new_repository", "New repository",
    /// A person tests a connection.
    ConnectionTest = "connection_test", "Connection test",
    /// A candidate is tested at a repository.
    RotationTest = "rotation_test", "Test of a candidate",
    /// A candidate is looked for before it is promoted.
    Promotion = "promotion", "Promotion of a candidate",
    /// An update takes over what it does not change.
    Update = "update", "Update",
    /// An earlier version is stored again.
    RollBack = "roll_back", "Earlier secret brought back",
    /// An export with its values, for a person.
    Export = "export", "Export with values",
    /// Encrypted files for a person, or their preview.
    EncryptedFile = "encrypted_file", "Encrypted file",
    /// A Git target is pushed to, or what it would be pushed is looked at.
    Push = "push", "Push",
    /// A cluster is brought in step, or what would change there is looked at.
    Apply = "apply", "Apply",
    /// A cluster is saved.
    Cluster = "cluster", "Address of a cluster",
    /// A person looks a Git host up: its branches, its repositories.
    LookUp = "look_up", "Look-up at a Git host",
    /// The tokens of a Git account are renewed, checked or revoked.
    GitAccount = "git_account", "Git account",
    /// Who wrote the newest version in Vault is looked at.
    WriteCheck = "write_check", "Check of a write",
    /// The version that is to be destroyed is looked for.
    Destruction = "destruction", "Destruction of a version",
}

impl ReadPurpose {
    /// Reads the spelling of [`Self::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
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
