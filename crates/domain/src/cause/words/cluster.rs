//! The words about clusters.

use super::{Words, shared, words};
use crate::Cause;

#[expect(clippy::too_many_lines, reason = "one row for each cause")]
pub(super) const fn of(cause: Cause) -> Words {
    match cause {
        Cause::InvalidCredentials => words(
            "401 Unauthorized: kubeconfig refused",
            "The API server does not take the token or certificate of the kubeconfig. It may have expired or been revoked. Make a new one and update the credential.",
        ),
        Cause::NoCredential => words(
            "No kubeconfig",
            "The credential of this cluster holds no kubeconfig. Select one that does.",
        ),
        Cause::InsufficientScope => words(
            shared::FORBIDDEN,
            "The API server knows the account of the kubeconfig, but it may not do this. A Role and a RoleBinding in the namespace of the object allow it.",
        ),
        Cause::ConnectionRefused => shared::CONNECTION_REFUSED,
        Cause::ConnectionClosed => words(
            shared::CONNECTION_CLOSED,
            "The connection to the API server was closed before a whole answer came. If it goes on, check the port of its server, and the load balancers and firewalls on the way.",
        ),
        Cause::DnsFailure => shared::DNS_FAILURE,
        Cause::Timeout => words(
            shared::TIMEOUT,
            "The API server did not answer in time. Check the firewall and network access.",
        ),
        Cause::TlsUntrusted => words(
            shared::UNTRUSTED,
            "The certificate of the API server is not signed by the authority that the kubeconfig names. Update its certificate-authority-data.",
        ),
        Cause::TlsNameMismatch => shared::NAME_MISMATCH,
        Cause::TlsExpired => shared::TLS_EXPIRED,
        Cause::BlockedAddress => shared::BLOCKED,
        Cause::RedirectRefused => words(
            shared::REDIRECT,
            "The API server redirects elsewhere, and Hawser does not follow with a kubeconfig. Use the final address as its server.",
        ),
        Cause::NotFound => words(
            shared::NOT_FOUND,
            "The address answers, but not as the API server of a cluster. Check the server in the kubeconfig.",
        ),
        Cause::RateLimited => {
            words(shared::RATE_LIMITED, "The API server limits the number of requests.")
        }
        Cause::ServerError => words(
            "API server reports an error of its own",
            "The API server answered with an error of its own, or with something that makes no sense.",
        ),
        Cause::IndexTooLarge => shared::TOO_LARGE,
        Cause::IndexInvalid => shared::UNREADABLE,
        Cause::VaultUnavailable => shared::VAULT_UNAVAILABLE,
        Cause::VaultRefused => shared::VAULT_REFUSED,
        Cause::SecretLost => words(
            shared::SECRET_LOST,
            "Vault does not hold the stored version of the kubeconfig, or of a secret of the exports, any more. Store it again.",
        ),
        Cause::CredentialPaused => words(
            shared::PAUSED,
            "The API server refused this kubeconfig three times in a row, so Hawser stopped trying. Update the credential, or resume it on its page.",
        ),
        Cause::ProxyError => {
            words(shared::PROXY, "The proxy refused the request or could not reach the API server.")
        }
        Cause::ClientCertificate => words(
            shared::CLIENT_CERTIFICATE,
            "The API server asks for a client certificate, or refused that of the kubeconfig. Update the credential.",
        ),
        Cause::ExportIncomplete => shared::EXPORT_INCOMPLETE,
        Cause::SecretInOutput => shared::SECRET_IN_OUTPUT,
        Cause::ClusterConflict => words(
            "Field belongs to somebody else",
            "Another manager owns a field of an object in the cluster, and Hawser does not take it by force. Remove the field there, or the object from the export.",
        ),
        Cause::ClusterRefused => words(
            "Cluster refused the object",
            "The API server refused an object. The cluster shows the reason it gave.",
        ),
        Cause::ClusterApiMissing => words(
            "Kind of object not known to the cluster",
            "The cluster does not know this kind of object. Install the operator that brings it, or choose another way for secrets.",
        ),
        Cause::NamespaceMissing => words(
            "Namespace does not exist",
            "An object belongs to a namespace that the cluster does not have, and Hawser makes no namespaces. Make it there, or choose another one in the export.",
        ),
        Cause::LinkSuspended
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
        | Cause::ExchangeRefused
        | Cause::SsoRequired
        | Cause::OrganizationRestricted
        | Cause::ConnectionRevoked
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
        | Cause::Internal => shared::NOT_HERE,
    }
}
