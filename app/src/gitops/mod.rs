//! GitOps: connected Git accounts, Git targets and clusters.

#[cfg(feature = "ssr")]
pub(crate) mod clusters;
#[cfg(feature = "ssr")]
mod diff;
pub(crate) mod git_accounts;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
mod state;
#[cfg(feature = "ssr")]
pub(crate) mod targets;

#[cfg(feature = "ssr")]
pub(crate) use overview::overview;
#[cfg(feature = "ssr")]
pub(crate) use state::remedy;

/// The page of all Git targets.
#[cfg(feature = "ssr")]
pub(crate) const PATH: &str = "/gitops";
