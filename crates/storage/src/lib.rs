//! SQL and only SQL, one text for SQLite and PostgreSQL.
//!
//! Every function is one statement. Tenant data takes a [`crate::Scope`], the proof of a right in
//! one organization; what has no scope is either global (users, sessions) or hands work to the
//! engine together with the organization it belongs to.
//!
//! Every function fails when the database does not answer or refuses, or holds a value that this version does
//! not know; where there is more to an error than [`Error`] says, the function names it.
#![expect(clippy::missing_errors_doc, reason = "said above, once for all functions")]

pub mod audit;
pub mod bulk;
pub mod charts;
pub mod circuit_breaker;
pub mod credentials;
mod db;
mod error;
pub mod exports;
pub mod gitops;
pub mod jobs;
pub mod matching;
pub mod members;
pub mod notices;
pub mod organizations;
pub mod overview;
#[cfg(test)]
mod plans;
mod pool;
pub mod projects;
pub mod propagation;
mod read_pool;
pub mod repositories;
mod rights;
pub mod search;
pub mod sessions;
pub mod settings;
mod sql;

pub use db::{Db, Tx};
pub use error::{Error, Result};
pub use pool::reach;
pub use rights::{Scope, ScopedTx, Sweep};
pub use sql::Statement;

pub(crate) use sql::{Json, exec, one_row, one_value, row, rows, value, values};
