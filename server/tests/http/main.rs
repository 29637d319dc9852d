//! The real router over SQLite, asked as browsers and others ask. Vault is not there: what needs it
//! says so, everything else works.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod asking;
mod behind_nginx;
#[path = "../../../crates/storage/tests/full_disk/disk.rs"]
mod disk;
mod endpoints;
mod full_disk;
#[expect(dead_code, reason = "each program of tests uses a part of it")]
#[path = "../../../crates/connectors/tests/real/github_stub/mod.rs"]
mod github_stub;
mod headers;
mod limits;
mod oauth;
mod oauth_log;
mod origins;
mod sessions;
mod streams;
