//! The rules of fields that a browser can tell while one types. The server checks all of them, and more.

use domain::Field;

/// What a field holds, as a pattern of HTML, and the sentence that says so where it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    /// What the whole value has to match; an empty value always does.
    pub pattern: &'static str,
    /// What to type.
    pub sentence: &'static str,
}

/// A URL with a scheme of the web, without a login in it.
pub(crate) const WEB_URL: Rule = Rule {
    pattern: r"\s*https?:\/\/[^\s@]+\s*",
    sentence: "Type a URL that begins with https://, without a user name or password in it.",
};

/// A password that somebody chooses.
pub(crate) const NEW_PASSWORD: Rule =
    Rule { pattern: ".{12,}", sentence: "Use at least 12 characters." };

/// The rule of a field, whichever form it stands in.
pub(super) const fn rule(field: Field) -> Option<Rule> {
    let (pattern, sentence) = match field {
        Field::Name => (".{0,255}", "Type a name of at most 255 characters."),
        Field::Username => (".{0,255}", "Use at most 255 characters."),
        // A whole command, or an address with or without scheme.
        Field::Url => (
            r"\s*(helm\s.+|([a-z]+:\/\/)?[^\s:\/@]+(:\d+)?(\/[^\s]*)?)\s*",
            "Type a URL such as https://charts.example.com or oci://ghcr.io/acme, without a user name or password in it.",
        ),
        Field::Webhook => (WEB_URL.pattern, WEB_URL.sentence),
        Field::Folder => (r"(?!\s*\/).*", "Leave out the slash at the beginning."),
        Field::Email => (".+@.+", "Type an email address such as ada@example.com."),
        _ => return None,
    };
    Some(Rule { pattern, sentence })
}
