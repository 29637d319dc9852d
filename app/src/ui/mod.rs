//! Pieces that know no feature.

pub(crate) mod badge;
#[cfg(feature = "ssr")]
pub(crate) mod cause;
#[cfg(feature = "ssr")]
pub(crate) mod checkbox_list;
pub(crate) mod compatible;
#[cfg(feature = "ssr")]
pub(crate) mod conflict;
pub(crate) mod copy;
#[cfg(feature = "ssr")]
pub(crate) mod enter;
#[cfg(feature = "hydrate")]
pub(crate) mod fetched;
#[cfg(feature = "ssr")]
pub(crate) mod filters;
#[cfg(feature = "ssr")]
pub(crate) mod form;
#[cfg(feature = "ssr")]
pub(crate) mod frame;
pub(crate) mod guard;
pub(crate) mod icon;
#[cfg(feature = "ssr")]
pub(crate) mod input;
pub(crate) mod list_filter;
#[cfg(feature = "ssr")]
pub(crate) mod live;
#[cfg(feature = "ssr")]
pub(crate) mod menu;
#[cfg(feature = "ssr")]
pub(crate) mod moment;
#[cfg(feature = "ssr")]
pub(crate) mod navigation;
#[cfg(feature = "ssr")]
pub(crate) mod page;
#[cfg(feature = "ssr")]
pub(crate) mod path;
#[cfg(feature = "ssr")]
pub(crate) mod provider;
#[cfg(feature = "ssr")]
pub(crate) mod return_to;
#[cfg(feature = "ssr")]
pub(crate) mod row;
#[cfg(feature = "ssr")]
pub(crate) mod rules;
#[cfg(feature = "ssr")]
pub(crate) mod shown_once;
#[cfg(feature = "ssr")]
pub(crate) mod table;
#[cfg(feature = "ssr")]
pub(crate) mod tabs;
#[cfg(feature = "hydrate")]
mod watch;

/// The header of a fetch that shows the person the messages of the page.
#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub(crate) const TAKES_MESSAGES: &str = "hawser-messages";
