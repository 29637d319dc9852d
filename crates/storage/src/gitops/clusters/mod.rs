//! SQL of clusters.

mod list;
mod objects;
mod outcome;
mod read;
mod write;

pub use list::{Seen, list, seen};
pub use objects::{count_objects, forget_objects, intend, objects, remove_objects, set_states};
pub use outcome::{ApplyOutcome, lock_epoch, queue, record, settle_pending};
pub use read::{Cluster, cluster, exports_of};
pub use write::{clear_exports, delete, insert, set_deleting, set_exports, update};
