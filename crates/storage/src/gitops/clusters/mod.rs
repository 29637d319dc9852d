//! SQL of clusters.

mod list;
mod objects;
mod outcome;
mod read;
mod write;

pub use list::{Seen, list, seen};
pub use objects::{count_objects, forget_objects, intend, objects, remove_objects, set_states};
pub use outcome::{ApplyOutcome, record};
pub use read::{Cluster, cluster};
pub use write::{insert, set_deleting, update};
