//! Pieces that know no feature.

pub(crate) mod badge;
#[cfg(feature = "ssr")]
pub(crate) mod cause;
pub(crate) mod copy;
#[cfg(feature = "hydrate")]
pub(crate) mod fetched;
#[cfg(feature = "ssr")]
pub(crate) mod form;
#[cfg(feature = "ssr")]
pub(crate) mod frame;
pub(crate) mod guard;
pub(crate) mod icon;
#[cfg(feature = "ssr")]
pub(crate) mod input;
pub(crate) mod live;
#[cfg(feature = "ssr")]
pub(crate) mod menu;
#[cfg(feature = "ssr")]
pub(crate) mod moment;
#[cfg(feature = "ssr")]
pub(crate) mod page;
#[cfg(feature = "ssr")]
pub(crate) mod path;
#[cfg(feature = "ssr")]
pub(crate) mod table;
