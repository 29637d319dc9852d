//! The real router over SQLite, asked as browsers and others ask. Vault is not there: what needs it
//! says so, everything else works.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod asking;
mod endpoints;
mod headers;
mod limits;
mod origins;
mod sessions;
mod streams;
