//! Credentials: table, forms, detail.

mod choose;
mod create_form;
mod delete_form;
mod detail;
mod list;
mod server_fns;
mod update_form;

pub(crate) use choose::new;
pub(crate) use delete_form::delete;
pub(crate) use detail::detail;
pub(crate) use list::list;

/// The path of one credential.
pub(crate) fn path_of(id: domain::CredentialId) -> String {
    format!("/credentials/{id}")
}
