//! The one outbound client.
//!
//! Addresses are judged and pinned, redirects are followed by hand and without the login, bodies
//! have a budget in bytes and time, and every host gets only so many requests at once.

mod allow;
mod body;
mod classify;
mod judge;
mod outbound;
mod places;
mod redirect;
mod resolve;
mod send;

pub use allow::{AllowList, BadEntry};
pub use outbound::{Outbound, OutboundError};
pub(crate) use redirect::same_origin;
pub(crate) use send::{Answer, Ask, Redirects};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Secret;
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

/// A user name and password for a registry.
#[derive(Debug, Clone)]
pub struct Login {
    /// The user name.
    pub username: String,
    /// The password, token or key.
    pub password: Secret,
}

impl Login {
    /// The value of an `Authorization: Basic` header, marked so that nothing prints it.
    pub(crate) fn basic(&self) -> Option<HeaderValue> {
        let pair = Zeroizing::new(format!("{}:{}", self.username, self.password.expose()));
        let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}
