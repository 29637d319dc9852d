//! SQL of connected accounts, Git targets and clusters.

mod affected;
mod applied_versions;
pub mod clusters;
pub mod git_accounts;
mod schedule;
pub mod targets;

pub use affected::{Affected, Touched, affected, clusters_pending, opened_by, targets_pending};
pub use applied_versions::{forget_place, set_written, written};
pub use schedule::{DestinationKind, any_due, take_due};
