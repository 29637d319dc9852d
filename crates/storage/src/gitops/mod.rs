//! SQL of connected accounts, and of the destinations of exports: Git targets and clusters.

mod affected;
pub mod clusters;
pub mod destinations;
pub mod git_accounts;
pub mod targets;

pub use affected::{Affected, Touched, affected, clusters_pending, opened_by, targets_pending};
