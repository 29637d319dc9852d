//! The words about registries. Rows one to four are the table of the product manual (F84).

use super::{Words, shared, words};
use crate::Cause;

#[expect(clippy::too_many_lines, reason = "one row for each cause")]
pub(super) const fn of(cause: Cause) -> Words {
    match cause {
        Cause::InvalidCredentials => words(
            shared::UNAUTHORIZED,
            "The registry refused this user name and password. Verify the username and password or token; it may have been revoked or have expired. Regenerate it and update the credential.",
        ),
        Cause::NoCredential => words(
            shared::NO_LOGIN,
            "The registry asks for a login and no credential was selected for this repository. Edit the repository and select one.",
        ),
        Cause::LinkSuspended => words(
            "Credential suspended: the address is not allowed",
            "The address of this repository is not, or no longer, an allowed address of its credential, so nothing is sent. Somebody who manages credentials allows it on the page of the credential; or select another credential.",
        ),
        Cause::AddressNotAllowed => words(
            "Address not allowed for this credential",
            "The login was not sent: nobody has allowed this address for the credential. Somebody who manages credentials allows it on the page of the credential.",
        ),
        Cause::InsufficientScope => words(
            shared::FORBIDDEN,
            "The login works, but it may not read this repository. Check that the token has the required scopes (read access), or use a different account.",
        ),
        Cause::TokenExpired => shared::TOKEN_EXPIRED,
        Cause::ConnectionRefused => shared::CONNECTION_REFUSED,
        Cause::ConnectionClosed => words(
            shared::CONNECTION_CLOSED,
            "The connection to the registry was closed before a whole answer came. Hawser tries again. If it goes on, check the port, and the proxies and firewalls on the way.",
        ),
        Cause::DnsFailure => shared::DNS_FAILURE,
        Cause::Timeout => words(
            shared::TIMEOUT,
            "The registry did not answer in time. Check the firewall and network access; Hawser tries again.",
        ),
        Cause::TlsUntrusted => words(
            shared::UNTRUSTED,
            "The certificate is not signed by an authority this server trusts. Compare its fingerprint with the operator of the registry, and add the authority to the repository.",
        ),
        Cause::TlsNameMismatch => shared::NAME_MISMATCH,
        Cause::TlsExpired => shared::TLS_EXPIRED,
        Cause::BlockedAddress => shared::BLOCKED,
        Cause::ForeignRealm => words(
            "Registry asks for the login at another host",
            "The registry gets its tokens from a token service at another host, and nobody has allowed that service for it. Nothing was sent. Somebody who manages credentials can allow it on the page of the repository.",
        ),
        Cause::RedirectRefused => words(
            shared::REDIRECT,
            "The registry redirects to an address to which no login follows. The connection test names it: use it as the URL if it is the right one.",
        ),
        Cause::NotARegistry => words(
            "Not a chart repository",
            "The address answers, but neither as a Helm repository (index.yaml) nor as an OCI registry (/v2/). Check the URL.",
        ),
        Cause::HtmlInsteadOfIndex => words(
            "Web page instead of an index",
            "The address answers with a web page, often a login page. Use the address of the repository itself, the one that `helm repo add` takes.",
        ),
        Cause::WrongKind => words(
            "Other kind of repository",
            "The address belongs to the other kind of repository. Switch between Helm HTTP and OCI.",
        ),
        Cause::NotFound => words(
            shared::NOT_FOUND,
            "The registry says this does not exist. Private registries often say so when the account has no access: check the path, then the permissions.",
        ),
        Cause::RateLimited => words(
            shared::RATE_LIMITED,
            "The registry limits the number of requests. Hawser waits and tries again.",
        ),
        Cause::ServerError => words(
            "Registry reports an error of its own",
            "The registry answered with an error of its own. Hawser tries again.",
        ),
        Cause::ListingUnsupported => words(
            "Registry cannot list its charts",
            "This registry has no catalog. Type the names of the charts.",
        ),
        Cause::IndexTooLarge => words(
            "Index too large",
            "The answer is larger than this server accepts. The last good set of charts is kept.",
        ),
        Cause::IndexInvalid => words(
            "Index not readable",
            "The index is not valid YAML or JSON of a Helm repository. The last good set of charts is kept.",
        ),
        Cause::UnsupportedTokenKind => words(
            shared::UNSUPPORTED_TOKEN,
            "The registry does not accept this kind of token. Create one of the kind that the provider's guide names.",
        ),
        Cause::VaultUnavailable => shared::VAULT_UNAVAILABLE,
        Cause::VaultRefused => shared::VAULT_REFUSED,
        Cause::SecretLost => words(
            shared::SECRET_LOST,
            "Vault does not hold the stored version any more. Type the password again.",
        ),
        Cause::CredentialPaused => words(
            shared::PAUSED,
            "The registry refused this credential three times in a row, so Hawser stopped trying before the account is locked. Update the credential, or resume it on its page.",
        ),
        Cause::AmbientDisabled => shared::AMBIENT_DISABLED,
        Cause::RegionUnknown => shared::REGION_UNKNOWN,
        Cause::ExchangeRefused => shared::EXCHANGE_REFUSED,
        Cause::SsoRequired => shared::SSO_REQUIRED,
        Cause::OrganizationRestricted => shared::RESTRICTED,
        Cause::ProxyError => words(
            shared::PROXY,
            "The proxy of this repository refused the request or could not reach the registry. Check the proxy, or choose another.",
        ),
        Cause::ClientCertificate => words(
            shared::CLIENT_CERTIFICATE,
            "The registry asks for a client certificate, or refused the one it was shown. Select a credential with a certificate it trusts.",
        ),
        Cause::ConnectionRevoked
        | Cause::ScopeMissing
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
