//! The error catalogue: why another machine could not be used, and what to do about it.
//!
//! Rows one to four are the table of the product manual (F84); the common issues are F85.

mod remedy;
mod words;

pub use remedy::Remedy;
use serde::{Deserialize, Serialize};
pub use words::{Asked, Words};

/// Why a repository, Git server, cluster or GitHub could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "`words` says what each one means")]
pub enum Cause {
    InvalidCredentials,
    NoCredential,
    LinkSuspended,
    InsufficientScope,
    TokenExpired,
    ConnectionRefused,
    ConnectionClosed,
    DnsFailure,
    Timeout,
    TlsUntrusted,
    TlsNameMismatch,
    TlsExpired,
    BlockedAddress,
    ForeignRealm,
    RedirectRefused,
    NotARegistry,
    HtmlInsteadOfIndex,
    WrongKind,
    NotFound,
    RateLimited,
    ServerError,
    ListingUnsupported,
    IndexTooLarge,
    IndexInvalid,
    UnsupportedTokenKind,
    VaultUnavailable,
    SecretLost,
    CredentialPaused,
    AmbientDisabled,
    RegionUnknown,
    ExchangeRefused,
    SsoRequired,
    OrganizationRestricted,
    ProxyError,
    ClientCertificate,
    ConnectionRevoked,
    ScopeMissing,
    BranchProtected,
    PushRejected,
    BranchMoved,
    BaseMissing,
    BranchMissing,
    RequestClosed,
    NotAGitRepository,
    FileNotOurs,
    RepositoryTooLarge,
    ExportIncomplete,
    SecretInOutput,
    ClusterConflict,
    ClusterRefused,
    ClusterApiMissing,
    NamespaceMissing,
    Internal,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 53] = [
        Self::InvalidCredentials,
        Self::NoCredential,
        Self::LinkSuspended,
        Self::InsufficientScope,
        Self::TokenExpired,
        Self::ConnectionRefused,
        Self::ConnectionClosed,
        Self::DnsFailure,
        Self::Timeout,
        Self::TlsUntrusted,
        Self::TlsNameMismatch,
        Self::TlsExpired,
        Self::BlockedAddress,
        Self::ForeignRealm,
        Self::RedirectRefused,
        Self::NotARegistry,
        Self::HtmlInsteadOfIndex,
        Self::WrongKind,
        Self::NotFound,
        Self::RateLimited,
        Self::ServerError,
        Self::ListingUnsupported,
        Self::IndexTooLarge,
        Self::IndexInvalid,
        Self::UnsupportedTokenKind,
        Self::VaultUnavailable,
        Self::SecretLost,
        Self::CredentialPaused,
        Self::AmbientDisabled,
        Self::RegionUnknown,
        Self::ExchangeRefused,
        Self::SsoRequired,
        Self::OrganizationRestricted,
        Self::ProxyError,
        Self::ClientCertificate,
        Self::ConnectionRevoked,
        Self::ScopeMissing,
        Self::BranchProtected,
        Self::PushRejected,
        Self::BranchMoved,
        Self::BaseMissing,
        Self::BranchMissing,
        Self::RequestClosed,
        Self::NotAGitRepository,
        Self::FileNotOurs,
        Self::RepositoryTooLarge,
        Self::ExportIncomplete,
        Self::SecretInOutput,
        Self::ClusterConflict,
        Self::ClusterRefused,
        Self::ClusterApiMissing,
        Self::NamespaceMissing,
        Self::Internal,
    ];

    /// As the database, the metrics and the API spell it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidCredentials => "invalid_credentials",
            Self::NoCredential => "no_credential",
            Self::LinkSuspended => "link_suspended",
            Self::InsufficientScope => "insufficient_scope",
            Self::TokenExpired => "token_expired",
            Self::ConnectionRefused => "connection_refused",
            Self::ConnectionClosed => "connection_closed",
            Self::DnsFailure => "dns_failure",
            Self::Timeout => "timeout",
            Self::TlsUntrusted => "tls_untrusted",
            Self::TlsNameMismatch => "tls_name_mismatch",
            Self::TlsExpired => "tls_expired",
            Self::BlockedAddress => "blocked_address",
            Self::ForeignRealm => "foreign_realm",
            Self::RedirectRefused => "redirect_refused",
            Self::NotARegistry => "not_a_registry",
            Self::HtmlInsteadOfIndex => "html_instead_of_index",
            Self::WrongKind => "wrong_kind",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::ListingUnsupported => "listing_unsupported",
            Self::IndexTooLarge => "index_too_large",
            Self::IndexInvalid => "index_invalid",
            Self::UnsupportedTokenKind => "unsupported_token_kind",
            Self::VaultUnavailable => "vault_unavailable",
            Self::SecretLost => "secret_lost",
            Self::CredentialPaused => "credential_paused",
            Self::AmbientDisabled => "ambient_disabled",
            Self::RegionUnknown => "region_unknown",
            Self::ExchangeRefused => "exchange_refused",
            Self::SsoRequired => "sso_required",
            Self::OrganizationRestricted => "organization_restricted",
            Self::ProxyError => "proxy_error",
            Self::ClientCertificate => "client_certificate",
            Self::ConnectionRevoked => "connection_revoked",
            Self::ScopeMissing => "scope_missing",
            Self::BranchProtected => "branch_protected",
            Self::PushRejected => "push_rejected",
            Self::BranchMoved => "branch_moved",
            Self::BaseMissing => "base_missing",
            Self::BranchMissing => "branch_missing",
            Self::RequestClosed => "request_closed",
            Self::NotAGitRepository => "not_a_git_repository",
            Self::FileNotOurs => "file_not_ours",
            Self::RepositoryTooLarge => "repository_too_large",
            Self::ExportIncomplete => "export_incomplete",
            Self::SecretInOutput => "secret_in_output",
            Self::ClusterConflict => "cluster_conflict",
            Self::ClusterRefused => "cluster_refused",
            Self::ClusterApiMissing => "cluster_api_missing",
            Self::NamespaceMissing => "namespace_missing",
            Self::Internal => "internal",
        }
    }

    /// Reads the spelling of [`Self::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_its_own_code() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.code()), Some(cause));
        }
        let mut codes: Vec<_> = Cause::ALL.iter().map(|cause| cause.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Cause::ALL.len());
    }

    #[test]
    fn the_table_of_the_manual_is_kept() {
        assert!(Cause::InvalidCredentials.title().starts_with("401 Unauthorized"));
        assert!(
            Cause::InvalidCredentials
                .message()
                .contains("Verify the username and password or token")
        );
        assert!(Cause::InsufficientScope.title().starts_with("403 Forbidden"));
        assert!(Cause::InsufficientScope.message().contains("required scopes"));
        assert!(Cause::TokenExpired.message().contains("Refresh the token"));
        assert!(Cause::ConnectionRefused.message().contains("firewall and the network access"));
    }
}
