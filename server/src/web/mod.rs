//! Everything HTTP: routes, and the layers around them from the outside in.

mod address;
mod appearance;
mod assets;
mod compress;
mod cookie;
mod current_user;
mod events;
mod exports;
mod headers;
mod health;
mod import;
mod kept_cookie;
mod known_browser;
mod limits;
mod members;
mod origin;
mod pages;
mod pending_sessions;
mod public_url;
mod recognize;
mod refusal;
mod router;
pub mod routes;
mod search;
mod session;
mod site;
mod stream_slots;
mod trace;
mod visitors;
mod watches;

pub use assets::{Assets, AssetsError};
pub use headers::page_policy;
pub use health::Probes;
pub use limits::{BODY_BYTES, FORM_BYTES, HEADER_BYTES, Rates, UPLOAD_BYTES, URI_BYTES};
pub use public_url::{PublicUrl, Transport};
pub use router::{for_operators, router, starting};
pub use session::{ABSOLUTE, IDLE, STRANGER, SessionRows};
pub use site::{Parts, Site};
pub use visitors::{RequestRate, TrustedProxies};

pub(crate) use current_user::SessionUser;
pub(crate) use health::{Readiness, Stage};
pub(crate) use kept_cookie::KeptCookie;
