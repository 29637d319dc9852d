//! The expressions of one pass, arranged so that a URL is compared with few of them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{expression::Expression, index::IndexedCredential, program::ProgramCache};
use crate::CredentialId;

/// As many expressions are compared one by one before they are arranged; few in tests, so that they
/// reach what is arranged.
const MAX_FRESH: usize = if cfg!(test) { 3 } else { 48 };

/// Expressions with the credentials they belong to.
#[derive(Debug, Default)]
pub(super) struct Expressions {
    /// In order of their names; `None` for those that are gone.
    arranged: Vec<Option<Candidate>>,
    /// How many are gone.
    gone: usize,
    /// Finds the texts of `buckets` in a URL.
    automaton: Option<AhoCorasick>,
    /// For each text, the places of the expressions that need it.
    buckets: Vec<Vec<u32>>,
    /// The places of those that need no text.
    rest: Vec<u32>,
    /// Those that came since the last arrangement.
    fresh: Vec<Candidate>,
}

#[derive(Debug, Clone)]
struct Candidate {
    stored: Arc<IndexedCredential>,
    expression: Arc<Expression>,
}

/// A URL in both spellings.
#[derive(Clone, Copy)]
pub(super) struct Looked<'a> {
    pub url: &'a str,
    /// In lower case.
    pub lower: &'a str,
    /// The credentials that may not be sent there.
    pub except: &'a HashSet<CredentialId>,
}

impl Expressions {
    /// Adds an expression.
    pub fn put(&mut self, stored: &Arc<IndexedCredential>, expression: &Arc<Expression>) {
        let (stored, expression) = (Arc::clone(stored), Arc::clone(expression));
        self.fresh.push(Candidate { stored, expression });
    }

    /// Removes the expression of a credential.
    pub fn remove(&mut self, stored: &Arc<IndexedCredential>) {
        if let Some(at) = self.fresh.iter().position(|one| Arc::ptr_eq(&one.stored, stored)) {
            self.fresh.swap_remove(at);
            return;
        }
        let same = |place: &Option<Candidate>| {
            place.as_ref().is_some_and(|one| Arc::ptr_eq(&one.stored, stored))
        };
        if let Some(place) = self.arranged.iter_mut().find(|place| same(place)) {
            *place = None;
            self.gone += 1;
        }
    }

    /// Whether nothing is left.
    pub const fn is_empty(&self) -> bool {
        self.fresh.is_empty() && self.gone == self.arranged.len()
    }

    /// Arranges the expressions anew when enough of them changed.
    pub fn settle(&mut self) {
        if self.fresh.len() > MAX_FRESH || self.gone > MAX_FRESH + self.arranged.len() / 4 {
            self.arrange();
        }
    }

    fn arrange(&mut self) {
        let mut all: Vec<Candidate> =
            self.arranged.drain(..).flatten().chain(self.fresh.drain(..)).collect();
        all.sort_unstable_by(|a, b| a.stored.rank().cmp(&b.stored.rank()));
        let texts = rarest(&all);
        let mut places: HashMap<&str, u32> = HashMap::new();
        let (mut buckets, mut rest) = (Vec::<Vec<u32>>::new(), Vec::new());
        let mut needles = Vec::new();
        for (place, text) in (0_u32..).zip(&texts) {
            let Some(text) = text else {
                rest.push(place);
                continue;
            };
            let bucket = *places.entry(&**text).or_insert_with(|| {
                needles.push(&**text);
                buckets.push(Vec::new());
                u32::try_from(buckets.len() - 1).unwrap_or(u32::MAX)
            });
            if let Some(bucket) = usize::try_from(bucket).ok().and_then(|at| buckets.get_mut(at)) {
                bucket.push(place);
            }
        }
        // The kind that is small: one that is fast alone would push the others out of the cache of the
        // processor. An automaton that cannot be built leaves everything to be compared one by one.
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let automaton = AhoCorasick::builder().kind(kind).build(&needles).ok();
        if automaton.is_none() {
            rest = (0_u32..).zip(&all).map(|(place, _)| place).collect();
            buckets.clear();
        }
        drop(places);
        (self.automaton, self.buckets, self.rest) = (automaton, buckets, rest);
        (self.arranged, self.gone) = (all.into_iter().map(Some).collect(), 0);
        self.fresh = Vec::new();
    }

    /// The first credential by name whose expression matches.
    pub fn find(&self, looked: Looked<'_>, kept: &ProgramCache) -> Option<&Arc<IndexedCredential>> {
        let mut best: Option<&Candidate> = None;
        let mut place = u32::MAX;
        if let Some(automaton) = &self.automaton {
            for found in automaton.find_overlapping_iter(looked.lower) {
                if let Some(bucket) = self.buckets.get(found.pattern().as_usize()) {
                    self.first(bucket, looked, kept, &mut place, &mut best);
                }
            }
        }
        self.first(&self.rest, looked, kept, &mut place, &mut best);
        for one in &self.fresh {
            let earlier = best.is_none_or(|best| one.stored.rank() < best.stored.rank());
            if earlier && one.matches(looked, kept) {
                best = Some(one);
            }
        }
        best.map(|one| &one.stored)
    }

    /// Looks for a match in front of `place` among `places`, which are in order.
    fn first<'a>(
        &'a self,
        places: &[u32],
        looked: Looked<'_>,
        kept: &ProgramCache,
        place: &mut u32,
        best: &mut Option<&'a Candidate>,
    ) {
        for &at in places.iter().take_while(|at| **at < *place) {
            let one = usize::try_from(at).ok().and_then(|at| self.arranged.get(at)?.as_ref());
            if let Some(one) = one.filter(|one| one.matches(looked, kept)) {
                (*place, *best) = (at, Some(one));
                return;
            }
        }
    }
}

impl Candidate {
    fn matches(&self, looked: Looked<'_>, kept: &ProgramCache) -> bool {
        !looked.except.contains(&self.stored.id)
            && self.expression.matches(looked.url, looked.lower, kept)
    }
}

/// For each expression the one of its texts that the fewest others need, the longest of those.
fn rarest(all: &[Candidate]) -> Vec<Option<Box<str>>> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for text in all.iter().flat_map(|one| one.expression.required()) {
        *counts.entry(text).or_default() += 1;
    }
    let rank = |text: &str| (counts.get(text).copied(), std::cmp::Reverse(text.len()));
    all.iter()
        .map(|one| one.expression.required().iter().min_by_key(|&text| rank(text)).cloned())
        .collect()
}
