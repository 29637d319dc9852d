//! The words about GitHub itself, when an account is connected, looked at or disconnected.

use super::{Words, shared, words};
use crate::Cause;

#[expect(clippy::too_many_lines, reason = "one row for each cause")]
pub(super) const fn of(cause: Cause) -> Words {
    match cause {
        Cause::InvalidCredentials => words(
            "GitHub refused the token",
            "GitHub does not take the token of this account. Connect the account again.",
        ),
        Cause::InsufficientScope => words(
            "GitHub does not allow it",
            "The account may not do this at GitHub. Check its role there, and what it was connected with.",
        ),
        Cause::ConnectionRefused => words(
            "GitHub does not answer",
            "Nothing answers at the address of GitHub. Nothing was changed, here or there; try again in a while.",
        ),
        Cause::ConnectionClosed => words(
            "GitHub closed the connection",
            "The connection to GitHub was closed before a whole answer came. Nothing was changed here; try again in a while. If it goes on, the operator of this Hawser has to check the proxies and firewalls on the way.",
        ),
        Cause::DnsFailure => words(
            "GitHub's host name not found",
            "The host name of GitHub does not resolve on this server. Nothing was changed, here or there.",
        ),
        Cause::Timeout => words(
            "GitHub did not answer in time",
            "GitHub did not answer in time. Nothing was changed here; try again in a while.",
        ),
        Cause::TlsUntrusted => words(
            shared::UNTRUSTED,
            "The certificate of GitHub is not signed by an authority this server trusts. The operator of this Hawser can add it.",
        ),
        Cause::TlsNameMismatch => shared::NAME_MISMATCH,
        Cause::TlsExpired => shared::TLS_EXPIRED,
        Cause::BlockedAddress => shared::BLOCKED,
        Cause::RedirectRefused => words(
            shared::REDIRECT,
            "GitHub redirects elsewhere, which is not followed with a token. The operator of this Hawser has to check the address of GitHub.",
        ),
        Cause::NotFound => words(
            shared::NOT_FOUND,
            "GitHub says that this does not exist. It says the same when the account may not see it.",
        ),
        Cause::RateLimited => words(
            "GitHub limits requests",
            "GitHub takes no more requests from this account for now. Try again in a while.",
        ),
        Cause::ServerError => words(
            "GitHub reports an error of its own",
            "GitHub answered with an error of its own. Nothing was changed here, and nothing is wrong with the account; try again in a while.",
        ),
        Cause::IndexTooLarge => shared::TOO_LARGE,
        Cause::IndexInvalid => shared::UNREADABLE,
        Cause::VaultUnavailable => shared::VAULT_UNAVAILABLE,
        Cause::VaultRefused => shared::VAULT_REFUSED,
        Cause::SecretLost => words(
            shared::SECRET_LOST,
            "Vault does not hold the tokens of this account any more. Connect it again.",
        ),
        Cause::CredentialPaused => words(
            shared::PAUSED,
            "GitHub refused this account three times in a row, so Hawser stopped trying. Connect it again, or resume it on the page of its credential.",
        ),
        Cause::ExchangeRefused => words(
            "GitHub refuses this Hawser",
            "GitHub does not take the client id and secret of this Hawser. Its operator has to check them.",
        ),
        Cause::SsoRequired => words(
            "Single sign-on required",
            "The organization uses single sign-on and the account is not signed in to it. Sign in there, then connect the account again.",
        ),
        Cause::OrganizationRestricted => shared::RESTRICTED,
        Cause::ProxyError => {
            words(shared::PROXY, "The proxy refused the request or could not reach GitHub.")
        }
        Cause::ConnectionRevoked => shared::CONNECTION_REVOKED,
        Cause::ScopeMissing => shared::SCOPE_MISSING,
        Cause::NoCredential
        | Cause::LinkSuspended
        | Cause::AddressNotAllowed
        | Cause::TokenExpired
        | Cause::ForeignRealm
        | Cause::NotARegistry
        | Cause::HtmlInsteadOfIndex
        | Cause::WrongKind
        | Cause::ListingUnsupported
        | Cause::UnsupportedTokenKind
        | Cause::AmbientDisabled
        | Cause::RegionUnknown
        | Cause::ClientCertificate
        | Cause::BranchProtected
        | Cause::PushRejected
        | Cause::BranchMoved
        | Cause::BaseMissing
        | Cause::BranchMissing
        | Cause::RequestClosed
        | Cause::NotAGitRepository
        | Cause::ObjectFormat
        | Cause::FileNotOurs
        | Cause::RepositoryTooLarge
        | Cause::ExportIncomplete
        | Cause::SecretInOutput
        | Cause::ClusterConflict
        | Cause::ClusterRefused
        | Cause::ClusterApiMissing
        | Cause::NamespaceMissing
        | Cause::Internal => shared::NOT_HERE,
    }
}
