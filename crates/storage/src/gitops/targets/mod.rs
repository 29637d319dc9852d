//! SQL of Git targets.

mod elsewhere;
mod files;
mod left;
mod list;
mod outcome;
mod read;
mod write;

pub use elsewhere::{elsewhere, others};
pub use files::{File, files, forget_files, intend, set_files};
pub use left::{OnBranch, forget_left, remember_files};
pub use list::{Seen, list, seen};
pub use outcome::{Outcome, Pending, Request, hold, queue, record, settle_pending};
pub use read::{Binding, Target, binding, exports_of, places_taken, target};
pub use write::{
    Row, clear_exports, delete, forget_request, forget_state, insert, set_exports, update,
};
