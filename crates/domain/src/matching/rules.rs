//! What a pattern must be.

use super::{
    expression,
    normalize::normalize,
    program::Program,
    reachable::{Urls, reaches},
};
use crate::{
    Field, FieldProblem, Purpose,
    credentials::{PatternKind, Placement},
};

/// Checks a pattern of this kind: an exact one must be a URL, a regular expression must compile to
/// a program of at most 64 KiB and match some URL of one of these purposes, as URLs are compared.
/// Neither may hold a user name, a password or a query, because patterns are shown to everybody in
/// the organization.
///
/// # Errors
/// What to change; never what was typed.
pub fn check_pattern(
    kind: PatternKind,
    text: &str,
    purposes: &[Purpose],
) -> Result<(), FieldProblem> {
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
        PatternKind::Regex => {
            expression::parse(text).and_then(|(_, program)| matches_something(&program, purposes))
        }
    }
}

/// Refuses an expression that no URL can match, and says why as far as that can be told.
fn matches_something(program: &Program, purposes: &[Purpose]) -> Result<(), FieldProblem> {
    let purposes = if purposes.is_empty() { &Purpose::ALL } else { purposes };
    let reaches_any = |urls: fn(Purpose) -> Urls| {
        purposes.iter().any(|purpose| reaches(program.nfa(), urls(*purpose)))
    };
    if reaches_any(Urls::Compared) {
        return Ok(());
    }
    Err(Field::Pattern.problem(if reaches_any(Urls::AnyCase) {
        "This matches no URL: host names are compared in lower case. Write the host in lower case, or begin with (?i)."
    } else if reaches_any(Urls::AnyEnd) {
        "This matches no URL: slashes, .git, index.yaml and tags at the end are left out before comparing. Leave them out here too."
    } else {
        "This matches no URL: URLs are compared as https://host/path, without user name and query, such as https://ghcr.io/acme/charts. Addresses such as git@github.com:acme/app are compared as https://github.com/acme/app."
    }))
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
            assert_eq!(check_pattern(PatternKind::Exact, good, &[]), Ok(()), "{good}");
        }
        for bad in ["", "no url", "ftp://a/b", "https://a/?token=s3cret", "https://"] {
            let problem = check_pattern(PatternKind::Exact, bad, &[]).unwrap_err();
            assert_eq!(problem.field, Field::Pattern);
            assert!(!problem.message.contains("s3cret"));
        }
        for good in ["^http://github.com/", "^https://[a-z0-9-]+\\.example\\.com/.*$", "acme", "a@"]
        {
            assert_eq!(check_pattern(PatternKind::Regex, good, &[]), Ok(()), "{good}");
        }
        assert_eq!(check_pattern(PatternKind::None, "", &[]), Ok(()));
    }

    #[test]
    fn x18_an_expression_that_matches_no_url_is_refused_with_the_reason() {
        let git = [Purpose::Git];
        for (bad, purposes, word) in [
            ("^https://Git.Example.org/MyOrg/.*", &git[..], "lower case"),
            ("^https://ghcr\\.io/acme/$", &[], "at the end"),
            ("^https://github\\.com/acme/.*\\.git$", &git[..], ".git"),
            ("^git@github\\.com:acme/", &git[..], "https://github.com/acme/app"),
            ("^Host:", &[], "https://host/path"),
        ] {
            let problem = check_pattern(PatternKind::Regex, bad, purposes).unwrap_err();
            assert!(problem.message.contains(word), "{bad}: {}", problem.message);
        }
        // For charts a path may end like this.
        let chart = "^https://github\\.com/acme/.*\\.git$";
        assert_eq!(
            check_pattern(PatternKind::Regex, chart, &[Purpose::Git, Purpose::Helm]),
            Ok(())
        );
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
            let problem = check_pattern(kind, bad, &[]).unwrap_err();
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
            let problem = check_pattern(PatternKind::Regex, bad, &[]).unwrap_err();
            assert_eq!(problem.field, Field::Pattern, "{bad}");
        }
    }
}
