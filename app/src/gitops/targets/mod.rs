//! Git targets: a branch and folder that exports are written to.

mod delete_form;
mod detail;
mod finding;
mod form;
mod found;
mod new;
mod preview;
mod server_fns;
mod table;
mod values;

pub(crate) use delete_form::delete;
pub(crate) use detail::detail;
pub(crate) use new::new;
pub(crate) use preview::preview;
pub(super) use table::table;

/// The path of one Git target.
pub(crate) fn path_of(id: domain::GitTargetId) -> String {
    format!("/gitops/targets/{id}")
}

/// A commit as people read it: its first seven digits.
fn short(commit: &str) -> String {
    commit.get(..7).unwrap_or(commit).to_owned()
}

/// The words of the button that brings a target in step.
const SYNC: &str = "Sync now";
