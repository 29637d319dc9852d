//! A data key encrypted to an age recipient.
//!
//! The format is age v1 (github.com/C2SP/C2SP/blob/main/age.md): a header with one X25519 stanza, and
//! a payload of one chunk.

use std::fmt::Write as _;

use aws_lc_rs::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral},
    hkdf::{HKDF_SHA256, Salt},
    hmac,
    rand::SystemRandom,
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use domain::exports::Recipient;
use zeroize::Zeroizing;

use super::{SopsError, base64, cipher::random};

type Key = Zeroizing<[u8; 32]>;

/// The age file that holds `secret`, in binary.
pub(super) fn encrypt(secret: &[u8; 32], recipient: &Recipient) -> Result<Vec<u8>, SopsError> {
    let file_key: Zeroizing<[u8; 16]> = Zeroizing::new(random()?);
    let (share, wrap_key) = wrap_key(recipient)?;
    // Each wrap key and each payload key is used once, so their nonces may be constant.
    let wrapped = sealed(&wrap_key, [0; 12], &*file_key)?;
    let header = format!(
        "age-encryption.org/v1\n-> X25519 {}\n{}\n---",
        STANDARD_NO_PAD.encode(share),
        STANDARD_NO_PAD.encode(wrapped)
    );
    let mac_key = derived(&[], &*file_key, b"header")?;
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &*mac_key), header.as_bytes());
    let nonce: [u8; 16] = random()?;
    let payload_key = derived(&nonce, &*file_key, b"payload")?;
    // Chunk 0, which is the last one.
    let mut last = [0; 12];
    if let Some(flag) = last.last_mut() {
        *flag = 1;
    }
    let mut file = format!("{header} {}\n", STANDARD_NO_PAD.encode(mac.as_ref())).into_bytes();
    file.extend_from_slice(&nonce);
    file.extend(sealed(&payload_key, last, secret)?);
    Ok(file)
}

/// The file in the armor of age, which is that of RFC 7468: lines of 64 characters.
pub(super) fn armored(file: &[u8]) -> String {
    let text = base64(file);
    let mut armored = String::from("-----BEGIN AGE ENCRYPTED FILE-----\n");
    for line in text.as_bytes().chunks(64) {
        // Base64 is ASCII, so no character is cut in two, and a string takes everything.
        let _ = writeln!(armored, "{}", String::from_utf8_lossy(line));
    }
    armored.push_str("-----END AGE ENCRYPTED FILE-----\n");
    armored
}

/// A new public share, and the key that it and the recipient agree on.
fn wrap_key(recipient: &Recipient) -> Result<(Vec<u8>, Key), SopsError> {
    let refused = || SopsError::Crypto("X25519");
    let random = SystemRandom::new();
    let private = EphemeralPrivateKey::generate(&X25519, &random).map_err(|_| refused())?;
    let share = private.compute_public_key().map_err(|_| refused())?.as_ref().to_vec();
    let salt = [share.as_slice(), recipient.key()].concat();
    let peer = UnparsedPublicKey::new(&X25519, recipient.key());
    // It refuses points of low order, with which everybody would agree on the same key.
    let key = agree_ephemeral(private, peer, refused(), |shared| {
        derived(&salt, shared, b"age-encryption.org/v1/X25519")
    })?;
    Ok((share, key))
}

/// HKDF-SHA-256 (RFC 5869).
fn derived(salt: &[u8], secret: &[u8], label: &[u8]) -> Result<Key, SopsError> {
    let mut key = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[label], HKDF_SHA256)
        .and_then(|derived| derived.fill(key.as_mut_slice()))
        .map_err(|_| SopsError::Crypto("HKDF"))?;
    Ok(key)
}

fn sealed(key: &Key, nonce: [u8; 12], secret: &[u8]) -> Result<Vec<u8>, SopsError> {
    let refused = |_| SopsError::Crypto("ChaCha20-Poly1305");
    let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &**key).map_err(refused)?);
    let mut sealed = secret.to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
        .map_err(refused)?;
    Ok(sealed)
}
