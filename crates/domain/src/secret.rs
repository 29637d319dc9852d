//! A value that must never leave the server.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

/// A password, token or key. Comes in from a form, goes out only to Vault or a registry.
///
/// It deserializes, so a form can carry it to the server. It serializes to an empty string
/// everywhere but in the browser, so no answer, job, log or snapshot of the server can hold it.
/// `Debug` is redacted, there is no `Display`, and the memory is wiped on drop.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The most bytes a secret may have: 64 KiB.
    pub const MAX_BYTES: usize = 64 * 1024;

    /// Takes ownership of a secret text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. `clippy.toml` bans it: a file that puts secrets on the wire, or reads one as the
    /// document it is, says so in an `expect`. Everybody else asks what the methods below tell.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it begins with what tells its kind, such as `ghp_`.
    #[must_use]
    pub fn starts_with(&self, prefix: &str) -> bool {
        self.0.starts_with(prefix)
    }

    /// Whether `part` stands in it, such as the first line of a key in PEM.
    #[must_use]
    pub fn contains(&self, part: &str) -> bool {
        self.0.contains(part)
    }

    /// Whether each of its bytes is one of these.
    #[must_use]
    pub fn is_made_of(&self, allowed: impl Fn(u8) -> bool) -> bool {
        self.0.bytes().all(allowed)
    }

    /// Without the white space around it.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        Self::new(self.0.trim().to_owned())
    }

    /// With LF where browsers send the line breaks of a file as CR LF.
    #[must_use]
    pub fn with_unix_line_breaks(self) -> Self {
        if self.0.contains('\r') { Self::new(self.0.replace("\r\n", "\n")) } else { self }
    }
}

#[cfg(feature = "host")]
impl Secret {
    /// The same in base64.
    #[must_use]
    pub fn to_base64(&self) -> Self {
        use base64::{Engine as _, engine::general_purpose::STANDARD};

        Self::new(STANDARD.encode(self.0.as_bytes()))
    }

    /// What it is as a text in base64, whatever white space is in it; `None` when it is none.
    #[must_use]
    pub fn from_base64(&self) -> Option<Self> {
        use base64::{Engine as _, engine::general_purpose::STANDARD};

        let mut packed = Zeroizing::new(String::with_capacity(self.0.len()));
        packed.extend(self.0.chars().filter(|c| !c.is_ascii_whitespace()));
        let bytes = Zeroizing::new(STANDARD.decode(packed.as_bytes()).ok()?);
        std::str::from_utf8(&bytes).ok().map(|text| Self::new(text.to_owned()))
    }

    /// What it says as JSON; the parser's own words would quote it, so nothing is told of a failure.
    #[must_use]
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.0).ok()
    }
}

/// Takes as long for any two secrets of a length, wherever they differ.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        *self == *other.0.as_str()
    }
}

impl Eq for Secret {}

impl PartialEq<str> for Secret {
    fn eq(&self, other: &str) -> bool {
        let different = |(a, b): (u8, u8)| a ^ b;
        let pairs = self.0.bytes().zip(other.bytes());
        self.0.len() == other.len() && pairs.map(different).fold(0, |all, one| all | one) == 0
    }
}

impl PartialEq<&str> for Secret {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if cfg!(target_arch = "wasm32") {
            serializer.serialize_str(&self.0)
        } else {
            serializer.serialize_str("")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn a_host_reads_a_secret_and_never_writes_it() {
        let secret: Secret = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(secret, "hunter2");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"\"");
        assert!(!format!("{secret:?}").contains("hunter2"));
    }

    #[test]
    fn secrets_are_equal_as_their_texts_are() {
        for (a, b) in [("", ""), ("a", "a"), ("a", "b"), ("a", ""), ("ab", "a"), ("ab", "cb")] {
            assert_eq!(secret(a) == secret(b), a == b, "{a} {b}");
        }
    }

    #[test]
    fn a_secret_tells_what_rules_ask() {
        let token = secret(" ghp_x ");
        assert_eq!((token.len(), token.trimmed()), (7, secret("ghp_x")));
        assert!(token.trimmed().starts_with("ghp_") && token.contains("p_x"));
        assert!(token.trimmed().is_made_of(|b| b.is_ascii_graphic()));
        assert!(!token.is_made_of(|b| b.is_ascii_graphic()));
        assert_eq!(secret("a\r\nb\r").with_unix_line_breaks(), "a\nb\r");
    }

    #[cfg(feature = "host")]
    #[test]
    fn documents_are_read_from_base64_and_json() {
        assert_eq!(secret("{\"a\":1}").to_base64(), "eyJhIjoxfQ==");
        let unpacked = secret("eyJh\n Ijox\tfQ==").from_base64().unwrap();
        assert_eq!(unpacked.json::<serde_json::Value>().unwrap()["a"], 1);
        for none in ["%", "eyJ", "/w=="] {
            assert!(secret(none).from_base64().is_none(), "{none}");
        }
        assert!(secret("{").json::<serde_json::Value>().is_none());
    }
}
