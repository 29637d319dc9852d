//! Chart repositories: table, forms, detail.

mod add_form;
mod delete_form;
mod detail;
mod edit_form;
mod fields;
mod list;
mod server_fns;
mod state;

pub(crate) use add_form::add;
pub(crate) use delete_form::delete;
pub(crate) use detail::detail;
pub(crate) use list::list;

/// The path of one repository.
pub(crate) fn path_of(id: domain::RepositoryId) -> String {
    format!("/charts/repositories/{id}")
}
