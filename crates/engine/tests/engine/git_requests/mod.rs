//! Exports that reach a branch by pull request: a real Git server, and beside it a stub of the API
//! that hosts offer for pull requests, which checks what they check.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod hosts;
mod kinds;
mod looks;
mod stories;
