//! What opens a registry, a Git server or a cluster.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{CredentialId, OrganizationId, Redactor, Secret};
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use crate::wire;

/// What opens a registry: a user name and password, or a client certificate.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user name; empty with a client certificate.
    pub username: String,
    /// The password, token or key; empty with a client certificate.
    pub password: Secret,
    /// Shown in the TLS handshake.
    pub certificate: Option<Arc<ClientCertificate>>,
    /// Where it comes from.
    pub freshness: Freshness,
    /// The origins of token services at other hosts that may have it too.
    pub token_services: Arc<[String]>,
}

/// A client certificate with its private key, both in PEM.
#[derive(Debug, Clone)]
pub struct ClientCertificate {
    /// The certificate with its chain.
    pub certificate: String,
    /// The private key.
    pub key: Secret,
}

/// Where a login comes from: a refused one from the cache is worth a new exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It is what lies in Vault.
    Stored,
    /// It was exchanged just now.
    Exchanged,
    /// It was exchanged earlier.
    Cached,
}

/// The credential version behind a login: tokens are cached for exactly this one (F19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the ids name what they are")]
pub struct LoginKey {
    pub organization: OrganizationId,
    pub credential: CredentialId,
    pub vault_version: i64,
}

impl Login {
    /// A user name and password as they lie in Vault.
    #[must_use]
    pub fn stored(username: String, password: Secret) -> Self {
        let (freshness, token_services) = (Freshness::Stored, Arc::default());
        Self { username, password, certificate: None, freshness, token_services }
    }

    /// The value of an `Authorization: Basic` header, marked so that nothing prints it.
    #[must_use]
    pub fn basic(&self) -> Option<HeaderValue> {
        if self.certificate.is_some() && self.username.is_empty() && self.password.is_empty() {
            return None;
        }
        wire::basic(&self.username, &self.password)
    }

    /// What takes it out of what a server says.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        let key = self.certificate.as_deref().map(|certificate| &certificate.key);
        Redactor::of([&self.password].into_iter().chain(key))
    }
}

/// The secret in the value of an `Authorization` header.
#[must_use]
pub fn secret_of(header: Option<&HeaderValue>) -> Option<Secret> {
    let (scheme, value) = header?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Some(Secret::new(value.to_owned()));
    }
    let pair = Zeroizing::new(String::from_utf8(STANDARD.decode(value).ok()?).ok()?);
    pair.split_once(':').map(|(_, password)| Secret::new(password.to_owned()))
}
