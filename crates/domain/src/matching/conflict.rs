//! What may surprise about a new pattern.

use std::{collections::HashSet, fmt, sync::Arc};

use super::{
    Index,
    expression::{Expression, Hosts},
    expressions::Looked,
    index::{IndexedCredential, Matcher, Usable},
    literals::{Affix, Side},
};
use crate::{CredentialId, credentials::PatternKind};

/// Why a pattern may not do what its author expects; as a text it is a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The expression matches URLs in the middle.
    AnyHost,
    /// The expression matches hosts that begin alike.
    LongerHost,
    /// These are used first, because their names come first.
    Behind(Vec<String>),
    /// It is used before these, because its name comes first.
    Before(Vec<String>),
    /// These exact patterns are used instead of the expression where they match.
    ExactFirst(Vec<String>),
    /// It is an exact pattern, and is used instead of these expressions.
    InsteadOfRegex(Vec<String>),
    /// It is used in its project instead of these shared ones.
    InsteadOfShared(Vec<String>),
    /// It is shared; these are used instead of it in their projects.
    ProjectFirst(Vec<String>),
    /// These are shared in a scope that is searched first.
    ScopeFirst(Vec<String>),
    /// It is shared in a scope that is searched before that of these.
    BeforeScope(Vec<String>),
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyHost => f.write_str(
                "This regular expression does not begin with ^https:// and a host, so it matches URLs of other hosts too. A stranger could make one that receives the secret.",
            ),
            Self::LongerHost => f.write_str(
                "This regular expression has no slash after the host, so it matches longer host names too. A stranger could own one that receives the secret. Add a slash.",
            ),
            Self::Behind(names) => write!(
                f,
                "{} can match the same URLs and comes first by name, so this one is not used for those.",
                list(names)
            ),
            Self::Before(names) => write!(
                f,
                "{} can match the same URLs. This one is used for those, because its name comes first.",
                list(names)
            ),
            Self::ExactFirst(names) => write!(
                f,
                "{} has one of these URLs as exact pattern, so this one is not used for it.",
                list(names)
            ),
            Self::InsteadOfRegex(names) => write!(
                f,
                "The regular expression of {} matches this URL. This one is used, because an exact pattern comes first.",
                list(names)
            ),
            Self::InsteadOfShared(names) => write!(
                f,
                "In its project this one is used instead of the shared {}.",
                list(names)
            ),
            Self::ProjectFirst(names) => write!(
                f,
                "{} belongs to a project and matches the same URLs; there it is used instead of this shared one.",
                list(names)
            ),
            Self::ScopeFirst(names) => write!(
                f,
                "{} can match the same URLs and is shared in a scope that is searched first, so this one is not used for those.",
                list(names)
            ),
            Self::BeforeScope(names) => write!(
                f,
                "{} can match the same URLs. This one is used for those, because its shared scope is searched first.",
                list(names)
            ),
        }
    }
}

/// The first three names, and how many more.
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [a, b] => format!("{a} or {b}"),
        [a, b, c] => format!("{a}, {b} or {c}"),
        [a, b, c, more @ ..] => format!("{a}, {b}, {c} or one of {} more", more.len()),
    }
}

impl Index {
    /// What may surprise about the pattern of a credential: at most one conflict of each kind, the
    /// most serious first. Two regular expressions are compared only when they are the same, or both
    /// ask for nothing but what a URL begins with.
    #[must_use]
    pub fn conflicts(&self, credential: CredentialId) -> Vec<Conflict> {
        let Some(candidate) = self.get(credential) else { return Vec::new() };
        let mut names: [Vec<&Arc<IndexedCredential>>; 8] = Default::default();
        for other in self.all() {
            if let Some(kind) = self.overlap(candidate, other)
                && let Some(names) = names.get_mut(kind)
            {
                names.push(other);
            }
        }
        let told = names.into_iter().zip(KINDS).filter(|(found, _)| !found.is_empty());
        let overlaps = told.map(|(mut found, kind)| {
            found.sort_unstable_by(|a, b| a.rank().cmp(&b.rank()));
            kind(found.into_iter().map(|stored| stored.name.to_string()).collect())
        });
        hosts(candidate).into_iter().chain(overlaps).collect()
    }

    /// The place in [`KINDS`] of what `other` does to the candidate.
    fn overlap(
        &self,
        candidate: &Arc<IndexedCredential>,
        other: &Arc<IndexedCredential>,
    ) -> Option<usize> {
        let (ours, theirs) = (self.shared_place(candidate.reach), self.shared_place(other.reach));
        let apart = candidate.reach != other.reach && ours.is_none() && theirs.is_none();
        if other.id == candidate.id || other.usable == Usable::No || apart {
            return None;
        }
        if !self.meet(candidate, other) {
            return None;
        }
        Some(match (ours, theirs) {
            (None, Some(_)) => 4,
            (Some(_), None) => 5,
            (Some(ours), Some(theirs)) if theirs < ours => 6,
            (Some(ours), Some(theirs)) if theirs > ours => 7,
            _ => match (candidate.pattern_kind(), other.pattern_kind()) {
                (PatternKind::Regex, PatternKind::Exact) => 2,
                (PatternKind::Exact, PatternKind::Regex) => 3,
                _ if other.rank() < candidate.rank() => 0,
                _ => 1,
            },
        })
    }

    /// Whether some URL is known that both match for one purpose.
    fn meet(&self, a: &Arc<IndexedCredential>, b: &Arc<IndexedCredential>) -> bool {
        let none = HashSet::new();
        let at = |urls: &[_], other: &IndexedCredential| {
            urls.iter().any(|(purpose, url): &(_, Arc<str>)| {
                let lower = url.to_ascii_lowercase();
                let looked = Looked { url, lower: &lower, except: &none };
                !url.is_empty()
                    && other.purposes.contains(purpose)
                    && other.matches(*purpose, looked, &self.kept)
            })
        };
        match (&a.matcher, &b.matcher) {
            (Matcher::Exact(urls), _) => at(urls, b),
            (_, Matcher::Exact(urls)) => at(urls, a),
            (Matcher::Regex(one), Matcher::Regex(two)) => {
                a.purposes.iter().any(|purpose| b.purposes.contains(purpose))
                    && (a.pattern == b.pattern || begin_alike(one, two))
            }
            _ => false,
        }
    }
}

/// The conflicts with other credentials, in the order in which they are told.
const KINDS: [fn(Vec<String>) -> Conflict; 8] = [
    Conflict::Behind,
    Conflict::Before,
    Conflict::ExactFirst,
    Conflict::InsteadOfRegex,
    Conflict::InsteadOfShared,
    Conflict::ProjectFirst,
    Conflict::ScopeFirst,
    Conflict::BeforeScope,
];

fn hosts(candidate: &IndexedCredential) -> Option<Conflict> {
    let Matcher::Regex(expression) = &candidate.matcher else { return None };
    match expression.hosts() {
        Hosts::Named => None,
        Hosts::Anywhere => Some(Conflict::AnyHost),
        Hosts::Longer => Some(Conflict::LongerHost),
    }
}

/// Whether one expression asks for a longer beginning of the same URLs.
fn begin_alike(a: &Expression, b: &Expression) -> bool {
    let beginning = |expression: &Expression| match expression.affix() {
        Some(Affix { text, before: Side::Fixed, after }) if *after != Side::Fixed => {
            Some(text.clone())
        }
        _ => None,
    };
    match (beginning(a), beginning(b)) {
        (Some(a), Some(b)) => a.starts_with(&*b) || b.starts_with(&*a),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Name, ProjectId, Purpose,
        credentials::CredentialScope,
        matching::{Entry, SharedProject},
    };

    fn entry(name: &str, reach: CredentialScope, kind: PatternKind, pattern: &str) -> Entry {
        let name = Name::parse(name).unwrap();
        let purposes = [Purpose::Helm, Purpose::Image];
        Entry::new(CredentialId::new(), &name, reach, &purposes, (kind, pattern))
    }

    #[test]
    fn surprises_are_told() {
        use PatternKind::{Exact, Regex};
        let (ours, theirs) = (
            CredentialScope::Project(ProjectId::new()),
            CredentialScope::Project(ProjectId::new()),
        );
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut index = Index::of([
            entry("m", ours, Exact, "oci://ghcr.io/acme"),
            entry("n", ours, Regex, r"^https://quay\.io/acme/"),
            entry("s", CredentialScope::Shared, Exact, "https://ghcr.io/shared"),
        ]);
        let mut told = |entry: Entry| {
            let id = entry.id;
            index.put(entry);
            let found = index.conflicts(id);
            index.remove(id);
            found
        };
        for (name, reach, kind, pattern, expected) in [
            ("a", ours, Exact, "https://ghcr.io/acme/", vec![Conflict::Before(names(&["m"]))]),
            ("z", ours, Exact, "https://ghcr.io/acme", vec![Conflict::Behind(names(&["m"]))]),
            ("z", theirs, Exact, "https://ghcr.io/acme", vec![]),
            ("z", ours, Exact, "https://ghcr.io/other", vec![]),
            ("z", ours, Regex, r"^oci://ghcr\.io/a", vec![Conflict::ExactFirst(names(&["m"]))]),
            ("z", ours, Regex, r"^https://quay\.io/", vec![Conflict::Behind(names(&["n"]))]),
            ("z", ours, Regex, r"^https://[q]uay\.io/", vec![Conflict::Behind(names(&["n"]))]),
            ("z", ours, Regex, r"^https://q[a-z]+\.io/", vec![]),
            (
                "z",
                ours,
                Exact,
                "https://quay.io/acme/x",
                vec![Conflict::InsteadOfRegex(names(&["n"]))],
            ),
            ("z", ours, Exact, "ghcr.io/shared", vec![Conflict::InsteadOfShared(names(&["s"]))]),
            (
                "a",
                CredentialScope::Shared,
                Regex,
                r"^quay\.io/acme/charts",
                vec![Conflict::ProjectFirst(names(&["n"]))],
            ),
            ("z", ours, Regex, r"example\.com/", vec![Conflict::AnyHost]),
            ("z", ours, Regex, r"^https://example\.com", vec![Conflict::LongerHost]),
        ] {
            assert_eq!(told(entry(name, reach, kind, pattern)), expected, "{name} {pattern}");
        }
        let git = Entry {
            purposes: vec![Purpose::Git],
            ..entry("z", ours, Exact, "https://ghcr.io/acme")
        };
        assert_eq!(told(git), []);
    }

    #[test]
    fn f22_what_is_shared_in_another_scope_is_told() {
        let [alpha, beta] = [(); 2].map(|()| ProjectId::new());
        let url = "https://ghcr.io/acme";
        let [one, two] = [("one", alpha), ("two", beta)]
            .map(|(name, id)| entry(name, CredentialScope::Project(id), PatternKind::Exact, url));
        let ids = [one.id, two.id];
        let mut index = Index::of([one, two]);
        assert_eq!(ids.map(|id| index.conflicts(id)), [vec![], vec![]]);
        let shared = |id, name: &str| SharedProject { id, name: name.into(), key: name.into() };
        index.share([shared(alpha, "alpha"), shared(beta, "beta")]);
        assert_eq!(
            ids.map(|id| index.conflicts(id)),
            [
                vec![Conflict::BeforeScope(vec!["two".into()])],
                vec![Conflict::ScopeFirst(vec!["one".into()])]
            ]
        );
        index.share([shared(beta, "beta")]);
        assert_eq!(
            ids.map(|id| index.conflicts(id)),
            [
                vec![Conflict::InsteadOfShared(vec!["two".into()])],
                vec![Conflict::ProjectFirst(vec!["one".into()])]
            ]
        );
    }

    #[test]
    fn a_credential_is_no_conflict_of_its_own() {
        let kept = entry("a", CredentialScope::Shared, PatternKind::Exact, "https://ghcr.io/acme");
        let index = Index::of([kept.clone()]);
        assert_eq!(index.conflicts(kept.id), []);
        assert_eq!(index.conflicts(CredentialId::new()), []);
    }

    #[test]
    fn names_are_few() {
        let names = |count: usize| -> Vec<String> { (0..count).map(|n| format!("n{n}")).collect() };
        assert_eq!(list(&names(2)), "n0 or n1");
        let text = Conflict::Behind(names(9)).to_string();
        assert!(text.starts_with("n0, n1, n2 or one of 6 more can match"), "{text}");
    }
}
