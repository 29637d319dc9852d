//! SOPS files: a Kubernetes secret that only the holder of an age key can read.
//!
//! The format is that of getsops/sops `sops.go`, `aes/cipher.go` and `age/keysource.go`: a data key of
//! 32 random bytes encrypts each value under `data` and `stringData`; the data key is encrypted to
//! each recipient; a MAC over all values in the order of the document, encrypted with the data key
//! and bound to the time of the last change, protects the whole.
//!
//! The age part is written here instead of taken from the `age` crate: that crate brings translations
//! and some eighty packages along, and what is needed of it is one X25519 stanza and one chunk.

mod age;
mod cipher;

use aws_lc_rs::digest::{Context, SHA512};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Timestamp,
    exports::{Recipient, SecretObject, leaves, yaml},
};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use cipher::DataKey;

/// The version of SOPS whose format is written.
const VERSION: &str = "3.9.4";
/// Which keys hold values to encrypt.
const ENCRYPTED: &str = "^(data|stringData)$";

/// Why a secret was not encrypted.
#[derive(Debug, thiserror::Error)]
pub enum SopsError {
    /// Nobody could read it.
    #[error("encrypting a secret to no recipient")]
    NoRecipient,
    /// It was rendered without the content of its credentials.
    #[error("encrypting a secret whose values are missing")]
    Preview,
    /// The library refused, which happens when the machine has no randomness or a key is weak.
    #[error("encrypting a secret with {0}")]
    Crypto(&'static str),
}

/// The secret as a SOPS file in YAML, encrypted to each of `recipients`. `now` is the time of the
/// last change, which stands in the file. Each call makes another text.
///
/// # Errors
/// See [`SopsError`].
pub fn encrypt(
    object: &SecretObject,
    recipients: &[Recipient],
    now: Timestamp,
) -> Result<String, SopsError> {
    if recipients.is_empty() {
        return Err(SopsError::NoRecipient);
    }
    if !object.is_whole() {
        return Err(SopsError::Preview);
    }
    let key = DataKey::random()?;
    let mut values = Map::new();
    for (name, text) in object.values() {
        let value = key.encrypt(text, &format!("stringData:{name}:"))?;
        values.insert(name.to_owned(), Value::from(value));
    }
    let changed = whole_seconds(now);
    let mac = key.encrypt(&mac(object), &changed)?;
    let mut keys = Vec::with_capacity(recipients.len());
    for recipient in recipients {
        let file = age::encrypt(key.bytes(), recipient)?;
        keys.push(json!({"recipient": recipient.to_string(), "enc": age::armored(&file)}));
    }
    let mut document = object.open();
    if let Value::Object(fields) = &mut document {
        fields.insert("stringData".to_owned(), Value::Object(values));
        let about = json!({
            "age": keys,
            "lastmodified": changed,
            "mac": mac,
            "encrypted_regex": ENCRYPTED,
            "version": VERSION,
        });
        fields.insert("sops".to_owned(), about);
    }
    Ok(yaml(&document))
}

/// SHA-512 in capital hex over every value, encrypted or not, in the order of the document.
fn mac(object: &SecretObject) -> Zeroizing<String> {
    // The document with the place of each secret value instead of the value, so that no copy is left
    // behind in a tree.
    let values: Vec<(&str, &str)> = object.values().collect();
    let places =
        values.iter().enumerate().map(|(place, (name, _))| ((*name).to_owned(), place.into()));
    let mut document = object.open();
    if let Value::Object(fields) = &mut document {
        fields.insert("stringData".to_owned(), Value::Object(places.collect()));
    }
    let mut digest = Context::new(&SHA512);
    for (_, leaf) in leaves(&document) {
        let place = leaf.as_u64().and_then(|place| usize::try_from(place).ok());
        let secret = place.and_then(|place| values.get(place)).map(|(_, text)| *text);
        digest.update(secret.or(leaf.as_str()).unwrap_or_default().as_bytes());
    }
    Zeroizing::new(hex::encode_upper(digest.finish()))
}

/// RFC 3339 without parts of a second, as SOPS writes and reads the time.
fn whole_seconds(now: Timestamp) -> String {
    Timestamp::from_millis(now.millis().div_euclid(1_000) * 1_000).rfc3339()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
