//! What people read about a cause.

use super::Cause;
use crate::propagation::Place;

/// How the messages begin that send people to the page of a target or cluster.
const ON_ITS_PAGE: &str = " Its reason stands on the page of ";

impl Cause {
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
            Self::CredentialPaused => "Credential paused at this host",
            Self::AmbientDisabled => "Server identity not turned on",
            Self::RegionUnknown => "AWS region not known",
            Self::ExchangeRefused => "Token exchange refused",
            Self::SsoRequired => "Token not authorized for single sign-on",
            Self::OrganizationRestricted => "Organization restricts access",
            Self::ProxyError => "Proxy failed",
            Self::ClientCertificate => "Client certificate required or refused",
            Self::ConnectionRevoked => "Git account no longer connected",
            Self::ScopeMissing => "Git account lacks a scope",
            Self::BranchProtected => "Branch is protected",
            Self::PushRejected => "Push rejected",
            Self::BranchMoved => "Branch keeps moving",
            Self::NotAGitRepository => "Not a Git repository",
            Self::FileNotOurs => "File belongs to somebody else",
            Self::RepositoryTooLarge => "Repository too large",
            Self::ExportIncomplete => "Export cannot be written",
            Self::SecretInOutput => "Secret found in a manifest",
            Self::ClusterConflict => "Field belongs to somebody else",
            Self::ClusterRefused => "Cluster refused the object",
            Self::ClusterApiMissing => "Kind of object not known to the cluster",
            Self::Internal => "Error in Hawser",
        }
    }

    /// What to do about a Git target or a cluster, where no registry is asked; anywhere else it is
    /// [`Self::message`].
    #[must_use]
    pub fn message_at(self, place: Place) -> String {
        match server(place) {
            None => self.message().to_owned(),
            Some(server) => self
                .message()
                .replace("Private registries", "Servers")
                .replace("registry", server)
                .replace("this repository", "it"),
        }
    }

    /// The cause of a Git target or a cluster in a few words; anywhere else it is [`Self::title`].
    #[must_use]
    pub fn title_at(self, place: Place) -> String {
        match server(place) {
            None => self.title().to_owned(),
            Some(server) => self.title().replace("Registry", server),
        }
    }

    /// The same on the page of the target or cluster itself, where the reason is printed below and
    /// nobody has to be sent to it.
    #[must_use]
    pub fn message_on_page_of(self, place: Place) -> String {
        let text = self.message_at(place);
        match text.split_once(ON_ITS_PAGE) {
            Some((text, _)) => text.to_owned(),
            None => text,
        }
    }

    /// What to do, in a sentence or two.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one sentence for each row of the catalogue")]
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
                "The certificate is not signed by an authority this server trusts. Compare its fingerprint with the operator of the registry, and add the authority to the repository."
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
            Self::CredentialPaused => {
                "The registry refused this credential three times in a row, so Hawser stopped trying before the account is locked. Update the credential, or resume it on its page."
            }
            Self::AmbientDisabled => {
                "This credential uses the identity of the server that Hawser runs on. The operator can turn that on with HAWSER_AMBIENT_IDENTITIES."
            }
            Self::RegionUnknown => {
                "The host does not tell the AWS region. Type the region into the credential."
            }
            Self::ExchangeRefused => {
                "The provider refused to exchange this key for a token. It may have been disabled or deleted, or may not do this. Check the key and its permissions at the provider."
            }
            Self::SsoRequired => {
                "The organization uses single sign-on and the token is not authorized for it. Choose Configure SSO beside the token at GitHub."
            }
            Self::OrganizationRestricted => {
                "The organization restricts which tokens and apps may reach it. Ask one of its owners to approve this one."
            }
            Self::ProxyError => {
                "The proxy of this repository refused the request or could not reach the registry. Check the proxy, or choose another."
            }
            Self::ClientCertificate => {
                "The registry asks for a client certificate, or refused the one it was shown. Select a credential with a certificate it trusts."
            }
            Self::ConnectionRevoked => {
                "GitHub does not take this token any more: it was revoked there, or could not be renewed. Connect the account again."
            }
            Self::ScopeMissing => {
                "The account was connected without a scope that this needs. Connect it again and grant the scope."
            }
            Self::BranchProtected => {
                "The server does not take direct commits on this branch. Let the target open a pull request instead, or allow the account to push."
            }
            Self::PushRejected => {
                "The server rejected the commit, for example by a hook or a rule. Its reason stands on the page of the target."
            }
            Self::BranchMoved => {
                "Others pushed to the branch at the same time, five times in a row. Hawser tries again."
            }
            Self::NotAGitRepository => {
                "The address answers, but not as a Git repository over HTTPS. Check the URL."
            }
            Self::FileNotOurs => {
                "A file that Hawser would write is already there and was not written by Hawser. Choose another folder, or remove the file."
            }
            Self::RepositoryTooLarge => {
                "The newest commit of this repository is larger than this server downloads. Let the Git server filter what it sends (partial clone), or use a smaller repository for the target."
            }
            Self::ExportIncomplete => {
                "Something in an export cannot be written. Its page says what and why."
            }
            Self::SecretInOutput => {
                "A manifest would have carried a secret in the clear, so nothing was written. Look for a secret in the names, labels or addresses of this export."
            }
            Self::ClusterConflict => {
                "Another manager owns a field of an object in the cluster, and Hawser does not take it by force. Remove the field there, or the object from the export."
            }
            Self::ClusterRefused => {
                "The API server refused an object. Its reason stands on the page of the cluster."
            }
            Self::ClusterApiMissing => {
                "The cluster does not know this kind of object. Install the operator that brings it, or choose another way for secrets."
            }
            Self::Internal => "Hawser failed here. The log of the server says why.",
        }
    }
}

/// What answers at a place, where it is no registry.
const fn server(place: Place) -> Option<&'static str> {
    match place {
        Place::Repository(_) => None,
        Place::GitTarget(_) => Some("Git server"),
        Place::Cluster(_) => Some("API server"),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn where_no_registry_is_asked_none_is_named() {
        let places = [
            (Place::GitTarget(Uuid::nil().into()), "Git server"),
            (Place::Cluster(Uuid::nil().into()), "API server"),
        ];
        for (place, server) in places {
            for cause in Cause::ALL {
                let text = format!("{}: {}", cause.title_at(place), cause.message_at(place));
                let says = |word: &str| text.to_lowercase().contains(word);
                assert!(!says("registry") && !says("registries"), "{text}");
                assert!(cause.message_at(place).ends_with('.'), "{text}");
                assert!(text.contains(server) || !cause.message().contains("registry"), "{text}");
            }
        }
        let repository = Place::Repository(Uuid::nil().into());
        for cause in Cause::ALL {
            assert_eq!(cause.message_at(repository), cause.message());
            assert_eq!(cause.title_at(repository), cause.title());
        }
    }

    #[test]
    fn nobody_is_sent_to_the_page_that_is_open() {
        let place = Place::GitTarget(Uuid::nil().into());
        let sends = |text: &str| text.contains("stands on the page");
        for cause in Cause::ALL {
            let text = cause.message_on_page_of(place);
            assert!(!sends(&text) && text.ends_with('.'), "{text}");
            assert_eq!(text == cause.message_at(place), !sends(cause.message()), "{text}");
        }
        assert!(sends(Cause::PushRejected.message()) && sends(Cause::ClusterRefused.message()));
    }
}
