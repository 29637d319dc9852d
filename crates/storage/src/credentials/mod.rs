//! SQL of credentials: everything but the secret, which only Vault holds.

mod create;
mod delete;
mod list;
mod operations;
mod read;
mod update;

pub use create::{NewRow, insert, name_is_taken, remove_unborn};
pub use delete::{Deleted, deleted, destroyed, tombstone};
pub use list::{count, count_all, page};
pub use operations::{Ended, Kind, Operation, begin, ended, overdue, settle};
pub use read::{Committed, Existing, choices, committed, existing, get, mark_used};
pub use update::{Description, commit, describe, give_back, take};

use domain::{Provider, credentials::CredentialState};

use crate::{Error, Result};

pub(crate) fn provider(code: &str) -> Result<Provider> {
    Provider::parse(code).ok_or(Error::Value { column: "credentials.provider" })
}

pub(crate) fn state(text: &str) -> Result<CredentialState> {
    CredentialState::parse(text).ok_or(Error::Value { column: "credentials.state" })
}
