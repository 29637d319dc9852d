//! Hashes of secrets: what is stored or compared in place of them.

#![expect(clippy::disallowed_methods, reason = "hashes the text of a secret")]

use domain::Secret;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

/// The hash of a random token, by which its row is found.
pub(crate) fn sha256(token: &Secret) -> [u8; 32] {
    Sha256::digest(token.expose().as_bytes()).into()
}

/// Takes a secret into an authentication code.
pub(crate) fn update(mac: &mut Hmac<Sha256>, secret: &Secret) {
    mac.update(secret.expose().as_bytes());
}
