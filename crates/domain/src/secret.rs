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

    /// The text itself. Call it only to check a rule or to put the value on the wire.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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

    #[test]
    fn a_host_reads_a_secret_and_never_writes_it() {
        let secret: Secret = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(secret.expose(), "hunter2");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"\"");
        assert!(!format!("{secret:?}").contains("hunter2"));
    }
}
