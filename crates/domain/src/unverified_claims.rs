//! What a JSON web token says about itself, without a look at its signature.
//!
//! Nothing is trusted for it. It is read to tell people when a token ends, to know an expired one from
//! a wrong one, and to list rights that a login should not have; the registry decides.

use zeroize::Zeroizing;

use crate::packed::{unpacked, value_of};

/// The most bytes of a token that is looked into.
const MAX_BYTES: usize = 64 * 1024;

/// The claims of a JSON web token (RFC 7519) that nobody verified.
pub struct UnverifiedClaims(Zeroizing<String>);

impl UnverifiedClaims {
    /// The claims of three parts with dots between them, whose first two are JSON objects in base64;
    /// `None` for any other text.
    pub(crate) fn of_text(token: &str) -> Option<Self> {
        let token = token.trim();
        if token.len() > MAX_BYTES {
            return None;
        }
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let object = |part| unpacked(part).map(Zeroizing::new).filter(|json| json.starts_with('{'));
        object(header)?;
        object(claims).map(Self)
    }

    /// A claim that is a whole number, as the browser finds it: there is no JSON parser in it.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        let digits = value_of(&self.0, name)?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits.get(..end)?.parse().ok()
    }
}

#[cfg(feature = "host")]
impl UnverifiedClaims {
    /// The claims of a token; `None` for any other secret.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "reads a token as the document it is")]
    pub fn of(token: &crate::Secret) -> Option<Self> {
        Self::of_text(token.expose())
    }

    /// The claims in a type of the reader's; `None` where they do not fit it.
    #[must_use]
    pub fn read<C: serde::de::DeserializeOwned>(&self) -> Option<C> {
        serde_json::from_str(&self.0).ok()
    }

    /// When the token ends (`exp`, RFC 7519 section 4.1.4), also where a service wrote it as text.
    #[must_use]
    pub fn expires_at(&self) -> Option<crate::Timestamp> {
        #[derive(serde::Deserialize)]
        struct Expiry {
            exp: serde_json::Value,
        }
        let Expiry { exp } = self.read()?;
        let seconds = exp.as_f64().or_else(|| exp.as_str()?.trim().parse().ok())?;
        crate::Timestamp::from_seconds(seconds)
    }
}

#[cfg(all(test, feature = "host"))]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;
    use crate::{Secret, Timestamp};

    fn token(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_token_tells_when_it_ends() {
        let expiry =
            |claims: &str| UnverifiedClaims::of_text(&token(claims)).and_then(|c| c.expires_at());
        for written in ["1700000000.5", "\"1700000000.5\"", "\" 1700000000.5 \""] {
            let end = expiry(&format!("{{\"sub\":\"a\",\"exp\":{written}}}"));
            assert_eq!(end, Some(Timestamp::from_millis(1_700_000_000_500)), "{written}");
        }
        for none in ["0", "-1", "-1e300", "1e300", "null", "\"soon\"", "[1]"] {
            assert_eq!(expiry(&format!("{{\"exp\":{none}}}")), None, "{none}");
        }
        assert_eq!(expiry("{}"), None);
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let long = token(&format!("{{\"sub\":\"{}\"}}", "x".repeat(MAX_BYTES)));
        for bad in
            ["", "hunter2", "..", "a.b", "a.b.c", "a.e30.c", "e30.e30.e30.e30", "e30.e30", &long]
        {
            assert!(UnverifiedClaims::of_text(bad).is_none(), "{bad}");
        }
        assert!(UnverifiedClaims::of(&Secret::new(format!(" {}\n", token("{}")))).is_some());
    }
}
