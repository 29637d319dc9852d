//! Exports: what they write, and the form that says what.

pub(crate) mod check;
mod choose;
mod delete_form;
mod detail;
mod export_picker;
mod fields;
mod files;
mod form;
mod list;
mod reveal_form;
mod server_fns;
mod values;

pub(crate) use choose::{begin, new};
pub(crate) use delete_form::delete;
pub(crate) use detail::detail;
pub(crate) use export_picker::{taken, ticked};
pub(crate) use files::notes;
pub(crate) use list::list;

/// The page of all exports.
pub(crate) const PATH: &str = "/gitops/exports";

/// The page that adds one.
pub(crate) const NEW: &str = "/gitops/exports/new";

/// The path of one export.
pub(crate) fn path_of(id: domain::ExportId) -> String {
    format!("{PATH}/{id}")
}
