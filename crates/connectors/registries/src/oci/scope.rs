//! What a token is asked for: `type:name:action[,action]`, see distribution/distribution,
//! `docs/content/spec/auth/scope.md`.

use std::collections::{BTreeMap, BTreeSet};

/// The most resources of a scope; a registry names one or two.
const RESOURCES: usize = 8;
/// The longest name of a resource, and the longest action.
const NAME_BYTES: usize = 512;
const ACTION_BYTES: usize = 64;
/// Actions that change a repository. They are not asked for, whatever a registry says.
const CHANGING: [&str; 3] = ["push", "delete", "*"];

/// Resources with the actions on them; none for a registry that wants no scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Scope(BTreeMap<(String, String), BTreeSet<String>>);

impl Scope {
    /// To read a repository.
    pub(super) fn pull(repository: &str) -> Self {
        Self::of("repository", repository, &["pull"])
    }

    /// To list all repositories.
    pub(super) fn catalog() -> Self {
        Self::of("registry", "catalog", &["*"])
    }

    /// To change a repository: what nobody but a connection test asks for.
    pub(super) fn push(repository: &str) -> Self {
        Self::of("repository", repository, &["pull", "push"])
    }

    fn of(kind: &str, name: &str, actions: &[&str]) -> Self {
        let actions = actions.iter().map(|action| (*action).to_owned()).collect();
        Self(BTreeMap::from([((kind.to_owned(), name.to_owned()), actions)]))
    }

    /// Reads the `scope` of a challenge: several are divided by spaces. What is no scope, and what
    /// would change something, is left out.
    pub(super) fn parse(text: &str) -> Self {
        let mut all = Self::default();
        for part in text.split_ascii_whitespace().take(RESOURCES) {
            // The name may hold a port: `repository:host:5000/name:pull`.
            let Some((kind, rest)) = part.split_once(':') else { continue };
            let Some((name, actions)) = rest.rsplit_once(':') else { continue };
            let is_word = |text: &str, most| {
                !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_graphic())
            };
            if !is_word(kind, ACTION_BYTES) || !is_word(name, NAME_BYTES) {
                continue;
            }
            let reads = |action: &&str| kind != "repository" || !CHANGING.contains(action);
            let actions: BTreeSet<_> = actions
                .split(',')
                .filter(|action| is_word(action, ACTION_BYTES))
                .filter(reads)
                .map(str::to_owned)
                .take(RESOURCES)
                .collect();
            if !actions.is_empty() {
                let resource = (kind.to_owned(), name.to_owned());
                all.0.entry(resource).or_default().extend(actions);
            }
        }
        all
    }

    /// Whether everything of `other` is in this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|(resource, actions)| {
            self.0.get(resource).is_some_and(|own| actions.is_subset(own))
        })
    }

    /// Both together.
    pub(super) fn with(mut self, other: &Self) -> Self {
        for (resource, actions) in &other.0 {
            self.0.entry(resource.clone()).or_default().extend(actions.iter().cloned());
        }
        self
    }

    /// One text for each resource, in order.
    pub(super) fn texts(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|((kind, name), actions)| {
            let actions: Vec<_> = actions.iter().map(String::as_str).collect();
            format!("{kind}:{name}:{}", actions.join(","))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(scope: &Scope) -> Vec<String> {
        scope.texts().collect()
    }

    #[test]
    fn scopes_of_challenges_are_read_and_put_together() {
        let asked = Scope::pull("team/web");
        for (text, together) in [
            ("repository:team/web:metadata_read", vec!["repository:team/web:metadata_read,pull"]),
            ("repository:team/web:pull", vec!["repository:team/web:pull"]),
            (
                "repository:proxy/team/web:pull repository:team/web:metadata_read",
                vec!["repository:proxy/team/web:pull", "repository:team/web:metadata_read,pull"],
            ),
            ("registry:catalog:*", vec!["registry:catalog:*", "repository:team/web:pull"]),
            (
                "repository:host:5000/web:pull",
                vec!["repository:host:5000/web:pull", "repository:team/web:pull"],
            ),
        ] {
            let wanted = Scope::parse(text);
            assert_eq!(texts(&asked.clone().with(&wanted)), together, "{text}");
            assert_eq!(asked.covers(&wanted), text == "repository:team/web:pull", "{text}");
            assert!(asked.clone().with(&wanted).covers(&wanted));
        }
    }

    #[test]
    fn a_registry_cannot_have_rights_asked_for_that_change_something() {
        for text in ["repository:a:push", "repository:a:delete,*", "repository:a:*"] {
            assert_eq!(Scope::parse(text), Scope::default(), "{text}");
        }
        assert_eq!(texts(&Scope::parse("repository:a:pull,push")), ["repository:a:pull"]);
    }

    #[test]
    fn nonsense_is_no_scope() {
        let long = format!("repository:{}:pull", "a".repeat(600));
        for text in ["", " ", "a", "a:b", ":a:b", "a::b", "a:b:", "a:b:,", "a:b:\u{e9}", &long] {
            assert_eq!(Scope::parse(text), Scope::default(), "{text}");
        }
        let many: Vec<_> = (0..100).map(|number| format!("repository:r{number}:pull")).collect();
        assert_eq!(texts(&Scope::parse(&many.join(" "))).len(), RESOURCES);
    }
}
