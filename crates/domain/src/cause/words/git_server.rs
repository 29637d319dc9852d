//! The words about Git servers.

use super::{Words, shared, words};
use crate::Cause;

#[expect(clippy::too_many_lines, reason = "one row for each cause")]
pub(super) const fn of(cause: Cause) -> Words {
    match cause {
        Cause::InvalidCredentials => words(
            shared::UNAUTHORIZED,
            "The Git server refused this user name and token. It may have been revoked or have expired. Make a new token and update the credential.",
        ),
        Cause::NoCredential => words(
            shared::NO_LOGIN,
            "The Git server asks for a login. Select a credential that opens this repository.",
        ),
        Cause::InsufficientScope => words(
            shared::FORBIDDEN,
            "The login works, but it may not do this in the repository. Pushing needs write access to its contents, and pull requests need write access to those: check the scopes of the token and the role of the account.",
        ),
        Cause::TokenExpired => {
            words("Token expired", "The token has ended. Make a new one and update the credential.")
        }
        Cause::ConnectionRefused => shared::CONNECTION_REFUSED,
        Cause::ConnectionClosed => words(
            shared::CONNECTION_CLOSED,
            "The connection to the Git server was closed before a whole answer came. If it goes on, check the port, and the proxies and firewalls on the way.",
        ),
        Cause::DnsFailure => shared::DNS_FAILURE,
        Cause::Timeout => words(
            shared::TIMEOUT,
            "The Git server did not answer in time. Check the firewall and network access.",
        ),
        Cause::TlsUntrusted => words(
            shared::UNTRUSTED,
            "The certificate is not signed by an authority this server trusts. Ask the operator of the Git server for the certificate of its authority, and add it to the Git target.",
        ),
        Cause::TlsNameMismatch => shared::NAME_MISMATCH,
        Cause::TlsExpired => shared::TLS_EXPIRED,
        Cause::BlockedAddress => shared::BLOCKED,
        Cause::ForeignRealm => words(
            "Login wanted at another host",
            "The Git server wants the token sent to another host, and that pair of hosts is not known to be safe. Nothing was sent.",
        ),
        Cause::RedirectRefused => words(
            shared::REDIRECT,
            "The Git server redirects to another address, and a token is not sent there. If that address is the right one, use it as the URL.",
        ),
        Cause::NotFound => words(
            shared::NOT_FOUND,
            "The Git server knows no such repository. It says the same when the account has no access: check the URL, then the permissions.",
        ),
        Cause::RateLimited => {
            words(shared::RATE_LIMITED, "The Git server limits the number of requests.")
        }
        Cause::ServerError => words(
            "Git server reports an error of its own",
            "The Git server answered with an error of its own.",
        ),
        Cause::IndexTooLarge => shared::TOO_LARGE,
        Cause::IndexInvalid => shared::UNREADABLE,
        Cause::UnsupportedTokenKind => words(
            shared::UNSUPPORTED_TOKEN,
            "The Git server does not accept this kind of token. Create one of the kind that the provider's guide names.",
        ),
        Cause::VaultUnavailable => shared::VAULT_UNAVAILABLE,
        Cause::VaultRefused => shared::VAULT_REFUSED,
        Cause::SecretLost => words(
            shared::SECRET_LOST,
            "Vault does not hold the stored version any more. Type the token again, or connect the account again.",
        ),
        Cause::CredentialPaused => words(
            shared::PAUSED,
            "The Git server refused this credential three times in a row, so Hawser stopped trying before the account is locked. Update the credential, or resume it on its page.",
        ),
        Cause::AmbientDisabled => shared::AMBIENT_DISABLED,
        Cause::RegionUnknown => shared::REGION_UNKNOWN,
        Cause::ExchangeRefused => shared::EXCHANGE_REFUSED,
        Cause::SsoRequired => shared::SSO_REQUIRED,
        Cause::OrganizationRestricted => shared::RESTRICTED,
        Cause::ProxyError => words(
            shared::PROXY,
            "The proxy of this Git target refused the request or could not reach the Git server. Check the proxy, or choose another.",
        ),
        Cause::ClientCertificate => words(
            shared::CLIENT_CERTIFICATE,
            "The Git server asks for a client certificate, or refused the one it was shown. Select a credential that it takes.",
        ),
        Cause::ConnectionRevoked => shared::CONNECTION_REVOKED,
        Cause::ScopeMissing => shared::SCOPE_MISSING,
        Cause::BranchProtected => words(
            "Branch is protected",
            "The server does not take direct commits on this branch. Let the target open a pull request instead, or allow the account to push.",
        ),
        Cause::PushRejected => words(
            "Push rejected",
            "The server rejected the commit, for example by a hook or a rule. The Git target shows the reason it gave.",
        ),
        Cause::BranchMoved => words(
            "Branch keeps moving",
            "Others pushed to the branch at the same time, five times in a row.",
        ),
        Cause::BaseMissing => words(
            "Base branch does not exist",
            "The repository is there, but the branch that a new one starts from is not. Choose another base branch, or leave it empty for the default branch.",
        ),
        Cause::BranchMissing => words(
            "Branch does not exist",
            "The repository is there, but the branch that takes the pull request is not. Make it at the server, or choose another.",
        ),
        Cause::RequestClosed => words(
            "Pull request was closed",
            "The pull request was closed without being merged, so the branch does not have the changes. Sync now opens a new one, and so does the next change.",
        ),
        Cause::NotAGitRepository => words(
            "Not a Git repository",
            "The address answers, but not as a Git repository over HTTPS. Check the URL.",
        ),
        Cause::ObjectFormat => words(
            "SHA-256 repositories are not supported",
            "This repository names its objects by SHA-256 (git init --object-format=sha256), and Hawser reads and writes SHA-1 alone. Use a repository with SHA-1 objects.",
        ),
        Cause::FileNotOurs => words(
            "File belongs to somebody else",
            "A file that Hawser would write is already there and was not written by Hawser. Choose another folder, or remove the file.",
        ),
        Cause::RepositoryTooLarge => words(
            "Repository too large",
            "The newest commit of this repository is larger than this server downloads. Let the Git server filter what it sends (partial clone), or use a smaller repository for the target.",
        ),
        Cause::ExportIncomplete => shared::EXPORT_INCOMPLETE,
        Cause::SecretInOutput => shared::SECRET_IN_OUTPUT,
        Cause::LinkSuspended
        | Cause::AddressNotAllowed
        | Cause::NotARegistry
        | Cause::HtmlInsteadOfIndex
        | Cause::WrongKind
        | Cause::ListingUnsupported
        | Cause::ClusterConflict
        | Cause::ClusterRefused
        | Cause::ClusterApiMissing
        | Cause::NamespaceMissing
        | Cause::Internal => shared::NOT_HERE,
    }
}
