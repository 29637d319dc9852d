//! GitOps: connected accounts, Git targets and clusters.

mod clusters;
mod compare;
mod connections;
mod guard;
mod render;
mod seal;
mod targets;
pub(crate) mod touch;

pub(crate) use targets::{LOOK_AGAIN_REASON, push_target};
