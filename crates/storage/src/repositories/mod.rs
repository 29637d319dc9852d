//! Chart repositories, the link from each to its credential, and what their syncs found.

mod automatic;
pub(crate) mod found;
mod held;
mod linkable;
mod links;
mod outcome;
mod read;
mod schedule;
mod taken;
mod target;
mod transport;
mod write;

pub use automatic::{Automatic, automatic, project, take_for_link};
pub use held::{hold_all, hold_these};
pub use linkable::{Linkable, linkable, lock};
pub use links::{
    LinkAt, Outside, link, linked_addresses, linked_to, links_at, links_of, links_outside,
    relink_all, suspend, unlink, unlink_all,
};
pub use outcome::{SyncOutcome, record, record_runs, set_charts};
pub use read::{any, at, count, get, names, page, runs};
pub use schedule::{any_due, forget_old_runs, take_due};
pub use taken::taken;
pub use target::{LinkedCredential, SyncTarget, target};
pub use transport::set_transport;
pub(crate) use transport::transport;
pub use write::{
    Change, Current, CurrentLink, NewRepository, current, insert, mark_found, mark_syncing,
    name_is_taken, origin_is_known, tombstone, update,
};
