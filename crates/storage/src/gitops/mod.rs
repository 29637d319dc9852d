//! SQL of connected accounts, Git targets and clusters.

mod affected;
pub mod clusters;
pub mod connections;
mod due;
pub mod targets;
mod written;

pub use affected::{Affected, Touched, affected, clusters_pending, opened_by, targets_pending};
pub use due::{Places, any_due, take_due};
pub use written::{forget_place, set_written, written};
