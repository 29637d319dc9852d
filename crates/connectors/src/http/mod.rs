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
mod login;
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
pub(crate) use classify::find;
pub(crate) use login::secret_of;
pub use login::{ClientCertificate, Freshness, Login};
pub(crate) use metadata::Metadata;
pub use outbound::{Outbound, OutboundError, OutboundSettings};
pub(crate) use probe::{Resolved, Shaken};
pub(crate) use redirect::same_origin;
pub use road::Road;
pub(crate) use send::{Answer, Ask, Redirects};
pub use webhook::Webhook;
