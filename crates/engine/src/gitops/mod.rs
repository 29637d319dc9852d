//! GitOps: connected accounts, Git targets and clusters.

mod clusters;
mod compare;
pub(crate) mod connections;
mod encrypted;
mod guard;
mod render;
mod targets;
pub(crate) mod touch;

pub(crate) use clusters::ClusterAccess;
pub(crate) use connections::{Tokens, revoke};
pub(crate) use encrypted::encrypted;
pub(crate) use targets::{LOOK_AGAIN_REASON, push_target};
