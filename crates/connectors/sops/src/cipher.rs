//! AES-256-GCM with nonces of 32 bytes.
//!
//! aws-lc-rs takes nonces of 12 bytes only. SOPS would decrypt those, but it writes 32 bytes, and its
//! `edit` uses the nonce of an unchanged value again and expects that length. So this one cipher
//! comes from the `aes-gcm` crate.

use aes_gcm::{
    AesGcm, KeyInit,
    aead::{Aead, Payload, consts::U32},
    aes::Aes256,
};
use zeroize::Zeroizing;

use super::{SopsError, base64};

/// The key that encrypts the values of one file.
pub(super) struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    pub fn random() -> Result<Self, SopsError> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A value as SOPS writes it, bound to `place`. An empty text stays empty.
    pub fn encrypt(&self, text: &str, place: &str) -> Result<String, SopsError> {
        const TAG: usize = 16;
        if text.is_empty() {
            return Ok(String::new());
        }
        let nonce: [u8; 32] = random()?;
        let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
        let sealed = AesGcm::<Aes256, U32>::new((&*self.0).into())
            .encrypt((&nonce).into(), payload)
            .map_err(|_| SopsError::Crypto("AES-GCM"))?;
        let (data, tag) = sealed
            .split_at_checked(sealed.len().saturating_sub(TAG))
            .ok_or(SopsError::Crypto("AES-GCM"))?;
        Ok(format!(
            "ENC[AES256_GCM,data:{},iv:{},tag:{},type:str]",
            base64(data),
            base64(&nonce),
            base64(tag)
        ))
    }
}

pub(super) fn random<const N: usize>() -> Result<[u8; N], SopsError> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| SopsError::Crypto("random numbers"))?;
    Ok(bytes)
}
