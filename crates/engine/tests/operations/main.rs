//! What operators meet: a full disk, a restore, a Vault that lacks a right.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

#[path = "../../../storage/tests/full_disk/disk.rs"]
mod disk;
mod full_disk;
#[expect(dead_code, reason = "each program of tests uses a part of it")]
#[path = "../../../connectors/tests/real/own_vault.rs"]
mod own_vault;
mod restore;
mod vault_rights;
#[path = "../world/mod.rs"]
mod world;
