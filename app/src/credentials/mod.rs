//! Credentials: the wizard that adds one, the table, the page of each.

#[cfg(feature = "ssr")]
mod access;
#[cfg(feature = "ssr")]
mod activity;
#[cfg(feature = "ssr")]
mod address_fns;
#[cfg(feature = "ssr")]
mod addresses;
mod advising;
#[cfg(feature = "ssr")]
mod auth_method_fields;
#[cfg(feature = "ssr")]
mod badges;
#[cfg(feature = "ssr")]
mod best_practices;
#[cfg(feature = "ssr")]
mod candidate;
#[cfg(feature = "ssr")]
mod choose;
#[cfg(feature = "ssr")]
mod choose_auth_method;
#[cfg(feature = "ssr")]
mod connected;
#[cfg(feature = "ssr")]
mod connection;
#[cfg(feature = "ssr")]
mod create_form;
#[cfg(feature = "ssr")]
mod delete_form;
#[cfg(feature = "ssr")]
mod detail;
#[cfg(feature = "ssr")]
mod document;
mod draft;
#[cfg(feature = "ssr")]
mod facts;
#[cfg(feature = "ssr")]
mod guide;
#[cfg(feature = "ssr")]
mod guides;
#[cfg(feature = "ssr")]
mod impact;
#[cfg(feature = "ssr")]
mod input_warnings;
mod key_file;
#[cfg(feature = "ssr")]
mod links;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod map;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
mod paused;
#[cfg(feature = "ssr")]
mod place_form;
#[cfg(feature = "ssr")]
mod placement_fields;
#[cfg(feature = "ssr")]
mod remark_fields;
#[cfg(feature = "ssr")]
mod return_to;
#[cfg(feature = "ssr")]
mod rotation_fns;
#[cfg(feature = "ssr")]
mod secret;
#[cfg(feature = "ssr")]
mod server_fns;
#[cfg(feature = "ssr")]
mod settings;
#[cfg(feature = "ssr")]
mod table;
#[cfg(feature = "ssr")]
mod test_fields;
#[cfg(feature = "ssr")]
mod timeline;
#[cfg(feature = "ssr")]
mod update_form;
#[cfg(feature = "ssr")]
mod usage;
#[cfg(feature = "ssr")]
mod uses;
#[cfg(feature = "ssr")]
mod versions;

#[cfg(feature = "ssr")]
pub(crate) use choose::new;
#[cfg(feature = "ssr")]
pub(crate) use delete_form::delete;
#[cfg(feature = "ssr")]
pub(crate) use detail::detail;
#[cfg(feature = "ssr")]
pub(crate) use document::document;
#[cfg(feature = "ssr")]
pub(crate) use guides::guides;
#[cfg(feature = "ssr")]
pub(crate) use input_warnings::{KEPT, given};
#[cfg(feature = "ssr")]
pub(crate) use list::list;
#[cfg(feature = "ssr")]
pub(crate) use timeline::{picture, urgency_class};

/// The path of one credential whose new secret is tested first; the page tells how that ended too.
#[cfg(feature = "ssr")]
fn staged_path(id: domain::CredentialId) -> String {
    format!("{}&{STAGED}=1", secret_path(id))
}

/// The path of one credential while an update is followed.
#[cfg(feature = "ssr")]
fn update_path(id: domain::CredentialId, propagation: domain::PropagationId) -> String {
    format!("{}&propagation={propagation}", secret_path(id))
}

/// The path of the tab with the secret of one credential.
#[cfg(feature = "ssr")]
fn secret_path(id: domain::CredentialId) -> String {
    crate::ui::tabs::Tab::Versions.at(&path_of(id))
}

/// The path of the tab with the addresses of one credential.
#[cfg(feature = "ssr")]
pub(crate) fn access_path(id: domain::CredentialId) -> String {
    crate::ui::tabs::Tab::Access.at(&path_of(id))
}

/// In the query of a credential's page while its new secret is followed.
#[cfg(feature = "ssr")]
const STAGED: &str = "staged";

/// The path of one credential.
#[cfg(feature = "ssr")]
pub(crate) fn path_of(id: domain::CredentialId) -> String {
    format!("/credentials/{id}")
}
