//! What operators meet: a full disk, a restore, a Vault that lacks a right.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod full_disk;
mod restore;
mod vault_rights;
