//! Encrypting a secret to the readers of a target.
use domain::{
    Timestamp,
    exports::{Recipient, SecretObject},
};

pub(super) fn encrypt(
    _: &SecretObject,
    _: &[Recipient],
    _: Timestamp,
) -> Result<String, std::fmt::Error> {
    Err(std::fmt::Error)
}
