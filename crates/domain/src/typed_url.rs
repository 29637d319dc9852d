//! A URL as somebody typed it, which may hold a password.

use std::ops::Deref;

use serde::{Deserialize, Serialize, Serializer};

/// A URL, or what should be one, as typed into a form.
///
/// It serializes without anything that could be a secret, so that what a form keeps in a session or
/// carries in an address never holds one. Rules read the whole text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct TypedUrl(String);

impl Deref for TypedUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<String> for TypedUrl {
    fn from(typed: String) -> Self {
        Self(typed)
    }
}

impl From<&str> for TypedUrl {
    fn from(typed: &str) -> Self {
        Self(typed.to_owned())
    }
}

impl Serialize for TypedUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&redact_url(&self.0))
    }
}

/// The typed text without user name, password, query, fragment and the rest of a pasted command.
/// It reads text only, because parsing URLs is not in the browser, and rather drops too much.
#[must_use]
pub fn redact_url(typed: &str) -> String {
    let word = url_word(typed);
    let (scheme, rest) = match word.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), word),
    };
    if !scheme.trim_end_matches("://").bytes().all(|b| b.is_ascii_alphanumeric()) {
        return String::new();
    }
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (plain, dropped) = rest.split_at(end);
    if dropped.contains('@') && !plain.contains('/') {
        // The mark may stand inside a password, so what is before it may be one half of that.
        return String::new();
    }
    let plain = plain.rsplit_once('@').map_or(plain, |(_, after)| after);
    let (authority, path) = plain.split_at(plain.find('/').unwrap_or(plain.len()));
    format!("{scheme}{}{path}", without_odd_port(authority))
}

/// The word of a pasted command that is the URL; nothing when none looks like one.
fn url_word(typed: &str) -> &str {
    let mut words = typed.split_whitespace();
    match (words.next(), words.next()) {
        (Some(word), None) => word,
        _ => typed
            .split_whitespace()
            .find(|word| word.contains("://") && !word.starts_with('-'))
            .unwrap_or_default(),
    }
}

/// A password that was cut off at a space looks like a port that is no number.
fn without_odd_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && !authority.ends_with(']') => {
            if port.bytes().all(|b| b.is_ascii_digit()) { authority } else { host }
        }
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_cred_05_no_part_of_a_secret_is_kept() {
        for (typed, kept) in [
            ("https://ada:s3cret@charts.example.com/a", "https://charts.example.com/a"),
            ("ada:s3cret@charts.example.com", "charts.example.com"),
            ("https://s3cret@charts.example.com", "https://charts.example.com"),
            ("https://ada:s3/cret@h.example/a", "https://h.example/a"),
            ("https://ada:s3@cret@h.example/a", "https://h.example/a"),
            ("https://ada:s3cret more@h.example/a", "https://ada"),
            ("https://ada:s3?cret@h.example/a", ""),
            ("https://s3#cret@h.example/a", ""),
            ("https://h.example/a?token=s3cret", "https://h.example/a"),
            ("https://h.example/a?token=s3@cret", "https://h.example/a"),
            ("h.example/a#s3cret", "h.example/a"),
            (
                "helm repo add a https://u:s3cret@h.example/a --password s3cret",
                "https://h.example/a",
            ),
            ("helm repo add a h.example/a --password s3cret", ""),
            ("curl --proxy=https://u:s3cret@p.example https://h.example", "https://h.example"),
            ("ada:s3cret@https://h.example", ""),
        ] {
            let text = redact_url(typed);
            assert!(!text.contains("s3") && !text.contains("cret"), "{typed}: {text}");
            assert_eq!(text, kept, "{typed}");
        }
    }

    #[test]
    fn what_holds_no_secret_stays_as_it_is() {
        for text in [
            "",
            "https://charts.example.com/a",
            "oci://127.0.0.1:5000/a",
            "https://[::1]:8080/a",
            "https://[::1]/a",
            "charts.example.com",
            "ftp://charts.example.com",
        ] {
            assert_eq!(redact_url(text), text);
        }
    }
}
