//! What differs between two answers that say the same.

use crate::asking::Answer;

/// Headers that are made anew for every answer.
const ANEW: [&str; 2] = ["x-request-id", "set-cookie"];

/// An answer without what is made anew each time (the id of the request, the session, the nonce of the
/// page), and without the id that was asked for: what is left must not tell a foreign object from one
/// that never was.
pub fn comparable(answer: &Answer, id: &str) -> String {
    let mut lines = vec![answer.status.to_string()];
    for (name, value) in &answer.headers {
        if !ANEW.contains(&name.as_str()) {
            lines.push(format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
        }
    }
    lines.sort();
    lines.push(answer.text.clone());
    let text = lines.join("\n").replace(id, "{id}");
    let text = without(&text, "'nonce-", '\'');
    without(&text, "nonce=\"", '"')
}

/// A text without what stands between `begin` and the next `end`.
fn without(text: &str, begin: &str, end: char) -> String {
    let mut parts = text.split(begin);
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        left.push_str(begin);
        left.push_str(part.split_once(end).map_or(part, |(_, rest)| rest));
    }
    left
}
