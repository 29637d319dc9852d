//! Bulk runs: one action on many rows of a list.

mod fill;
mod interval;
mod named;
mod read;
mod write;

pub use fill::{fill_credentials, fill_repositories};
pub use interval::{restore_intervals, set_intervals};
pub use named::{NamedRow, end_orphans, fill_named};
pub use read::{
    Begun, NextRow, begun, counts, credentials_in_use, next, repositories_hold, rows_in,
};
pub use write::{NewRun, finish, forget_old, insert, miss, queue, settle, settle_rest};
