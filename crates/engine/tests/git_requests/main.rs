//! Exports that reach a branch by pull request: a real Git server, and beside it a stub of the API
//! that hosts offer for pull requests, which checks what they check.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../world/git.rs"]
mod git;
#[path = "../../../connectors/tests/real/git_backend.rs"]
mod git_backend;
#[expect(dead_code, reason = "the tests of connectors use the rest")]
#[path = "../../../connectors/tests/real/git_server.rs"]
mod git_server;
mod hosts;
mod kinds;
mod looks;
mod stories;
#[path = "../world/mod.rs"]
mod world;
