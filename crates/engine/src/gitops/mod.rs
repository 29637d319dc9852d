//! GitOps: connected accounts, Git targets and clusters.

mod clusters;
mod connections;
mod targets;
pub(crate) mod touch;
