//! What Hawser writes, read by the programs that people read it with: helm, kubectl, sops and skopeo, which
//! `make setup-tests` installs.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod charts;
mod discovery;
mod exports;
#[path = "../../../domain/tests/exports/world.rs"]
#[expect(dead_code, reason = "the tests of the domain use the rest")]
mod facts;
mod install;
mod manifests;
mod program;
mod sealed;
#[path = "../world/mod.rs"]
mod world;
