//! At which origins the URLs lie that a pattern can match.

use std::collections::BTreeSet;

use regex_syntax::hir::{
    Hir, Look,
    literal::{ExtractKind, Extractor, Literal},
};

use super::{expression::syntax, normalize};
use crate::{Purpose, credentials::PatternKind, repositories::RepositoryUrl};

/// The origins of what a pattern can match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// These and no others, each as `scheme://host:port`.
    Fixed(BTreeSet<String>),
    /// As far as can be told, any: the pattern does not write its hosts out.
    Open,
}

/// The origins of what a pattern can match when it is looked up for one of these purposes.
///
/// A regular expression has fixed origins when everything that it matches begins with a host that is
/// written out, up to the slash behind it or the end of the URL.
#[must_use]
pub fn origins(kind: PatternKind, pattern: &str, purposes: &[Purpose]) -> Origins {
    let found: Option<BTreeSet<String>> = match kind {
        PatternKind::None => Some(BTreeSet::new()),
        PatternKind::Exact => {
            let urls = purposes.iter().map(|purpose| normalize(*purpose, pattern));
            let urls: BTreeSet<String> = urls.filter(|url| !url.is_empty()).collect();
            let origins = urls.iter().map(|url| origin(url)).collect::<Option<BTreeSet<_>>>();
            origins.filter(|origins| !origins.is_empty())
        }
        PatternKind::Regex => syntax(pattern).and_then(|hir| of_expression(&hir)),
    };
    found.map_or(Origins::Open, Origins::Fixed)
}

/// `None` when the host is not written out.
fn of_expression(hir: &Hir) -> Option<BTreeSet<String>> {
    if !hir.properties().look_set_prefix().contains(Look::Start) {
        return None;
    }
    let ends = hir.properties().look_set_suffix().contains(Look::End);
    let beginnings = Extractor::new().kind(ExtractKind::Prefix).extract(hir);
    let literals = beginnings.literals().filter(|literals| !literals.is_empty())?;
    literals.iter().map(|literal| of_beginning(literal, ends)).collect()
}

/// The origin of what begins with these letters, which are all of it where the expression `ends` there.
fn of_beginning(literal: &Literal, ends: bool) -> Option<String> {
    let text = str::from_utf8(literal.as_bytes()).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    let authority = match rest.split_once('/') {
        Some((authority, _)) => authority,
        None => (literal.is_exact() && ends).then_some(rest)?,
    };
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '[' | ']');
    if authority.is_empty() || !authority.chars().all(plain) {
        return None;
    }
    origin(&format!("{scheme}://{authority}"))
}

fn origin(url: &str) -> Option<String> {
    RepositoryUrl::parse(url).ok().map(|url| url.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: PatternKind, pattern: &str) -> Option<Vec<String>> {
        let purposes = match kind {
            PatternKind::Exact if pattern.contains("git") => &[Purpose::Git][..],
            _ => &[Purpose::Helm, Purpose::Image],
        };
        match origins(kind, pattern, purposes) {
            Origins::Fixed(origins) => Some(origins.into_iter().collect()),
            Origins::Open => None,
        }
    }

    #[test]
    fn r_cred_03_the_origins_of_a_pattern_are_those_it_writes_out() {
        use PatternKind::{Exact, None as Without, Regex};
        for (kind, pattern, expected) in [
            (Without, "", &[][..]),
            (Exact, "oci://quay.example/acme", &["https://quay.example:443"]),
            (Exact, "quay.example:5000/acme/app", &["https://quay.example:5000"]),
            (Exact, "http://charts.example/a", &["http://charts.example:80"]),
            (Exact, "index.docker.io/acme", &["https://docker.io:443"]),
            (Exact, "git@git.example:acme/app.git", &["https://git.example:443"]),
            (Exact, "ssh://git@git.example:7999/a/b.git", &["https://git.example:443"]),
            (Regex, r"^https://quay\.example/", &["https://quay.example:443"]),
            (Regex, r"^quay\.example/acme", &["https://quay.example:443"]),
            (Regex, r"^oci://registry-1\.docker\.io/", &["https://docker.io:443"]),
            (Regex, r"^https://quay\.example:8443/[a-z]+$", &["https://quay.example:8443"]),
            (Regex, r"^https://quay\.example$", &["https://quay.example:443"]),
            (Regex, r"^(https://quay\.example)/(a|b)/.*", &["https://quay.example:443"]),
            (
                Regex,
                r"^https?://quay\.example/",
                &["http://quay.example:80", "https://quay.example:443"],
            ),
            (
                Regex,
                r"^https://(a|b)\.example/",
                &["https://a.example:443", "https://b.example:443"],
            ),
        ] {
            let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
            assert_eq!(of(kind, pattern), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn r_cred_03_a_pattern_that_does_not_write_its_host_out_is_open() {
        for pattern in [
            r"quay\.example/acme",
            r"^https://quay\.example",
            r"^https://quay\.example.*/acme",
            r"^https://[a-z]+\.example/",
            r"^https://.*",
            r".*",
            "",
            r"(^https://quay\.example/|evil)",
            r"(?m)^https://quay\.example/",
            r"^https://quay\.example@[a-z]+/",
            r"^(.*)https://quay\.example/",
            r"^https://(quay\.example/)?",
            r"^https://quay\.example$|^https://",
        ] {
            assert_eq!(of(PatternKind::Regex, pattern), None, "{pattern}");
        }
        for pattern in ["", "no url", r"https://a\@quay.example/"] {
            assert_eq!(of(PatternKind::Exact, pattern), None, "{pattern}");
        }
    }
}
