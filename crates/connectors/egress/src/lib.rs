//! The one outbound client.
//!
//! Addresses are judged and pinned, redirects are followed by hand and without the login, bodies
//! have a budget in bytes and time, and every host gets only so many requests at once.
//!
//! What fails is a [`Failure`], which says what was attempted and why it did not work.

#![expect(
    clippy::missing_errors_doc,
    reason = "a `Failure` says why, in `lenient` the error of the format"
)]

mod address_policy;
mod allow;
mod body;
mod certificate;
mod classify;
mod client_pool;
mod concurrency_limit;
mod egress_profile;
mod failure;
pub mod lenient;
mod login;
mod metadata;
mod outbound;
mod probe;
mod proxy_target_check;
mod redirect;
mod resolve;
mod send;
pub mod status;
mod tls;
mod tunnel;
mod verifier;
mod webhook;
pub mod wire;

pub use allow::{AllowList, BadEntry};
pub use certificate::certificate_end;
pub use classify::find;
pub use egress_profile::EgressProfile;
pub use failure::{Failure, RefusedService};
pub use login::{ClientCertificate, Freshness, Login, LoginKey, secret_of};
pub use metadata::Metadata;
pub use outbound::{Outbound, OutboundError, OutboundSettings};
pub use probe::{Resolved, Shaken};
pub use redirect::same_origin;
pub use send::{Ask, HttpAnswer, Redirects};
pub use webhook::Webhook;
