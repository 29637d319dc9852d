//! Paths of our own pages and their queries.

use domain::sessions::safe_next;
use url::form_urlencoded::{Serializer, byte_serialize, parse};

/// A text as it stands in a query.
pub(crate) fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

/// A path with a query of the pairs that have a value.
pub(crate) fn with(path: &str, pairs: &[(&str, &str)]) -> String {
    let filled: Vec<_> = pairs.iter().copied().filter(|(_, value)| !value.is_empty()).collect();
    with_all(path, &filled)
}

/// A path with a query of all pairs, for forms in which an emptied field means something.
pub(crate) fn with_all(path: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return path.to_owned();
    }
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{}", query(pairs))
}

/// Pairs as they stand in a query, or as a form sends them.
pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(pairs);
    query.finish()
}

/// A path of this server with the values of a form in its query, which may be long; anything else
/// becomes `fallback`.
#[must_use]
pub fn ours<'a>(path: &'a str, fallback: &'a str) -> &'a str {
    let (plain, query) = path.split_once('?').unwrap_or((path, ""));
    let clean =
        query.len() <= 8_192 && query.bytes().all(|b| (0x21..0x7f).contains(&b) && b != b'\\');
    if plain == safe_next(plain) && clean { path } else { fallback }
}

/// `path` with `name` set to `value` in its query, whatever it was before.
pub(crate) fn replaced(path: &str, name: &str, value: &str) -> String {
    let (plain, query) = path.split_once('?').unwrap_or((path, ""));
    let kept: Vec<(String, String)> =
        parse(query.as_bytes()).into_owned().filter(|(known, _)| known != name).collect();
    let mut pairs: Vec<_> = kept.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    pairs.push((name, value));
    with_all(plain, &pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_and_empty_ones_left_out() {
        let path = with("/credentials", &[("search", "a&b=c d"), ("provider", ""), ("page", "2")]);
        assert_eq!(path, "/credentials?search=a%26b%3Dc+d&page=2");
        assert_eq!(with("/a?b=1", &[("c", "2")]), "/a?b=1&c=2");
        assert_eq!(with("/a", &[]), "/a");
        assert_eq!(replaced("/a?b=1&c=2&b=3", "b", "4"), "/a?c=2&b=4");
        assert_eq!(replaced("/a?b=1&c=", "b", "4"), "/a?c=&b=4");
    }

    #[test]
    fn only_our_own_paths_are_kept() {
        let long = format!("/a?charts={}", "x".repeat(4_000));
        assert_eq!(ours(&long, "/"), long);
        for bad in ["https://evil", "//evil", "/\\evil", "/a?b\r\nc", "/a?b\\c", ""] {
            assert_eq!(ours(bad, "/x"), "/x", "{bad:?}");
        }
    }
}
