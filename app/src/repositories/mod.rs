//! Chart repositories: table, forms, detail.

#[cfg(feature = "ssr")]
mod add_form;
#[cfg(feature = "ssr")]
mod bulk_bar;
#[cfg(feature = "ssr")]
mod delete_form;
#[cfg(feature = "ssr")]
mod detail;
#[cfg(feature = "ssr")]
mod edit_form;
#[cfg(feature = "ssr")]
mod environment;
#[cfg(feature = "ssr")]
mod fields;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod runs;
#[cfg(feature = "ssr")]
mod server_fns;
#[cfg(feature = "ssr")]
mod state;
#[cfg(feature = "ssr")]
mod table;

#[cfg(feature = "ssr")]
pub(crate) use add_form::add;
#[cfg(feature = "ssr")]
pub(crate) use delete_form::delete;
#[cfg(feature = "ssr")]
pub(crate) use detail::detail;
#[cfg(feature = "ssr")]
pub(crate) use fields::network;
#[cfg(feature = "ssr")]
pub(crate) use list::list;

/// The path of one repository.
#[cfg(feature = "ssr")]
pub(crate) fn path_of(id: domain::RepositoryId) -> String {
    format!("/charts/repositories/{id}")
}
