//! Exports: what they write, and the form that says what.

pub(crate) mod check;
mod choose;
mod delete_form;
mod detail;
mod fields;
mod files;
mod form;
mod list;
mod reveal_form;
mod server_fns;
mod values;

use leptos::prelude::*;

use crate::ui::detour::Leave;
pub(crate) use choose::{begin, new};
pub(crate) use delete_form::delete;
pub(crate) use detail::detail;
pub(crate) use files::notes;
pub(crate) use list::list;
pub(crate) use values::{joined, split};

/// The page of all exports.
pub(crate) const PATH: &str = "/gitops/exports";

/// The button that adds an export for the form on the page `here`, which keeps what was typed.
pub(crate) fn add_export(here: &str) -> AnyView {
    view! { <Leave to="/gitops/exports/new" here=here.to_owned() label="Add an export…"/> }
        .into_any()
}

/// The path of one export.
pub(crate) fn path_of(id: domain::ExportId) -> String {
    format!("{PATH}/{id}")
}
