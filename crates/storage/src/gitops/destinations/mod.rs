//! SQL of what Git targets and clusters have in common. Both tables have the same columns for it, so each
//! statement is one text with the names of the tables in it.

mod exports;
mod outcome;
mod schedule;
mod versions;

pub use exports::{clear_exports, exports_of, set_exports};
pub use outcome::{Pending, delete, lock_epoch, queue, settle_pending};
pub use schedule::{DestinationKind, any_due, take_due};
pub use versions::{forget, set_written, written};

/// Runs a statement on the tables of a kind of destination. `$text` is a macro that makes its text from
/// the names of the table, of its table of exports, of the column there, and of the kind of its jobs.
macro_rules! of_kind {
    ($kind:expr, $run:ident, $text:ident, $to:expr, $values:tt) => {
        match $kind {
            DestinationKind::GitTargets => $crate::$run!(
                $to,
                [$text!("git_targets", "git_target_exports", "target_id", "push")],
                $values
            ),
            DestinationKind::Clusters => $crate::$run!(
                $to,
                [$text!("clusters", "cluster_exports", "cluster_id", "apply")],
                $values
            ),
        }
    };
}
use of_kind;
