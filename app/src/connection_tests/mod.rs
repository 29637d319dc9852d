//! Connection tests: the buttons that start one, and the panel that shows what came of it.

mod facts;
mod panel;
mod place;
mod server_fns;
mod stage_html;
mod test_forms;

pub(crate) use facts::left;
pub(crate) use place::{results, test_button};
pub use stage_html::stage_html;
pub(crate) use test_forms::{test_credential_form, test_repository_form};
