//! Real servers and stubs that the tests of several crates use. Nothing here ships.

#![expect(clippy::disallowed_methods, reason = "tests compare secrets with what was typed")]
#![expect(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "a test that cannot go on fails, and says where"
)]

pub mod export_facts;
pub mod git_backend;
pub mod git_server;
pub mod github_stub;
pub mod own_vault;
pub mod small_disk;
