//! The error catalogue: why another machine could not be used, and what to do about it.
//!
//! Rows one to four are the table of the product manual (F84); the common issues are F85.

mod remedy;
mod words;

pub use remedy::Remedy;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
pub use words::{RemoteKind, Words};

/// Why a repository, Git server, cluster or GitHub could not be used. What people read of it
/// depends on who was asked: [`Cause::words`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Cause {
    /// The login was refused (401).
    InvalidCredentials,
    /// A login was asked for, and there is none to send (401).
    NoCredential,
    /// The address of the repository is another one now, so its credential is not sent.
    LinkSuspended,
    /// The address is none that was allowed for the credential, so its login is not sent.
    AddressNotAllowed,
    /// The login was taken and may not do this (403).
    InsufficientScope,
    /// A token that lives for hours has ended.
    TokenExpired,
    /// Nothing answers at the address.
    ConnectionRefused,
    /// The connection was closed before an answer came.
    ConnectionClosed,
    /// The host name does not resolve.
    DnsFailure,
    /// No answer came in time.
    Timeout,
    /// The certificate is of no authority that is trusted.
    TlsUntrusted,
    /// The certificate names other hosts.
    TlsNameMismatch,
    /// The certificate is not valid any more.
    TlsExpired,
    /// The address is not allowed: private, reserved or plain http.
    BlockedAddress,
    /// The login was wanted at another host, and was not sent.
    ForeignRealm,
    /// A redirect was not followed.
    RedirectRefused,
    /// What answers is neither kind of repository.
    NotARegistry,
    /// A web page answers where an index should.
    HtmlInsteadOfIndex,
    /// The repository is of the other kind.
    WrongKind,
    /// There is no such thing, or the login may not see it (404).
    NotFound,
    /// Too many requests (429).
    RateLimited,
    /// The other machine failed (5xx), or answered what makes no sense.
    ServerError,
    /// The registry does not tell what it holds.
    ListingUnsupported,
    /// The answer is larger than what is accepted.
    IndexTooLarge,
    /// The answer cannot be read.
    IndexInvalid,
    /// The token is of a kind that is not taken there, or must not go there.
    UnsupportedTokenKind,
    /// Vault does not answer; that says nothing of the credential.
    VaultUnavailable,
    /// Vault answers, and does not allow Hawser what it has to do; that says nothing of the credential.
    VaultRefused,
    /// Vault does not hold the version that counts.
    SecretLost,
    /// The host refused the credential too often, so it is not sent there.
    CredentialPaused,
    /// The operator did not turn on the identity of the server that the credential uses.
    AmbientDisabled,
    /// The AWS region is told neither by the host nor by the credential.
    RegionUnknown,
    /// The provider gave no token for the key.
    ExchangeRefused,
    /// The token is not authorized for the single sign-on of its organization.
    SsoRequired,
    /// The organization lets only tokens and apps in that it approved.
    OrganizationRestricted,
    /// The proxy refused, or failed.
    ProxyError,
    /// A client certificate was asked for, or the one that was shown was refused.
    ClientCertificate,
    /// GitHub does not take a connected account any more.
    ConnectionRevoked,
    /// A connected account lacks a scope.
    ScopeMissing,
    /// The branch takes no direct commits.
    BranchProtected,
    /// The Git server rejected the commit, by a hook or a rule.
    PushRejected,
    /// Others pushed to the branch at the same time, again and again.
    BranchMoved,
    /// The branch that a new one starts from does not exist.
    BaseMissing,
    /// The branch that takes a pull request does not exist.
    BranchMissing,
    /// Somebody closed the pull request without merging it.
    RequestClosed,
    /// What answers is no Git repository.
    NotAGitRepository,
    /// The Git repository names its objects by SHA-256.
    ObjectFormat,
    /// A file that would be written is there and is not of Hawser.
    FileNotOurs,
    /// The newest commit is larger than what is downloaded.
    RepositoryTooLarge,
    /// Something in an export cannot be written.
    ExportIncomplete,
    /// A manifest would have carried a secret in the clear.
    SecretInOutput,
    /// Another manager owns a field of an object.
    ClusterConflict,
    /// The API server refused an object.
    ClusterRefused,
    /// The cluster does not know this kind of object.
    ClusterApiMissing,
    /// The cluster does not have the namespace.
    NamespaceMissing,
    /// Hawser failed itself.
    Internal,
}

spelled!(Cause);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_its_own_code() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.as_str()), Some(cause));
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.as_str());
        }
        let mut codes: Vec<_> = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
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
