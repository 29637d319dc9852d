//! SQL of exports.

mod choices;
mod delete;
mod exports_containing;
mod facts;
mod list;
mod of_repository;
mod read;
mod uses;
mod write;

pub use choices::{
    Searched, chosen_credentials, chosen_repositories, found_credentials, found_repositories,
};
pub use delete::{delete, drop_credential, drop_repository, holding, replace_credential};
pub use exports_containing::{carrying, carrying_now};
pub use facts::{
    ChartRow, CredentialRow, RepositoryRow, addresses, allowed, archives, charts, credentials,
    repositories,
};
pub use list::list;
pub use of_repository::of_repository;
pub use read::{StoredExport, named, places, row_versions, stored};
pub use uses::{through, uses};
pub use write::{
    NewExport, agree, clear, insert, set_credentials, set_repositories, update, withdraw_agreements,
};

pub(crate) use read::place;
