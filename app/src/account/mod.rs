//! One's own account: who one is, the password, the sessions.

mod page;
mod password;
mod server_fns;
mod sessions;

pub(crate) use page::account;
pub(crate) use password::password;
pub(crate) use sessions::sessions;

/// The address of the page.
const PATH: &str = "/account";
