//! Pieces that know no feature.

#[cfg(feature = "ssr")]
pub(crate) mod anyway;
pub(crate) mod badge;
#[cfg(feature = "ssr")]
pub(crate) mod cause;
#[cfg(feature = "ssr")]
pub(crate) mod conflict;
pub(crate) mod copy;
#[cfg(feature = "ssr")]
pub(crate) mod detour;
#[cfg(feature = "hydrate")]
pub(crate) mod fetched;
#[cfg(feature = "ssr")]
pub(crate) mod filters;
pub(crate) mod fitting;
#[cfg(feature = "ssr")]
pub(crate) mod form;
#[cfg(feature = "ssr")]
pub(crate) mod frame;
pub(crate) mod guard;
pub(crate) mod harmless;
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
pub(crate) mod picks;
pub(crate) mod sieve;
#[cfg(feature = "ssr")]
pub(crate) mod table;
#[cfg(feature = "hydrate")]
mod watch;

/// The header of a fetch that shows the person the messages of the page.
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub(crate) const TAKES_MESSAGES: &str = "hawser-messages";
