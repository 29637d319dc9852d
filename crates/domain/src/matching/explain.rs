//! Why a credential is used for a URL, and why every other one is not.

use std::{collections::HashSet, sync::Arc};

use super::{
    Explanation, ExplanationLine, Index, MatchVerdict, SearchScope,
    expressions::Looked,
    index::{IndexedCredential, Usable},
};
use crate::{CredentialId, ProjectId, Purpose, credentials::CredentialScope};

impl Index {
    /// How every credential with a pattern fares, the winner first, at most
    /// [`Explanation::MAX_LINES`], and how many there are in all. `url` is
    /// [normalized](super::normalize) for this purpose; those in `except` may not be sent there.
    #[must_use]
    pub fn explain(
        &self,
        project: ProjectId,
        purpose: Purpose,
        url: &str,
        except: &HashSet<CredentialId>,
    ) -> (Vec<ExplanationLine>, u32) {
        let winner = self.winner(project, purpose, url, except);
        let lower = url.to_ascii_lowercase();
        let looked = Looked { url, lower: &lower, except };
        let mut fared: Vec<(MatchVerdict, &Arc<IndexedCredential>)> = self
            .all()
            .map(|stored| (self.verdict(stored, winner, project, purpose, looked), stored))
            .collect();
        let total = u32::try_from(fared.len()).unwrap_or(u32::MAX);
        let rank = |fared: &(MatchVerdict, &Arc<IndexedCredential>)| {
            (fared.0, self.place(project, fared.1.reach).unwrap_or(usize::MAX))
        };
        let order = |a: &(MatchVerdict, &Arc<IndexedCredential>),
                     b: &(MatchVerdict, &Arc<IndexedCredential>)| {
            (rank(a), a.1.rank()).cmp(&(rank(b), b.1.rank()))
        };
        if fared.len() > Explanation::MAX_LINES {
            fared.select_nth_unstable_by(Explanation::MAX_LINES, order);
            fared.truncate(Explanation::MAX_LINES);
        }
        fared.sort_unstable_by(order);
        let line = |(verdict, stored): (MatchVerdict, &Arc<IndexedCredential>)| {
            stored.line(verdict, self.scope(project, stored.reach))
        };
        (fared.into_iter().map(line).collect(), total)
    }

    fn verdict(
        &self,
        stored: &Arc<IndexedCredential>,
        winner: Option<&Arc<IndexedCredential>>,
        project: ProjectId,
        purpose: Purpose,
        looked: Looked<'_>,
    ) -> MatchVerdict {
        if self.place(project, stored.reach).is_none() {
            return MatchVerdict::OtherProject;
        }
        if !stored.purposes.contains(&purpose) {
            return MatchVerdict::OtherPurpose;
        }
        if looked.url.is_empty() || !stored.matches(purpose, looked, &self.kept) {
            return MatchVerdict::OtherUrl;
        }
        if looked.except.contains(&stored.id) {
            return MatchVerdict::AddressNotAllowed;
        }
        if stored.usable == Usable::No {
            return MatchVerdict::NotUsable;
        }
        match winner {
            Some(winner) if winner.id == stored.id => MatchVerdict::Wins,
            Some(winner) if winner.reach == stored.reach => match winner.pattern_kind() {
                kind if kind != stored.pattern_kind() => MatchVerdict::RegexAfterExact,
                _ => MatchVerdict::LaterName,
            },
            Some(winner) if winner.reach == CredentialScope::Project(project) => {
                MatchVerdict::SharedAfterProject
            }
            Some(_) => MatchVerdict::LaterScope,
            None => MatchVerdict::LaterName,
        }
    }
}

impl IndexedCredential {
    fn line(&self, verdict: MatchVerdict, scope: SearchScope) -> ExplanationLine {
        ExplanationLine {
            credential: self.id,
            name: self.name.to_string(),
            reach: self.reach,
            pattern: self.pattern.to_string(),
            pattern_kind: self.pattern_kind(),
            scope,
            verdict,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        CredentialId, Name,
        credentials::{CredentialState, PatternKind},
        matching::{Entry, SharedProject},
    };

    fn entry(name: &str, reach: CredentialScope, kind: PatternKind, pattern: &str) -> Entry {
        let name = Name::parse(name).unwrap();
        Entry::new(CredentialId::new(), &name, reach, &[Purpose::Helm], (kind, pattern))
    }

    #[test]
    fn the_four_passes_are_told_apart() {
        let (ours, theirs) = (ProjectId::new(), ProjectId::new());
        let (here, shared) = (CredentialScope::Project(ours), CredentialScope::Shared);
        let url = "https://ghcr.io/acme";
        let mut index = Index::of([
            // F19: the regular expression comes first by name, and still the exact one wins.
            entry("a", here, PatternKind::Regex, "^https://ghcr\\.io/"),
            entry("z", here, PatternKind::Exact, "oci://ghcr.io/acme/"),
            entry("zz", here, PatternKind::Exact, url),
            entry("b", shared, PatternKind::Exact, url),
            entry("c", shared, PatternKind::Regex, "acme$"),
            entry("d", CredentialScope::Project(theirs), PatternKind::Exact, url),
            entry("e", here, PatternKind::Exact, "https://quay.io"),
            Entry { purposes: vec![Purpose::Git], ..entry("f", here, PatternKind::Exact, url) },
            Entry { state: CredentialState::Lost, ..entry("0", here, PatternKind::Exact, url) },
        ]);
        let told = |index: &Index| -> String {
            let (lines, total) = index.explain(ours, Purpose::Helm, url, &HashSet::new());
            assert_eq!(usize::try_from(total).unwrap(), lines.len());
            lines.iter().fold(String::new(), |told, line| {
                format!("{told}{}:{:?} ", line.name, line.verdict)
            })
        };
        assert_eq!(
            told(&index),
            "z:Wins zz:LaterName a:RegexAfterExact b:SharedAfterProject c:SharedAfterProject \
             0:NotUsable e:OtherUrl f:OtherPurpose d:OtherProject "
        );
        for name in ["z", "zz", "a"] {
            let (lines, _) = index.explain(ours, Purpose::Helm, url, &HashSet::new());
            assert_eq!(lines[0].name, name);
            index.remove(lines[0].credential);
        }
        assert!(told(&index).starts_with("b:Wins c:RegexAfterExact 0:NotUsable "));
        assert_eq!(index.find(theirs, Purpose::Helm, "https://quay.io"), None);
    }

    #[test]
    fn f22_shared_scopes_are_searched_in_the_order_of_their_names_and_each_to_its_end() {
        use PatternKind::{Exact, Regex};
        let [ours, alpha, beta, theirs] = [(); 4].map(|()| ProjectId::new());
        let url = "https://ghcr.io/acme";
        let everything = r"^https://ghcr\.io/";
        let mut index = Index::of([
            entry("z-own", CredentialScope::Project(ours), Regex, everything),
            entry("z-unnamed", CredentialScope::Shared, Regex, everything),
            entry("y-alpha", CredentialScope::Project(alpha), Regex, everything),
            entry("x-alpha", CredentialScope::Project(alpha), Exact, url),
            entry("a-beta", CredentialScope::Project(beta), Exact, url),
            entry("a-theirs", CredentialScope::Project(theirs), Exact, url),
        ]);
        let shared = |id, name: &str| SharedProject { id, name: name.into(), key: name.into() };
        index.share([shared(beta, "beta"), shared(alpha, "alpha")]);
        let told = |index: &Index, project| -> Vec<(String, MatchVerdict, SearchScope)> {
            let (lines, _) = index.explain(project, Purpose::Helm, url, &HashSet::new());
            lines.into_iter().map(|line| (line.name, line.verdict, line.scope)).collect()
        };
        let line = |name: &str, verdict, scope| (name.to_owned(), verdict, scope);
        let of = |name: &str| SearchScope::Shared(name.into());
        assert_eq!(
            told(&index, ours),
            [
                line("z-own", MatchVerdict::Wins, SearchScope::Own),
                line("z-unnamed", MatchVerdict::SharedAfterProject, SearchScope::Unnamed),
                line("x-alpha", MatchVerdict::SharedAfterProject, of("alpha")),
                line("y-alpha", MatchVerdict::SharedAfterProject, of("alpha")),
                line("a-beta", MatchVerdict::SharedAfterProject, of("beta")),
                line("a-theirs", MatchVerdict::OtherProject, SearchScope::Outside),
            ]
        );
        for winner in ["z-own", "z-unnamed", "x-alpha", "y-alpha", "a-beta"] {
            let (lines, _) = index.explain(ours, Purpose::Helm, url, &HashSet::new());
            assert_eq!((lines[0].name.as_str(), lines[0].verdict), (winner, MatchVerdict::Wins));
            let rest = lines[1..].iter().filter(|line| line.scope != lines[0].scope);
            assert!(rest.clone().all(|line| line.verdict != MatchVerdict::LaterName), "{lines:?}");
            index.remove(lines[0].credential);
        }
        assert_eq!(index.find(ours, Purpose::Helm, url), None);
        // A shared project is its own first scope, and another name is another place.
        index.put(entry("one", CredentialScope::Project(alpha), Exact, url));
        index.put(entry("two", CredentialScope::Project(beta), Exact, url));
        let winner = |index: &Index, project| told(index, project)[0].clone();
        assert_eq!(winner(&index, beta).0, "two");
        assert_eq!(winner(&index, ours).0, "one");
        index.share([shared(beta, "beta"), shared(alpha, "gamma")]);
        assert_eq!(winner(&index, ours), line("two", MatchVerdict::Wins, of("beta")));
        assert_eq!(told(&index, ours)[1].1, MatchVerdict::LaterScope);
        index.share([]);
        assert_eq!(index.find(ours, Purpose::Helm, url), None);
    }

    #[test]
    fn an_explanation_has_an_end() {
        let project = ProjectId::new();
        let index = Index::of((0..500).map(|n| {
            entry(
                &format!("n{n:03}"),
                CredentialScope::Shared,
                PatternKind::Exact,
                "https://a.example/x",
            )
        }));
        let (lines, total) =
            index.explain(project, Purpose::Helm, "https://a.example/x", &HashSet::new());
        assert_eq!((lines.len(), total), (Explanation::MAX_LINES, 500));
        assert_eq!((lines[0].name.as_str(), lines[0].verdict), ("n000", MatchVerdict::Wins));
        assert_eq!(lines[199].name, "n199");
        assert!(
            index.explain(project, Purpose::Helm, "", &HashSet::new()).0[0].verdict
                == MatchVerdict::OtherUrl
        );
    }
}
