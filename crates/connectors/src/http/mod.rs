//! The one outbound client.
//!
//! Addresses are judged and pinned, redirects are followed by hand and without the login, bodies
//! have a budget in bytes and time, and every host gets only so many requests at once.

mod allow;
mod body;
mod certificate;
mod classify;
mod judge;
mod lane;
mod metadata;
mod outbound;
mod places;
mod probe;
mod redirect;
mod resolve;
mod road;
mod send;
mod tls;
mod tunnel;
mod verifier;
mod vouch;
mod webhook;

pub use allow::{AllowList, BadEntry};
pub use certificate::certificate_end;
pub(crate) use metadata::Metadata;
pub use outbound::{Outbound, OutboundError, OutboundSettings};
pub(crate) use probe::{Resolved, Shaken};
pub(crate) use redirect::same_origin;
pub use road::Road;
pub(crate) use send::{Answer, Ask, Redirects};
pub use webhook::Webhook;

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Secret;
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

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

impl Login {
    /// A user name and password as they lie in Vault.
    #[must_use]
    pub const fn stored(username: String, password: Secret) -> Self {
        Self { username, password, certificate: None, freshness: Freshness::Stored }
    }

    /// The value of an `Authorization: Basic` header, marked so that nothing prints it.
    pub(crate) fn basic(&self) -> Option<HeaderValue> {
        if self.certificate.is_some() && self.username.is_empty() && self.password.is_empty() {
            return None;
        }
        let pair = Zeroizing::new(format!("{}:{}", self.username, self.password.expose()));
        let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}
