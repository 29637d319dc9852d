//! SQL of credentials: everything but the secret, which only Vault holds.

mod candidate;
mod choices;
mod create;
mod delete;
mod expiry;
mod given_up;
mod list;
mod operations;
mod placement;
mod read;
mod update;
mod values;
mod versions;

pub use candidate::{
    Staged, Tested, abandon, candidate, candidate_lines, is_testing, is_untested, note_test,
    rotating, stage, test_again,
};
pub use choices::choices;
pub use create::{NewRow, insert, name_is_taken, remove_unborn};
pub use delete::{Deleted, deleted, destroyed, tombstone};
pub use expiry::set_expiry;
pub use given_up::{GivenUp, given_up};
pub use list::{Reader, count, count_all, expiring, page};
pub use operations::{Ended, Kind, Operation, Standing, Step, begin, overdue, settle, standing};
pub use placement::{PlacedRow, next_placement, place, stamp};
pub use read::{Committed, Existing, committed, existing, get, mark_used};
pub use update::{Description, commit, describe, give_back, hold, take};
pub use versions::{Version, version, versions};

pub(crate) use values::{
    access, environment, parameters, pattern_kind, provider, purposes, shape, state,
};
