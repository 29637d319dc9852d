//! Connected accounts, against a stub of GitHub that checks what GitHub checks, with a real OpenBao.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod browser;
mod device;
mod fault_proxy;
mod installed;
mod kept;
mod orphaned;
mod renewed;
mod replica;
mod revoked;
