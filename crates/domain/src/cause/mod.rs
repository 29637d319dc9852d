//! The error catalogue: why another machine could not be used, and what to do about it.
//!
//! Rows one to four are the table of the product manual (F84); the common issues are F85.

mod remedy;
mod words;

pub use remedy::Remedy;
use serde::{Deserialize, Serialize};
pub use words::{RemoteKind, Words};

macro_rules! causes {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// Why a repository, Git server, cluster or GitHub could not be used. What people read of it
        /// depends on who was asked: [`Cause::words`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Cause {$(
            $(#[$doc])*
            #[serde(rename = $code)]
            $name,
        )+}

        impl Cause {
            /// Every cause.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$name),+];

            /// As the database, the metrics and the API spell it.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)+
                }
            }
        }
    };
}

causes! {
    /// The login was refused (401).
    InvalidCredentials = "invalid_credentials",
    /// A login was asked for, and there is none to send (401).
    NoCredential = "no_credential",
    /// The address of the repository is another one now, so its credential is not sent.
    LinkSuspended = "link_suspended",
    /// The address is none that was allowed for the credential, so its login is not sent.
    AddressNotAllowed = "address_not_allowed",
    /// The login was taken and may not do this (403).
    InsufficientScope = "insufficient_scope",
    /// A token that lives for hours has ended.
    TokenExpired = "token_expired",
    /// Nothing answers at the address.
    ConnectionRefused = "connection_refused",
    /// The connection was closed before an answer came.
    ConnectionClosed = "connection_closed",
    /// The host name does not resolve.
    DnsFailure = "dns_failure",
    /// No answer came in time.
    Timeout = "timeout",
    /// The certificate is of no authority that is trusted.
    TlsUntrusted = "tls_untrusted",
    /// The certificate names other hosts.
    TlsNameMismatch = "tls_name_mismatch",
    /// The certificate is not valid any more.
    TlsExpired = "tls_expired",
    /// The address is not allowed: private, reserved or plain http.
    BlockedAddress = "blocked_address",
    /// The login was wanted at another host, and was not sent.
    ForeignRealm = "foreign_realm",
    /// A redirect was not followed.
    RedirectRefused = "redirect_refused",
    /// What answers is neither kind of repository.
    NotARegistry = "not_a_registry",
    /// A web page answers where an index should.
    HtmlInsteadOfIndex = "html_instead_of_index",
    /// The repository is of the other kind.
    WrongKind = "wrong_kind",
    /// There is no such thing, or the login may not see it (404).
    NotFound = "not_found",
    /// Too many requests (429).
    RateLimited = "rate_limited",
    /// The other machine failed (5xx), or answered what makes no sense.
    ServerError = "server_error",
    /// The registry does not tell what it holds.
    ListingUnsupported = "listing_unsupported",
    /// The answer is larger than what is accepted.
    IndexTooLarge = "index_too_large",
    /// The answer cannot be read.
    IndexInvalid = "index_invalid",
    /// The token is of a kind that is not taken there, or must not go there.
    UnsupportedTokenKind = "unsupported_token_kind",
    /// Vault does not answer; that says nothing of the credential.
    VaultUnavailable = "vault_unavailable",
    /// Vault answers, and does not allow Hawser what it has to do; that says nothing of the credential.
    VaultRefused = "vault_refused",
    /// Vault does not hold the version that counts.
    SecretLost = "secret_lost",
    /// The host refused the credential too often, so it is not sent there.
    CredentialPaused = "credential_paused",
    /// The operator did not turn on the identity of the server that the credential uses.
    AmbientDisabled = "ambient_disabled",
    /// The AWS region is told neither by the host nor by the credential.
    RegionUnknown = "region_unknown",
    /// The provider gave no token for the key.
    ExchangeRefused = "exchange_refused",
    /// The token is not authorized for the single sign-on of its organization.
    SsoRequired = "sso_required",
    /// The organization lets only tokens and apps in that it approved.
    OrganizationRestricted = "organization_restricted",
    /// The proxy refused, or failed.
    ProxyError = "proxy_error",
    /// A client certificate was asked for, or the one that was shown was refused.
    ClientCertificate = "client_certificate",
    /// GitHub does not take a connected account any more.
    ConnectionRevoked = "connection_revoked",
    /// A connected account lacks a scope.
    ScopeMissing = "scope_missing",
    /// The branch takes no direct commits.
    BranchProtected = "branch_protected",
    /// The Git server rejected the commit, by a hook or a rule.
    PushRejected = "push_rejected",
    /// Others pushed to the branch at the same time, again and again.
    BranchMoved = "branch_moved",
    /// The branch that a new one starts from does not exist.
    BaseMissing = "base_missing",
    /// The branch that takes a pull request does not exist.
    BranchMissing = "branch_missing",
    /// Somebody closed the pull request without merging it.
    RequestClosed = "request_closed",
    /// What answers is no Git repository.
    NotAGitRepository = "not_a_git_repository",
    /// The Git repository names its objects by SHA-256.
    ObjectFormat = "object_format",
    /// A file that would be written is there and is not of Hawser.
    FileNotOurs = "file_not_ours",
    /// The newest commit is larger than what is downloaded.
    RepositoryTooLarge = "repository_too_large",
    /// Something in an export cannot be written.
    ExportIncomplete = "export_incomplete",
    /// A manifest would have carried a secret in the clear.
    SecretInOutput = "secret_in_output",
    /// Another manager owns a field of an object.
    ClusterConflict = "cluster_conflict",
    /// The API server refused an object.
    ClusterRefused = "cluster_refused",
    /// The cluster does not know this kind of object.
    ClusterApiMissing = "cluster_api_missing",
    /// The cluster does not have the namespace.
    NamespaceMissing = "namespace_missing",
    /// Hawser failed itself.
    Internal = "internal",
}

impl Cause {
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
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.code());
        }
        let mut codes: Vec<_> = Cause::ALL.iter().map(|cause| cause.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Cause::ALL.len());
    }

    #[test]
    fn the_table_of_the_manual_is_kept() {
        let words = |cause: Cause| cause.words(RemoteKind::Registry);
        let unauthorized = words(Cause::InvalidCredentials);
        assert!(unauthorized.title.starts_with("401 Unauthorized"));
        assert!(unauthorized.message.contains("Verify the username and password or token"));
        let forbidden = words(Cause::InsufficientScope);
        assert!(forbidden.title.starts_with("403 Forbidden"));
        assert!(forbidden.message.contains("required scopes"));
        assert!(words(Cause::TokenExpired).message.contains("Refresh the token"));
        let refused = words(Cause::ConnectionRefused);
        assert!(refused.message.contains("firewall and the network access"));
    }
}
