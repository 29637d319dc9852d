//! Bulk runs: the bar of the ticked rows of a list, and the page of what is done to them.

mod bar;
mod page;
mod server_fns;

pub(crate) use bar::{all_found, begin};
pub(crate) use page::run;

/// The path of one run.
pub(crate) fn path_of(id: domain::BulkRunId) -> String {
    format!("/bulk/{id}")
}
