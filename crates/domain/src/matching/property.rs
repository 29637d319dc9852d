//! The index beside a linear scan that does what the documentation says and nothing else.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, HashSet};

use regex::bytes::RegexBuilder;

use super::{Entry, Index, SharedProject, normalize};
use crate::{
    CredentialId, Name, ProjectId, Purpose,
    credentials::{CredentialScope, CredentialState, PatternKind},
};

/// A generator that repeats (xorshift64*), so that a failure can be seen again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % sides
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }
}

const HOSTS: [&str; 5] = ["ghcr.io", "quay.io", "a.example.com", "b.example.com", "docker.io"];
const PARTS: [&str; 5] = ["acme", "acme-charts", "Team", "x", "redis"];

/// URLs as people type them.
fn url(dice: &mut Dice) -> String {
    let scheme = dice.of(&["https://", "oci://", "http://", ""]);
    let mut url = format!("{scheme}{}", dice.of(&HOSTS));
    for _ in 0..dice.roll(4) {
        url.push('/');
        url.push_str(dice.of(&PARTS));
    }
    url.push_str(dice.of(&["", "", "/", ".git", "/index.yaml"]));
    url
}

/// Expressions of every form that the index treats in its own way, and of none of them.
fn expression(dice: &mut Dice) -> String {
    let host = dice.of(&HOSTS).replace('.', "\\.");
    let (part, other) = (dice.of(&PARTS), dice.of(&PARTS));
    match dice.roll(16) {
        0 => format!("^https://{host}/"),
        1 => format!("^https://{host}/{part}.*$"),
        2 => format!("^https://{host}/{part}$"),
        3 => format!("^https://{host}/.+"),
        4 => part.to_owned(),
        5 => format!(".*/{part}$"),
        6 => format!("^https?://{host}/{part}"),
        7 => format!("^https://[a-z]+\\.example\\.com/{part}"),
        8 => format!("(?i)^https://{host}/{}", part.to_uppercase()),
        9 => format!("^https://({host}|quay\\.io)/[^/]+/{part}$"),
        10 => ".*".to_owned(),
        11 => "^[a-z]+://[^/]+$".to_owned(),
        12 => format!("(/{part}){{2}}|/{other}$"),
        13 => format!("^(https://{host})?.*/({part})/?"),
        14 => format!(".+{part}.+"),
        _ => format!("/{part}/{other}\\b"),
    }
}

fn entry(dice: &mut Dice, projects: &[ProjectId], id: CredentialId, number: usize) -> Entry {
    let name = format!("{}-{number}", dice.of(&["a", "B", "c", "ü"]));
    let reach = match dice.roll(3) {
        0 => CredentialScope::Shared,
        _ => CredentialScope::Project(dice.of(projects)),
    };
    let purposes: &[Purpose] =
        dice.of(&[&[Purpose::Git][..], &[Purpose::Helm, Purpose::Image], &[Purpose::Image]]);
    let pattern = match dice.roll(10) {
        0 => (PatternKind::None, String::new()),
        1..6 => (PatternKind::Exact, url(dice)),
        _ => (PatternKind::Regex, expression(dice)),
    };
    let name = Name::parse(&name).unwrap();
    let made = Entry::new(id, &name, reach, purposes, (pattern.0, &pattern.1));
    let states = [CredentialState::Active, CredentialState::Rotating, CredentialState::Lost];
    Entry { state: states[[0, 0, 0, 1, 2][dice.roll(5)]], ..made }
}

/// The passes as S1 describes them, in as many lines.
fn scan(
    all: &BTreeMap<CredentialId, Entry>,
    project: ProjectId,
    shared: &[ProjectId],
    purpose: Purpose,
    url: &str,
) -> Option<CredentialId> {
    if url.is_empty() {
        return None;
    }
    let mut sorted: Vec<&Entry> =
        all.values().filter(|one| one.purposes.contains(&purpose)).collect();
    sorted.retain(|one| one.state != CredentialState::Lost);
    sorted.sort_by_key(|one| (one.key.clone(), one.id));
    let shared = shared.iter().map(|id| CredentialScope::Project(*id));
    for reach in
        [CredentialScope::Project(project), CredentialScope::Shared].into_iter().chain(shared)
    {
        for kind in [PatternKind::Exact, PatternKind::Regex] {
            let mut pass =
                sorted.iter().filter(|one| one.reach == reach && one.pattern_kind == kind);
            let found = pass.find(|one| match kind {
                PatternKind::Exact => normalize(purpose, &one.pattern) == url,
                _ => RegexBuilder::new(&one.pattern)
                    .unicode(false)
                    .build()
                    .unwrap()
                    .is_match(url.as_bytes()),
            });
            if let Some(found) = found {
                return Some(found.id);
            }
        }
    }
    None
}

#[test]
fn the_index_answers_as_a_linear_scan_does() {
    let (mut asked, mut hits) = (0, 0);
    for seed in 1..=40 {
        let mut dice = Dice(seed * 0x9E37_79B9);
        let projects = [(); 4].map(|()| ProjectId::new());
        let ids: Vec<CredentialId> = (0..160).map(|_| CredentialId::new()).collect();
        let mut all = BTreeMap::new();
        // From sparse, where shared ones are reached, to crowded, where the order decides.
        let crowd = 4 + (usize::try_from(seed).unwrap() * 4).min(156);
        let mut index = Index::default();
        let mut shared = Vec::new();
        for step in 0..300 {
            let number = dice.roll(crowd);
            let id = ids[number];
            if dice.roll(4) == 0 {
                all.remove(&id);
                index.remove(id);
            } else {
                let entry = entry(&mut dice, &projects, id, number);
                all.insert(id, entry.clone());
                index.put(entry);
            }
            if dice.roll(40) == 0 {
                shared = projects.iter().copied().filter(|_| dice.roll(2) == 0).collect();
                // Put in disorder; their names say in which order they are searched.
                let named = shared.iter().enumerate().rev();
                index.share(named.map(|(at, id)| SharedProject {
                    id: *id,
                    name: format!("P{at}"),
                    key: format!("p{at}"),
                }));
            }
            if dice.roll(8) == 0 {
                index.settle();
            }
            if step % 4 != 0 {
                continue;
            }
            let (project, purpose) = (dice.of(&projects), dice.of(&Purpose::ALL));
            let typed = url(&mut dice);
            let url = normalize(purpose, &typed);
            let expected = scan(&all, project, &shared, purpose, &url);
            let found = index.find(project, purpose, &url);
            assert_eq!(found, expected, "seed {seed} step {step}: {typed} for {purpose:?}");
            let (lines, _) = index.explain(project, purpose, &url, &HashSet::new());
            let told = lines.first().filter(|line| line.verdict == super::MatchVerdict::Wins);
            assert_eq!(told.map(|line| line.credential), expected, "seed {seed} step {step}");
            asked += 1;
            hits += usize::from(expected.is_some());
        }
        assert_eq!(
            index.len(),
            all.values().filter(|one| one.pattern_kind != PatternKind::None).count()
        );
    }
    assert!(asked == 3_000 && hits > 1_000 && hits < 2_900, "{hits} of {asked}");
}

#[test]
fn many_expressions_are_arranged_and_changed() {
    let project = ProjectId::new();
    let name = |n: usize| Name::parse(&format!("n{n:04}")).unwrap();
    let make = |n: usize, id: CredentialId| {
        let pattern = format!("^https://[a-z]+\\.example\\.com/team-{n:04}/");
        let pattern = (PatternKind::Regex, pattern.as_str());
        Entry::new(id, &name(n), CredentialScope::Project(project), &[Purpose::Helm], pattern)
    };
    let ids: Vec<CredentialId> = (0..2_000).map(|_| CredentialId::new()).collect();
    let mut index = Index::of(ids.iter().enumerate().map(|(n, id)| make(n, *id)));
    let find = |index: &Index, n: usize| {
        index.find(project, Purpose::Helm, &format!("https://charts.example.com/team-{n:04}/app"))
    };
    for (n, id) in ids.iter().enumerate() {
        assert_eq!(find(&index, n), Some(*id), "{n}");
    }
    for n in (0..2_000).step_by(2) {
        index.remove(ids[n]);
    }
    index.put(make(0, ids[1]));
    index.settle();
    assert_eq!((find(&index, 0), find(&index, 1), find(&index, 2)), (Some(ids[1]), None, None));
    assert_eq!(find(&index, 1_999), Some(ids[1_999]));
    assert_eq!(index.len(), 1_000);
}
