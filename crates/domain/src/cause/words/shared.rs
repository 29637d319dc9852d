//! Words that are the same whoever was asked.

use super::{Words, words};

/// What cannot happen at a place; if it does, Hawser is wrong.
pub(super) const NOT_HERE: Words =
    words("Error in Hawser", "Hawser failed here. The log of the server says why.");
pub(super) const TIMEOUT: &str = "No answer in time";
pub(super) const CONNECTION_REFUSED: Words = words(
    "Connection refused",
    "Nothing answers at this address. Check the port, the firewall and the network access of this server.",
);
pub(super) const CONNECTION_CLOSED: &str = "Connection closed before an answer came";
pub(super) const DNS_FAILURE: Words = words(
    "Host name not found",
    "This host name does not resolve. Check its spelling and the DNS of this server.",
);
pub(super) const UNTRUSTED: &str = "Certificate not trusted";
pub(super) const NAME_MISMATCH: Words = words(
    "Certificate is for another host",
    "The certificate does not name this host. Check the host in the address.",
);
pub(super) const TLS_EXPIRED: Words = words(
    "Certificate expired",
    "The certificate of the server is no longer valid. Its operator has to renew it.",
);
pub(super) const BLOCKED: Words = words(
    "Address not allowed",
    "This address is private, reserved or plain http. The operator of this Hawser can allow it with HAWSER_OUTBOUND_ALLOW.",
);
pub(super) const REDIRECT: &str = "Redirect not followed";
pub(super) const NOT_FOUND: &str = "404 Not found";
pub(super) const RATE_LIMITED: &str = "429 Too many requests";
pub(super) const UNAUTHORIZED: &str = "401 Unauthorized: invalid credentials";
pub(super) const FORBIDDEN: &str = "403 Forbidden: insufficient permissions";
pub(super) const NO_LOGIN: &str = "401 Unauthorized: authentication required";
pub(super) const TOO_LARGE: Words =
    words("Answer too large", "The answer is larger than this server accepts.");
pub(super) const UNREADABLE: Words =
    words("Answer not readable", "The answer makes no sense. Check the address.");
pub(super) const VAULT_UNAVAILABLE: Words = words(
    "Vault not available",
    "Vault is sealed, on standby or unreachable, so the credential cannot be read. Nothing is wrong with the credential; Hawser goes on as soon as Vault answers.",
);
pub(super) const VAULT_REFUSED: Words = words(
    "Vault refuses Hawser",
    "Vault answers, but does not accept Hawser's login or does not allow its role what it needs. Nothing is wrong with the credential. Whoever runs Hawser finds out what is missing with `hawser-server check-config`.",
);
pub(super) const SECRET_LOST: &str = "Vault does not hold the secret";
pub(super) const PAUSED: &str = "Credential paused at this host";
pub(super) const AMBIENT_DISABLED: Words = words(
    "Server identity not turned on",
    "This credential uses the identity of the server that Hawser runs on. The operator can turn that on with HAWSER_AMBIENT_IDENTITIES.",
);
pub(super) const REGION_UNKNOWN: Words = words(
    "AWS region not known",
    "The host does not tell the AWS region. Type the region into the credential.",
);
pub(super) const EXCHANGE_REFUSED: Words = words(
    "Token exchange refused",
    "The provider refused to exchange this key for a token. It may have been disabled or deleted, or may not do this. Check the key and its permissions at the provider.",
);
pub(super) const TOKEN_EXPIRED: Words = words(
    "Token expired",
    "Temporary tokens such as those of Amazon ECR expire after hours. Refresh the token and update the credential.",
);
pub(super) const SSO_REQUIRED: Words = words(
    "Token not authorized for single sign-on",
    "The organization uses single sign-on and the token is not authorized for it. Choose Configure SSO beside the token at GitHub.",
);
pub(super) const RESTRICTED: Words = words(
    "Organization restricts access",
    "The organization restricts which tokens and apps may reach it. Ask one of its owners to approve this one.",
);
pub(super) const UNSUPPORTED_TOKEN: &str = "Kind of token not accepted";
pub(super) const CLIENT_CERTIFICATE: &str = "Client certificate required or refused";
pub(super) const PROXY: &str = "Proxy failed";
pub(super) const CONNECTION_REVOKED: Words = words(
    "Git account no longer connected",
    "GitHub does not take this token any more: it was revoked there, or could not be renewed. Connect the account again.",
);
pub(super) const SCOPE_MISSING: Words = words(
    "Git account lacks a scope",
    "The account was connected without a scope that this needs. Connect it again and grant the scope.",
);
pub(super) const EXPORT_INCOMPLETE: Words = words(
    "Export cannot be written",
    "Something in an export cannot be written. Its page says what and why.",
);
pub(super) const SECRET_IN_OUTPUT: Words = words(
    "Secret found in a manifest",
    "A manifest would have carried a secret in the clear, so nothing was written. Look for a secret in the names, labels or addresses of this export.",
);
