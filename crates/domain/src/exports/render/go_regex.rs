//! Where the syntax of regular expressions differs between Rust and Go.

/// What of an expression Go reads differently or not at all; `None` when nothing is known to.
///
/// Sources: docs.rs/regex/latest/regex/#syntax and pkg.go.dev/regexp/syntax. Both are RE2 at heart.
pub(super) fn differs(expression: &str) -> Option<&'static str> {
    let mut chars = expression.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('<' | '>') => return Some("the word boundaries \\< and \\>"),
                Some('u' | 'U') => return Some("\\u escapes"),
                Some('b') if chars.peek() == Some(&'{') => return Some("\\b{…}"),
                _ => {}
            },
            '[' if in_class && chars.peek() != Some(&':') => return Some("a class inside a class"),
            '[' => in_class = true,
            ']' => in_class = false,
            '&' | '~' | '-' if in_class && chars.peek() == Some(&c) => {
                return Some("set operations such as && in a class");
            }
            '(' if !in_class && chars.peek() == Some(&'?') => {
                let flags =
                    chars.clone().skip(1).take_while(|c| c.is_ascii_alphabetic() || *c == '-');
                if flags.into_iter().any(|flag| matches!(flag, 'x' | 'R' | 'u')) {
                    return Some("the flags x, R or u");
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_does_not_read_is_found() {
        for same in
            [r"^https://ghcr\.io/[a-z-]+/", r"(?i)^x", r"[[:alpha:]]", r"(?P<x>a)", r"a\b", r"[&]"]
        {
            assert_eq!(differs(same), None, "{same}");
        }
        for other in
            [r"(?x) a", r"[a&&b]", r"\bx\<", r"\u{41}", r"[a[b]]", r"\b{start}", r"(?i-u)a"]
        {
            assert!(differs(other).is_some(), "{other}");
        }
    }
}
