//! GitOps: connected accounts, Git targets and clusters.

mod clusters;
pub(crate) mod connections;
mod targets;

pub(crate) use connections::revoke;
