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
mod install;
mod manifests;
mod program;
mod sealed;
