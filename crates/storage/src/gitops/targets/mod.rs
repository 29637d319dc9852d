//! SQL of Git targets.

mod files;
mod foreign_files;
mod list;
mod orphaned_files;
mod outcome;
mod read;
mod write;

pub use files::{File, files, forget_files, intend, set_files};
pub use foreign_files::{elsewhere, others};
pub use list::{Seen, list, seen};
pub use orphaned_files::{OnBranch, forget_left, remember_files};
pub use outcome::{PushOutcome, Request, record};
pub use read::{Binding, Target, binding, places_taken, target};
pub use write::{NewTarget, forget_request, forget_state, insert, update};
