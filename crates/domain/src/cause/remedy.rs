//! Where to mend a cause, and whether waiting can help.

use serde::{Deserialize, Serialize};

use super::Cause;

/// Where the page sends a person to mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// The password or token of the credential.
    Credential,
    /// The credential field of the repository.
    Link,
    /// The URL of the repository.
    Url,
    /// The kind of the repository (Helm HTTP or OCI).
    Kind,
    /// The chart names of the repository.
    Charts,
    /// The certificate authority of the repository.
    Authority,
    /// The proxy of the repository.
    Proxy,
    /// The Git target or cluster, or the exports it takes.
    Place,
    /// Nothing to change: Hawser tries again.
    Wait,
    /// The operator of this Hawser.
    Operator,
}

impl Cause {
    /// Where to mend it.
    #[must_use]
    pub const fn remedy(self) -> Remedy {
        match self {
            Self::InvalidCredentials
            | Self::InsufficientScope
            | Self::TokenExpired
            | Self::UnsupportedTokenKind
            | Self::SecretLost
            | Self::CredentialPaused
            | Self::RegionUnknown
            | Self::ExchangeRefused
            | Self::SsoRequired
            | Self::OrganizationRestricted
            | Self::ConnectionRevoked
            | Self::ScopeMissing
            | Self::LinkSuspended
            | Self::AddressNotAllowed => Remedy::Credential,
            Self::NoCredential | Self::ClientCertificate => Remedy::Link,
            Self::BranchProtected
            | Self::PushRejected
            | Self::BaseMissing
            | Self::BranchMissing
            | Self::RequestClosed
            | Self::FileNotOurs
            | Self::RepositoryTooLarge
            | Self::ExportIncomplete
            | Self::SecretInOutput
            | Self::ClusterConflict
            | Self::ClusterRefused
            | Self::ClusterApiMissing
            | Self::NamespaceMissing => Remedy::Place,
            Self::TlsUntrusted => Remedy::Authority,
            Self::ProxyError => Remedy::Proxy,
            Self::ConnectionRefused
            | Self::DnsFailure
            | Self::TlsNameMismatch
            | Self::NotARegistry
            | Self::HtmlInsteadOfIndex
            | Self::NotFound
            | Self::NotAGitRepository
            | Self::ObjectFormat
            | Self::RedirectRefused => Remedy::Url,
            Self::WrongKind => Remedy::Kind,
            Self::ListingUnsupported => Remedy::Charts,
            Self::Timeout
            | Self::ConnectionClosed
            | Self::RateLimited
            | Self::ServerError
            | Self::VaultUnavailable
            | Self::TlsExpired
            | Self::BranchMoved
            | Self::IndexInvalid => Remedy::Wait,
            Self::AmbientDisabled
            | Self::BlockedAddress
            | Self::ForeignRealm
            | Self::IndexTooLarge
            | Self::VaultRefused
            | Self::Internal => Remedy::Operator,
        }
    }

    /// Whether it is about Vault, and about nothing that a person gave: then it is tried until it passes.
    #[must_use]
    pub const fn is_vaults(self) -> bool {
        matches!(self, Self::VaultUnavailable | Self::VaultRefused)
    }

    /// Whether trying again without any change can help.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        matches!(
            self,
            Self::ConnectionRefused
                | Self::ConnectionClosed
                | Self::DnsFailure
                | Self::Timeout
                | Self::RateLimited
                | Self::ServerError
                | Self::VaultUnavailable
                | Self::VaultRefused
                | Self::ProxyError
                | Self::BranchMoved
                | Self::Internal
        )
    }
}
