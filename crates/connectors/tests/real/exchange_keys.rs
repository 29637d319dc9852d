//! RSA keys for the tests, and the check that a token was signed by one.

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::Value;

/// A private key, and the public key that its tokens are checked with.
pub struct Key {
    pair: KeyPair,
}

impl Key {
    pub fn new() -> Self {
        Self { pair: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    /// The private key in PKCS#8, as Google gives it.
    pub fn pem(&self) -> String {
        let der = STANDARD.encode(self.pair.as_der().unwrap().as_ref());
        let lines: Vec<_> = der.as_bytes().chunks(64).map(|l| str::from_utf8(l).unwrap()).collect();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
    }

    /// The private key in PKCS#1, as GitHub gives it: what PKCS#8 wraps.
    pub fn pkcs1_pem(&self) -> String {
        let pkcs8 = self.pair.as_der().unwrap();
        // A PKCS#8 key of RSA has 26 bytes before the key itself.
        let der = STANDARD.encode(&pkcs8.as_ref()[26..]);
        format!("-----BEGIN RSA PRIVATE KEY-----\n{der}\n-----END RSA PRIVATE KEY-----\n")
    }

    pub fn public(&self) -> Public {
        Public(self.pair.public_key().as_ref().to_vec())
    }
}

#[derive(Clone)]
pub struct Public(Vec<u8>);

impl Public {
    /// Header and claims of a token, if this key signed it with RS256.
    pub fn verified(&self, token: &str) -> Option<(Value, Value)> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0);
        key.verify(signed.as_bytes(), &signature).ok()?;
        let (header, claims) = signed.split_once('.')?;
        let read =
            |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
        let (header, claims) = (read(header)?, read(claims)?);
        (header["alg"] == "RS256").then_some((header, claims))
    }
}
