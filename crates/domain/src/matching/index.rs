//! Finds the credential of a URL among very many.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Entry, SearchScope, SharedProject,
    entry::is_usable,
    expression::Expression,
    expressions::{Expressions, Looked},
    normalize::normalize,
    program::ProgramCache,
};
use crate::{
    CredentialId, ProjectId, Purpose,
    credentials::{CredentialScope, PatternKind},
};

/// The credentials of one organization that have a pattern.
///
/// Exact patterns are looked up by hash. Regular expressions are arranged by a text that must stand
/// in the URL, all of which are found in one pass over it; those that only ask for the place of a
/// text need no engine, and the others are compiled when they are first needed. An expression that
/// needs no text at all is compared every time. Programs are kept up to 48 MiB.
#[derive(Debug, Default)]
pub struct Index {
    entries: HashMap<CredentialId, Arc<IndexedCredential>>,
    passes: HashMap<(CredentialScope, Purpose), ScopeIndex>,
    /// In order of their names.
    shared: Vec<SharedProject>,
    pub(super) kept: ProgramCache,
}

/// The credentials of one project, or the shared ones, for one purpose.
#[derive(Debug, Default)]
struct ScopeIndex {
    /// By compared URL; each list in order of names.
    exact: HashMap<Arc<str>, Vec<Arc<IndexedCredential>>>,
    expressions: Expressions,
}

/// A credential as the index keeps it.
#[derive(Debug)]
pub(super) struct IndexedCredential {
    pub id: CredentialId,
    pub name: Arc<str>,
    pub reach: CredentialScope,
    pub purposes: Box<[Purpose]>,
    pub pattern: Arc<str>,
    pub usable: Usable,
    pub matcher: Matcher,
    key: Arc<str>,
}

/// Whether a credential can open anything now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usable {
    Yes,
    No,
}

/// How a pattern is compared.
#[derive(Debug)]
pub(super) enum Matcher {
    /// The compared URL for each purpose.
    Exact(Box<[(Purpose, Arc<str>)]>),
    Regex(Arc<Expression>),
    /// An expression that cannot be read any more; it matches nothing.
    Unreadable,
}

/// What credentials are ordered by: the name, in the spelling that is unique in an organization.
pub(super) type Rank<'a> = (&'a str, CredentialId);

impl IndexedCredential {
    fn new(entry: Entry) -> Self {
        let name: Arc<str> = entry.name.into();
        let key = if *entry.key == *name { Arc::clone(&name) } else { entry.key.into() };
        let pattern: Arc<str> = entry.pattern.into();
        let matcher = match entry.pattern_kind {
            PatternKind::Regex => Expression::read(&pattern)
                .map_or(Matcher::Unreadable, |expression| Matcher::Regex(Arc::new(expression))),
            _ => Matcher::Exact(exact(&entry.purposes, &pattern)),
        };
        let usable = if is_usable(entry.state) { Usable::Yes } else { Usable::No };
        let (id, reach, purposes) = (entry.id, entry.reach, entry.purposes.into());
        Self { id, name, reach, purposes, pattern, usable, matcher, key }
    }

    /// What it is ordered by.
    pub fn rank(&self) -> Rank<'_> {
        (&self.key, self.id)
    }

    /// As it was put.
    pub const fn pattern_kind(&self) -> PatternKind {
        match self.matcher {
            Matcher::Exact(_) => PatternKind::Exact,
            Matcher::Regex(_) | Matcher::Unreadable => PatternKind::Regex,
        }
    }

    /// Whether it matches a URL that is looked up for this purpose.
    pub fn matches(&self, purpose: Purpose, looked: Looked<'_>, kept: &ProgramCache) -> bool {
        match &self.matcher {
            Matcher::Exact(urls) => {
                urls.iter().any(|(known, url)| *known == purpose && **url == *looked.url)
            }
            Matcher::Regex(expression) => expression.matches(looked.url, looked.lower, kept),
            Matcher::Unreadable => false,
        }
    }
}

/// The compared URL of a pattern for each purpose; texts that are equal are kept once.
fn exact(purposes: &[Purpose], pattern: &Arc<str>) -> Box<[(Purpose, Arc<str>)]> {
    let mut urls: Vec<(Purpose, Arc<str>)> = Vec::with_capacity(purposes.len());
    for purpose in purposes {
        let url = normalize(*purpose, pattern);
        let known = urls.iter().map(|(_, url)| url).chain([pattern]);
        let same = known.into_iter().find(|known| ***known == *url).map(Arc::clone);
        urls.push((*purpose, same.unwrap_or_else(|| url.into())));
    }
    urls.into()
}

impl Index {
    /// An index of many credentials at once.
    #[must_use]
    pub fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut index = Self::default();
        for entry in entries {
            index.put(entry);
        }
        index.settle();
        index
    }

    /// Adds a credential, or takes its new name, pattern, place or state.
    pub fn put(&mut self, entry: Entry) {
        self.remove(entry.id);
        if entry.pattern_kind == PatternKind::None {
            return;
        }
        let stored = Arc::new(IndexedCredential::new(entry));
        if stored.usable == Usable::Yes {
            for purpose in &stored.purposes {
                self.passes.entry((stored.reach, *purpose)).or_default().put(*purpose, &stored);
            }
        }
        self.entries.insert(stored.id, stored);
    }

    /// Forgets a credential.
    pub fn remove(&mut self, id: CredentialId) {
        let Some(stored) = self.entries.remove(&id) else { return };
        if stored.usable == Usable::No {
            return;
        }
        for purpose in &stored.purposes {
            let place = (stored.reach, *purpose);
            if let Some(pass) = self.passes.get_mut(&place) {
                pass.remove(*purpose, &stored);
                if pass.exact.is_empty() && pass.expressions.is_empty() {
                    self.passes.remove(&place);
                }
            }
        }
    }

    /// Takes these projects as the shared ones, in place of those before.
    pub fn share(&mut self, projects: impl IntoIterator<Item = SharedProject>) {
        self.shared = projects.into_iter().collect();
        self.shared.sort_unstable_by(|a, b| (&a.key, a.id).cmp(&(&b.key, b.id)));
    }

    /// The scopes that are searched for a repository of `project`, in order (F22).
    pub(super) fn scopes(&self, project: ProjectId) -> impl Iterator<Item = CredentialScope> + '_ {
        let shared = self.shared.iter().map(|one| one.id).filter(move |id| *id != project);
        [CredentialScope::Project(project), CredentialScope::Shared]
            .into_iter()
            .chain(shared.map(CredentialScope::Project))
    }

    /// The place of the credentials of `reach` in that order; `None` when they are not searched.
    pub(super) fn place(&self, project: ProjectId, reach: CredentialScope) -> Option<usize> {
        self.scopes(project).position(|scope| scope == reach)
    }

    /// Whether every project may use the credentials of `reach`; then their place among the shared ones.
    pub(super) fn shared_place(&self, reach: CredentialScope) -> Option<usize> {
        match reach {
            CredentialScope::Shared => Some(0),
            CredentialScope::Project(id) => {
                self.shared.iter().position(|one| one.id == id).map(|at| at + 1)
            }
        }
    }

    /// What the scope is called in which the credentials of `reach` are looked for.
    pub(super) fn scope(&self, project: ProjectId, reach: CredentialScope) -> SearchScope {
        match reach {
            CredentialScope::Project(own) if own == project => SearchScope::Own,
            CredentialScope::Shared => SearchScope::Unnamed,
            CredentialScope::Project(other) => match self.shared.iter().find(|one| one.id == other)
            {
                Some(shared) => SearchScope::Shared(shared.name.clone()),
                None => SearchScope::Outside,
            },
        }
    }

    /// Arranges what changed; without it, answers are the same but take longer. Call it after a
    /// batch of changes.
    pub fn settle(&mut self) {
        for pass in self.passes.values_mut() {
            pass.expressions.settle();
        }
    }

    /// The credential that a repository of `project` uses for `url`, which is
    /// [normalized](normalize) for this purpose.
    #[must_use]
    pub fn find(&self, project: ProjectId, purpose: Purpose, url: &str) -> Option<CredentialId> {
        self.find_except(project, purpose, url, &HashSet::new())
    }

    /// The same among all but these, which may not be sent to the address.
    #[must_use]
    pub fn find_except(
        &self,
        project: ProjectId,
        purpose: Purpose,
        url: &str,
        except: &HashSet<CredentialId>,
    ) -> Option<CredentialId> {
        self.winner(project, purpose, url, except).map(|stored| stored.id)
    }

    /// How many credentials have a pattern.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no credential has a pattern.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn winner(
        &self,
        project: ProjectId,
        purpose: Purpose,
        url: &str,
        except: &HashSet<CredentialId>,
    ) -> Option<&Arc<IndexedCredential>> {
        if url.is_empty() {
            return None;
        }
        let lower = url.to_ascii_lowercase();
        let looked = Looked { url, lower: &lower, except };
        self.scopes(project).find_map(|reach| {
            let pass = self.passes.get(&(reach, purpose))?;
            let exact = pass
                .exact
                .get(url)
                .and_then(|all| all.iter().find(|stored| !except.contains(&stored.id)));
            exact.or_else(|| pass.expressions.find(looked, &self.kept))
        })
    }

    pub(super) fn get(&self, id: CredentialId) -> Option<&Arc<IndexedCredential>> {
        self.entries.get(&id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<IndexedCredential>> {
        self.entries.values()
    }
}

impl ScopeIndex {
    fn put(&mut self, purpose: Purpose, stored: &Arc<IndexedCredential>) {
        match &stored.matcher {
            Matcher::Exact(urls) => {
                for (_, url) in urls.iter().filter(|(known, _)| *known == purpose) {
                    let all =
                        self.exact.entry(Arc::clone(url)).or_insert_with(|| Vec::with_capacity(1));
                    let at = all.partition_point(|other| other.rank() < stored.rank());
                    all.insert(at, Arc::clone(stored));
                }
            }
            Matcher::Regex(expression) => self.expressions.put(stored, expression),
            Matcher::Unreadable => {}
        }
    }

    fn remove(&mut self, purpose: Purpose, stored: &Arc<IndexedCredential>) {
        match &stored.matcher {
            Matcher::Exact(urls) => {
                for (_, url) in urls.iter().filter(|(known, _)| *known == purpose) {
                    if let Some(all) = self.exact.get_mut(url) {
                        all.retain(|other| other.id != stored.id);
                        if all.is_empty() {
                            self.exact.remove(url);
                        }
                    }
                }
            }
            Matcher::Regex(_) => self.expressions.remove(stored),
            Matcher::Unreadable => {}
        }
    }
}
