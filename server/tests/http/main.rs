//! The real router over SQLite, asked as browsers and others ask. Vault is not there: what needs it
//! says so, everything else works.
#![expect(clippy::disallowed_methods, reason = "tests compare secrets with what was typed")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod account;
mod asking;
mod behind_nginx;
mod endpoints;
mod full_disk;
mod headers;
mod import;
mod limits;
mod matrix;
mod members;
mod oauth;
mod oauth_log;
mod origins;
mod rights;
mod sessions;
mod streams;
