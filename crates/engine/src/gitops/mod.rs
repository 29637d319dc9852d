//! GitOps: connected accounts, Git targets and clusters.

mod clusters;
mod compare;
mod encrypted;
pub(crate) mod git_accounts;
mod guard;
mod render;
mod targets;

pub(crate) use clusters::ClusterAccess;
pub(crate) use encrypted::encrypted;
pub(crate) use git_accounts::{Tokens, revoke};
pub(crate) use targets::{LOOK_AGAIN_REASON, push_target};
