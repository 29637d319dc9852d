//! Identifiers: UUIDs with a type each, so that one cannot be passed for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier (UUID version 7, so that ids made later sort later).
            #[cfg(feature = "host")]
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The identifier as a UUID, as the database keeps it.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        #[cfg(feature = "host")]
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// An organization.
    OrganizationId,
    /// A person's account.
    UserId,
    /// A credential.
    CredentialId,
    /// One intended write of a secret to Vault.
    OperationId,
    /// A scope inside an organization.
    ProjectId,
    /// A notice to people.
    NoticeId,
    /// A chart repository.
    RepositoryId,
    /// A chart inside a repository.
    ChartId,
    /// One run of a sync.
    SyncRunId,
    /// All deliveries of one update.
    PropagationId,
    /// One credential version on its way to one link.
    DeliveryId,
    /// A piece of background work.
    JobId,
    /// One action on many rows of a list.
    BulkRunId,
    /// An entry of the audit log.
    AuditEventId,
    /// An export.
    ExportId,
    /// A branch and folder of a Git repository that exports are written to.
    GitTargetId,
    /// A Kubernetes API server that exports are applied to.
    ClusterId,
    /// An origin to which the login of a credential may go.
    AllowedAddressId,
    /// An origin that somebody asked for.
    AddressRequestId,
    /// An invitation to an organization.
    InvitationId,
}
