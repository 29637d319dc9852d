//! AWS Signature Version 4, for a POST without a query.
//!
//! Source: AWS, "Signature Version 4 signing process"; checked against the published test suite
//! and against botocore's signer.

#![expect(clippy::disallowed_methods, reason = "signs with a secret")]

use aws_lc_rs::{digest, hmac};
use domain::{Secret, Timestamp};
use http::header::HeaderValue;
use url::Url;
use zeroize::Zeroizing;

use super::call::ProviderCall;
use egress::wire;

/// What signs requests.
#[derive(Clone)]
pub(super) struct AwsKey {
    pub(super) id: String,
    pub(super) secret: Secret,
    /// Given with temporary keys.
    pub(super) session: Option<Secret>,
}

/// Which service a signature is for.
pub(super) struct Purpose<'a> {
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) now: Timestamp,
}

/// The headers that carry a signature.
pub(super) struct Signature {
    pub(super) authorization: HeaderValue,
    pub(super) date: HeaderValue,
    pub(super) session: Option<HeaderValue>,
}

impl Signature {
    /// Puts the headers on the request that was signed.
    pub(super) fn put_on(self, call: ProviderCall) -> ProviderCall {
        let call = call.login(self.authorization).header("x-amz-date", self.date);
        match self.session {
            Some(session) => call.header("x-amz-security-token", session),
            None => call,
        }
    }
}

/// Signs a POST of `body` to `url` with these `headers`, whose names are in lower case. `None` when
/// the key cannot stand in a header.
pub(super) fn sign(
    key: &AwsKey,
    purpose: &Purpose<'_>,
    url: &Url,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Signature> {
    let time = basic_time(purpose.now);
    let day = time.get(..8)?;
    let mut signed: Vec<(&str, &str)> =
        headers.iter().copied().chain([("host", url.authority()), ("x-amz-date", &time)]).collect();
    if let Some(session) = &key.session {
        signed.push(("x-amz-security-token", session.expose()));
    }
    signed.sort_unstable();
    let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let canonical = canonical(url, &signed, &names, body);
    let scope = format!("{day}/{}/{}/aws4_request", purpose.region, purpose.service);
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", sha256(canonical.as_bytes()));
    let signature = hex::encode(hmac(&signing_key(key, purpose, day), &to_sign).as_ref());
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
        key.id
    );
    Some(Signature {
        authorization: wire::sensitive(&authorization)?,
        date: HeaderValue::from_str(&time).ok()?,
        session: match &key.session {
            Some(session) => Some(wire::header(session)?),
            None => None,
        },
    })
}

fn canonical(url: &Url, signed: &[(&str, &str)], names: &str, body: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(4_096));
    text.push_str("POST\n");
    // Every service but S3 wants the path, which is already encoded on the wire, encoded again.
    text.push_str(&url.path().replace('%', "%25"));
    text.push_str("\n\n");
    for (name, value) in signed {
        for part in [*name, ":", value.trim(), "\n"] {
            text.push_str(part);
        }
    }
    for part in ["\n", names, "\n", &sha256(body)] {
        text.push_str(part);
    }
    text
}

fn signing_key(key: &AwsKey, purpose: &Purpose<'_>, day: &str) -> hmac::Key {
    let first = Zeroizing::new(format!("AWS4{}", key.secret.expose()));
    let mut signing = hmac::Key::new(hmac::HMAC_SHA256, first.as_bytes());
    for part in [day, purpose.region, purpose.service, "aws4_request"] {
        signing = hmac::Key::new(hmac::HMAC_SHA256, hmac(&signing, part).as_ref());
    }
    signing
}

fn hmac(key: &hmac::Key, text: &str) -> hmac::Tag {
    hmac::sign(key, text.as_bytes())
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// `20150830T123600Z`.
fn basic_time(at: Timestamp) -> String {
    at.rfc3339().replace(['-', ':'], "")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key, scope and answers of AWS's published test suite for Signature Version 4.
    fn signature(headers: &[(&str, &str)], body: &[u8]) -> String {
        let key = AwsKey {
            id: "AKIDEXAMPLE".into(),
            secret: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into()),
            session: None,
        };
        let now = Timestamp::parse_rfc3339("2015-08-30T12:36:00Z").unwrap();
        let purpose = Purpose { region: "us-east-1", service: "service", now };
        let url = Url::parse("https://example.amazonaws.com/").unwrap();
        let signature = sign(&key, &purpose, &url, headers, body).unwrap();
        assert_eq!(signature.date, "20150830T123600Z");
        assert!(signature.authorization.is_sensitive());
        signature.authorization.to_str().unwrap().to_owned()
    }

    #[test]
    fn the_published_examples_come_out() {
        assert_eq!(
            signature(&[], b""),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        );
        assert!(
            signature(&[("content-type", "application/x-www-form-urlencoded")], b"Param1=value1")
                .ends_with("ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")
        );
    }
}
