//! Connected Git accounts.

#[cfg(feature = "ssr")]
mod device;
#[cfg(feature = "ssr")]
mod disconnect_form;
#[cfg(feature = "ssr")]
mod list;
mod pressing;
#[cfg(feature = "ssr")]
mod server_fns;
#[cfg(feature = "ssr")]
mod ways;

#[cfg(feature = "ssr")]
pub(crate) use device::device;
#[cfg(feature = "ssr")]
pub(crate) use disconnect_form::disconnect;
#[cfg(feature = "ssr")]
pub(crate) use list::list;
#[cfg(feature = "ssr")]
pub(crate) use ways::connect_again;

/// The page of all connected accounts.
#[cfg(feature = "ssr")]
pub(crate) const PATH: &str = "/gitops/connections";
