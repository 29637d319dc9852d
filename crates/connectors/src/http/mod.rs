//! The one outbound client.
//!
//! Addresses are judged and pinned, redirects are followed by hand and without the login, bodies
//! have a budget in bytes and time, and every host gets only so many requests at once.

mod address_policy;
mod allow;
mod body;
mod certificate;
mod classify;
mod client_pool;
mod concurrency_limit;
mod egress_profile;
mod login;
mod metadata;
mod outbound;
mod probe;
mod proxy_target_check;
mod redirect;
mod resolve;
mod send;
mod tls;
mod tunnel;
mod verifier;
mod webhook;

pub use allow::{AllowList, BadEntry};
pub use certificate::certificate_end;
pub(crate) use classify::find;
pub use egress_profile::EgressProfile;
pub(crate) use login::secret_of;
pub use login::{ClientCertificate, Freshness, Login};
pub(crate) use metadata::Metadata;
pub use outbound::{Outbound, OutboundError, OutboundSettings};
pub(crate) use probe::{Resolved, Shaken};
pub(crate) use redirect::same_origin;
pub(crate) use send::{Ask, HttpAnswer, Redirects};
pub use webhook::Webhook;
