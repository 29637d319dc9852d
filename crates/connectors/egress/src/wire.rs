//! Secrets on their way into a request: headers that nothing prints, and bodies that are wiped once they
//! are sent.

#![expect(clippy::disallowed_methods, reason = "puts secrets on the wire")]

use std::io::Write;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use domain::Secret;
use reqwest::{Body, header::HeaderValue};
use serde::{Serialize, Serializer};
use url::form_urlencoded;
use zeroize::Zeroizing;

/// The content type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The value of a header, marked so that nothing prints it; `None` when it cannot stand in one.
#[must_use]
pub fn header(secret: &Secret) -> Option<HeaderValue> {
    sensitive(secret.expose())
}

/// The same of an `Authorization` with a token.
#[must_use]
pub fn bearer(token: &Secret) -> Option<HeaderValue> {
    sensitive(&Zeroizing::new(format!("Bearer {}", token.expose())))
}

/// The same of an `Authorization` with a user name and a password.
#[must_use]
pub fn basic(username: &str, password: &Secret) -> Option<HeaderValue> {
    let pair = Zeroizing::new(format!("{username}:{}", password.expose()));
    sensitive(&Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes()))))
}

/// The same of a text.
#[must_use]
pub fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Fields as a form; the buffer does not grow, so no copy of a secret is left behind.
#[must_use]
pub fn form(plain: &[(&str, &str)], secret: &[(&str, &Secret)]) -> Zeroizing<Vec<u8>> {
    let secret = || secret.iter().map(|(name, secret)| (*name, secret.expose()));
    let fields = || plain.iter().copied().chain(secret());
    let most = fields().map(|(name, value)| 3 * (name.len() + value.len()) + 2).sum();
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(most));
    form.extend_pairs(fields());
    Zeroizing::new(form.finish().into_bytes())
}

/// A document in JSON; the buffer has its size from the start, so no copy of a secret is left behind.
/// Empty for what does not serialize, which a server refuses.
#[must_use]
pub fn json(document: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut length = Length(0);
    let measured = serde_json::to_writer(&mut length, document);
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.0));
    if measured.and_then(|()| serde_json::to_writer(&mut *bytes, document)).is_err() {
        bytes.clear();
    }
    bytes
}

/// A secret that stands as it is in a document of [`json`].
pub struct Exposed<'a>(pub &'a Secret);

impl Serialize for Exposed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

/// A body of a request, which is wiped when the connection lets go of it.
#[must_use]
pub fn body(bytes: Zeroizing<Vec<u8>>) -> Body {
    Bytes::from_owner(bytes).into()
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use zeroize::ZeroizeOnDrop;

    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn headers_are_marked_and_break_no_line() {
        for made in [header(&secret("t")), bearer(&secret("t")), basic("u", &secret("t"))] {
            assert!(made.unwrap().is_sensitive());
        }
        assert_eq!(bearer(&secret("t")).unwrap(), "Bearer t");
        assert_eq!(basic("u", &secret("p")).unwrap(), "Basic dTpw");
        assert!(bearer(&secret("a\nb")).is_none() && header(&secret("a\0")).is_none());
    }

    #[test]
    fn a_form_never_outgrows_its_buffer() {
        for value in ["", "a b", "ÿÿÿ", "+++&&&===", "\u{10ffff}"] {
            let most = 3 * ("grant typex".len() + 2 * value.len()) + 4;
            let form = form(&[("grant type", value)], &[("x", &secret(value))]);
            assert!(form.len() <= most && form.capacity() == most, "{value}");
        }
        assert_eq!(form(&[("a", "1 2")], &[("b", &secret("&"))]).as_slice(), b"a=1+2&b=%26");
    }

    #[test]
    fn a_document_fills_its_buffer_and_is_wiped() {
        #[derive(Serialize)]
        struct Document<'a> {
            password: Exposed<'a>,
        }
        fn is_wiped(_: &impl ZeroizeOnDrop) {}

        for text in ["", "x", "\"\u{1}\\", &"ÿ\n".repeat(5_000)] {
            let made = json(&Document { password: Exposed(&secret(text)) });
            assert_eq!(made.capacity(), made.len());
            let read: serde_json::Value = serde_json::from_slice(&made).unwrap();
            assert_eq!(read["password"], text);
            is_wiped(&made);
            assert_eq!(body(made.clone()).as_bytes(), Some(made.as_slice()));
        }
    }
}
