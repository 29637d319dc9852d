//! What a pattern must be.

use super::{expression, normalize::normalize};
use crate::{
    Field, FieldProblem, Purpose,
    credentials::{PatternKind, Placement},
};

/// Checks a pattern of this kind: an exact one must be a URL, a regular expression must compile to
/// a program of at most 64 KiB. Neither may hold a user name, a password or a query, because
/// patterns are shown to everybody in the organization.
///
/// # Errors
/// What to change; never what was typed.
pub fn check_pattern(kind: PatternKind, text: &str) -> Result<(), FieldProblem> {
    if text.len() > Placement::MAX_PATTERN_BYTES {
        return Err(Field::Pattern.problem("Too long: the limit is 1,024 bytes."));
    }
    if kind != PatternKind::None && holds_login(kind, text) {
        return Err(Field::Pattern.problem(
            "Remove what stands before the @: URLs are compared without user name and password.",
        ));
    }
    match kind {
        PatternKind::None => Ok(()),
        PatternKind::Exact => check_url(text),
        PatternKind::Regex => expression::parse(text).map(drop),
    }
}

fn check_url(text: &str) -> Result<(), FieldProblem> {
    if text.contains(['?', '#']) {
        return Err(Field::Pattern.problem(
            "Remove the part after the question mark or #: URLs are compared without it.",
        ));
    }
    if Purpose::ALL.iter().all(|purpose| normalize(*purpose, text).is_empty()) {
        return Err(Field::Pattern
            .problem("This is not a URL. Use one such as https://ghcr.io/acme/charts."));
    }
    Ok(())
}

/// `git@host:path` and `ssh://git@host/path` hold no secret; anything else before an `@` may.
fn holds_login(kind: PatternKind, text: &str) -> bool {
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    let authority = rest.split('/').next().unwrap_or_default();
    let Some((login, _)) = authority.rsplit_once('@') else { return false };
    match kind {
        PatternKind::Regex => text.contains("://"),
        _ => login.contains(':') || matches!(scheme, "http" | "https" | "oci"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_expressions_are_told_apart() {
        for good in [
            "https://ghcr.io/acme",
            "oci://ghcr.io/acme",
            "ghcr.io/acme",
            "git@github.com:acme/app.git",
            "ssh://git@host.example:7999/a/b.git",
        ] {
            assert_eq!(check_pattern(PatternKind::Exact, good), Ok(()), "{good}");
        }
        for bad in ["", "no url", "ftp://a/b", "https://a/?token=s3cret", "https://"] {
            let problem = check_pattern(PatternKind::Exact, bad).unwrap_err();
            assert_eq!(problem.field, Field::Pattern);
            assert!(!problem.message.contains("s3cret"));
        }
        for good in ["^http://github.com/", "^https://[a-z0-9-]+\\.example\\.com/.*$", "acme", "a@"]
        {
            assert_eq!(check_pattern(PatternKind::Regex, good), Ok(()), "{good}");
        }
        assert_eq!(check_pattern(PatternKind::None, ""), Ok(()));
    }

    #[test]
    fn r_cred_05_a_pattern_holds_no_login() {
        for (kind, bad) in [
            (PatternKind::Exact, "https://ada:s3cret@host.example/a"),
            (PatternKind::Exact, "https://s3cret@host.example/a"),
            (PatternKind::Exact, "ssh://ada:s3cret@host.example/a"),
            (PatternKind::Exact, "ada:s3cret@host.example/a"),
            (PatternKind::Regex, "^https://ada:s3cret@host\\.example/"),
        ] {
            let problem = check_pattern(kind, bad).unwrap_err();
            assert!(problem.message.contains('@') && !problem.message.contains("s3cret"), "{bad}");
        }
    }

    #[test]
    fn r_input_expressions_are_bounded() {
        let nested = format!("{}a{}", "(".repeat(200), ")".repeat(200));
        for bad in [
            "(",
            "[a-",
            "a{2,1}",
            "(?=a)b",
            r"(a)\1",
            "((a{100}){100}){100}",
            "[a-z]{1000}{1000}",
            &nested,
            &"a".repeat(1_025),
        ] {
            let problem = check_pattern(PatternKind::Regex, bad).unwrap_err();
            assert_eq!(problem.field, Field::Pattern, "{bad}");
        }
    }
}
