//! JSON web tokens that Hawser signs (RS256).

#![expect(clippy::disallowed_methods, reason = "reads a private key")]

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{RSA_PKCS1_SHA256, RsaEncoding},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Cause, Secret};
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use serde::Serialize;
use zeroize::Zeroize;

use egress::Failure;

/// Signs `claims` with an RSA key in PEM: PKCS#8 as Google gives it, PKCS#1 as GitHub does.
pub(super) fn rs256(
    key_id: Option<&str>,
    claims: &impl Serialize,
    pem: &Secret,
) -> Result<Secret, Failure> {
    let unusable = |what: &str| Failure::new(Cause::UnsupportedTokenKind, what);
    let pair = key_pair(pem).ok_or_else(|| unusable("read the private key"))?;
    let header = Header { alg: "RS256", typ: "JWT", kid: key_id };
    let (Ok(header), Ok(claims)) = (serde_json::to_vec(&header), serde_json::to_vec(claims)) else {
        return Err(unusable("write a token for the private key"));
    };
    let mut token =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let mut signature = vec![0; pair.public_modulus_len()];
    let padding: &'static dyn RsaEncoding = &RSA_PKCS1_SHA256;
    pair.sign(padding, &SystemRandom::new(), token.as_bytes(), &mut signature)
        .map_err(|_| unusable("sign with the private key"))?;
    let signature = URL_SAFE_NO_PAD.encode(signature);
    token.reserve_exact(1 + signature.len());
    token.push('.');
    token.push_str(&signature);
    Ok(Secret::new(token))
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

fn key_pair(pem: &Secret) -> Option<KeyPair> {
    let mut der = PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()).ok()?;
    let pair = match &der {
        PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()).ok(),
        _ => None,
    };
    der.zeroize();
    pair
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{encoding::AsDer, rsa::KeySize, signature::KeyPair as _};
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;

    #[test]
    fn both_kinds_of_pem_sign_and_other_keys_are_told() {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pkcs8 = pair.as_der().unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode(pkcs8.as_ref())
        );
        let token = rs256(Some("k1"), &json!({"iss": "me"}), &Secret::new(pem.clone())).unwrap();
        let (signed, signature) = token.expose().rsplit_once('.').unwrap();
        let public = aws_lc_rs::signature::UnparsedPublicKey::new(
            &aws_lc_rs::signature::RSA_PKCS1_2048_8192_SHA256,
            pair.public_key().as_ref(),
        );
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        public.verify(signed.as_bytes(), &signature).unwrap();
        assert!(public.verify(b"other", &signature).is_err());
        for bad in [
            "",
            "hunter2",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            &pem.replace("PRIVATE KEY", "EC PRIVATE KEY"),
            &pem.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
        ] {
            let failure = rs256(None, &json!({}), &Secret::new(bad.into())).unwrap_err();
            assert_eq!(failure.cause, Cause::UnsupportedTokenKind);
        }
    }
}
