//! Connected Git accounts: whose they are and how they stand. Their tokens are in Vault alone.

mod read;
mod states;
mod write;

pub use read::{Connection, Holder, addresses, get, holder, list, targets};
pub use states::{State, begin, delete_of_user, forget_ended, take};
pub use write::{NewGitAccount, insert, mark_broken, mark_working, remove, update};
