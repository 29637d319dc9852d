//! The error catalogue: why a registry could not be used, and what to do about it.
//!
//! Rows one to four are the table of the product manual (F84); the common issues are F85.

mod remedy;

pub use remedy::Remedy;
use serde::{Deserialize, Serialize};

/// Why a repository could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "`title` says what each one means")]
pub enum Cause {
    InvalidCredentials,
    NoCredential,
    LinkSuspended,
    InsufficientScope,
    TokenExpired,
    ConnectionRefused,
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
    Internal,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 27] = [
        Self::InvalidCredentials,
        Self::NoCredential,
        Self::LinkSuspended,
        Self::InsufficientScope,
        Self::TokenExpired,
        Self::ConnectionRefused,
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
            Self::Internal => "internal",
        }
    }

    /// Reads the spelling of [`Self::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }

    /// The cause in a few words, for a table cell.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidCredentials => "401 Unauthorized: invalid credentials",
            Self::NoCredential => "401 Unauthorized: authentication required",
            Self::LinkSuspended => "Credential suspended: the address changed",
            Self::InsufficientScope => "403 Forbidden: insufficient permissions",
            Self::TokenExpired => "Token expired",
            Self::ConnectionRefused => "Connection refused",
            Self::DnsFailure => "Host name not found",
            Self::Timeout => "No answer in time",
            Self::TlsUntrusted => "Certificate not trusted",
            Self::TlsNameMismatch => "Certificate is for another host",
            Self::TlsExpired => "Certificate expired",
            Self::BlockedAddress => "Address not allowed",
            Self::ForeignRealm => "Registry asks for the login at another host",
            Self::RedirectRefused => "Redirect not followed",
            Self::NotARegistry => "Not a chart repository",
            Self::HtmlInsteadOfIndex => "Web page instead of an index",
            Self::WrongKind => "Other kind of repository",
            Self::NotFound => "404 Not found",
            Self::RateLimited => "429 Too many requests",
            Self::ServerError => "Registry reports an error of its own",
            Self::ListingUnsupported => "Registry cannot list its charts",
            Self::IndexTooLarge => "Index too large",
            Self::IndexInvalid => "Index not readable",
            Self::UnsupportedTokenKind => "Kind of token not accepted",
            Self::VaultUnavailable => "Vault not available",
            Self::SecretLost => "Vault does not hold the secret",
            Self::Internal => "Error in Hawser",
        }
    }

    /// What to do, in a sentence or two.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::InvalidCredentials => {
                "The registry refused this user name and password. Verify the username and password or token; it may have been revoked or have expired. Regenerate it and update the credential."
            }
            Self::NoCredential => {
                "The registry asks for a login and no credential was selected for this repository. Edit the repository and select one."
            }
            Self::LinkSuspended => {
                "The scheme, host or port of the URL changed, so the credential is no longer sent. Select the credential again to confirm the new address."
            }
            Self::InsufficientScope => {
                "The login works, but it may not read this repository. Check that the token has the required scopes (read access), or use a different account."
            }
            Self::TokenExpired => {
                "Temporary tokens such as those of Amazon ECR expire after hours. Refresh the token and update the credential."
            }
            Self::ConnectionRefused => {
                "Nothing answers at this address. Check the port, the firewall and the network access of this server."
            }
            Self::DnsFailure => {
                "This host name does not resolve. Check the spelling of the URL and the DNS of this server."
            }
            Self::Timeout => {
                "The registry did not answer in time. Check the firewall and network access; Hawser tries again."
            }
            Self::TlsUntrusted => {
                "The certificate is not signed by an authority this server trusts."
            }
            Self::TlsNameMismatch => {
                "The certificate does not name this host. Check the host in the URL."
            }
            Self::TlsExpired => {
                "The registry's certificate is no longer valid. Its operator has to renew it."
            }
            Self::BlockedAddress => {
                "This address is private, reserved or plain http. The operator of this Hawser can allow it with HAWSER_OUTBOUND_ALLOW."
            }
            Self::ForeignRealm => {
                "The registry wants the password sent to another host, and that pair of hosts is not known to be safe. Nothing was sent."
            }
            Self::RedirectRefused => {
                "The registry redirects to an address that is not followed with a credential. Use the final address as the URL."
            }
            Self::NotARegistry => {
                "The address answers, but neither as a Helm repository (index.yaml) nor as an OCI registry (/v2/). Check the URL."
            }
            Self::HtmlInsteadOfIndex => {
                "The address answers with a web page, often a login page. Use the address of the repository itself, the one that `helm repo add` takes."
            }
            Self::WrongKind => {
                "The address belongs to the other kind of repository. Switch between Helm HTTP and OCI."
            }
            Self::NotFound => {
                "The registry says this does not exist. Private registries often say so when the account has no access: check the path, then the permissions."
            }
            Self::RateLimited => {
                "The registry limits the number of requests. Hawser waits and tries again."
            }
            Self::ServerError => {
                "The registry answered with an error of its own. Hawser tries again."
            }
            Self::ListingUnsupported => {
                "This registry has no catalog. Type the names of the charts."
            }
            Self::IndexTooLarge => {
                "The answer is larger than this server accepts. The last good set of charts is kept."
            }
            Self::IndexInvalid => {
                "The index is not valid YAML or JSON of a Helm repository. The last good set of charts is kept."
            }
            Self::UnsupportedTokenKind => {
                "The registry does not accept this kind of token. Create one of the kind that the provider's guide names."
            }
            Self::VaultUnavailable => {
                "Vault is sealed, on standby or unreachable, so the credential cannot be read. Nothing is wrong with the credential; Hawser goes on as soon as Vault answers."
            }
            Self::SecretLost => {
                "Vault does not hold the stored version any more. Type the password again."
            }
            Self::Internal => "Hawser failed here. The log of the server says why.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_its_own_code_and_words() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.code()), Some(cause));
            assert!(!cause.title().is_empty() && cause.message().ends_with('.'));
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
