//! The pages and actions that can be gone to by name.

use std::collections::BTreeSet;

use domain::{
    Action, Role,
    search::{Typed, words_of},
};

/// A page, or what somebody can begin to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub label: &'static str,
    pub path: &'static str,
    pub icon: &'static str,
    /// The letter after `g` that leads there.
    pub key: Option<char>,
    /// Other words for it.
    also: &'static str,
    needs: Option<Action>,
}

const fn page(
    key: char,
    label: &'static str,
    path: &'static str,
    icon: &'static str,
    also: &'static str,
) -> Place {
    Place { label, path, icon, key: Some(key), also, needs: None }
}

const fn action(
    label: &'static str,
    path: &'static str,
    icon: &'static str,
    also: &'static str,
    needs: Action,
) -> Place {
    Place { label, path, icon, key: None, also, needs: Some(needs) }
}

/// Where the list of clusters is; it is there only where the operator turned them on.
pub(super) const CLUSTERS: &str = "/gitops/clusters";

/// The pages of the navigation.
pub(super) const PAGES: [Place; 12] = [
    page('o', "Overview", "/", "activity", "home start attention health"),
    page('c', "Credentials", "/credentials", "key-round", "secrets passwords tokens logins"),
    page('r', "Repositories", "/charts/repositories", "library", "charts helm oci registries"),
    page('k', "Catalog", "/charts/catalog", "package", "charts versions"),
    page('t', "Git targets", "/gitops", "git-branch", "gitops push deliver"),
    page('e', "Exports", "/gitops/exports", "file-output", "manifests argocd flux gitops"),
    page('l', "Clusters", CLUSTERS, "server", "kubernetes apply gitops"),
    page('g', "Git accounts", "/gitops/connections", "plug", "connections github oauth"),
    page('p', "Projects", "/settings/projects", "folder", "settings scope"),
    page('m', "Members", "/settings/members", "users", "settings people roles invite team"),
    page('n', "Notices", "/settings/notices", "bell", "settings webhook alerts"),
    Place {
        label: "Audit log",
        path: "/audit",
        icon: "scroll-text",
        key: Some('a'),
        also: "events history who",
        needs: Some(Action::ReadAudit),
    },
];

const ACTIONS: [Place; 9] = [
    action(
        "Add a credential",
        "/credentials/new",
        "plus",
        "create new secret password token login",
        Action::ManageCredentials,
    ),
    action(
        "Add a repository",
        "/charts/repositories/new",
        "plus",
        "create new helm oci charts",
        Action::ManageRepositories,
    ),
    action(
        "Add an export",
        "/gitops/exports/new",
        "plus",
        "create new manifest argocd flux",
        Action::ManageExports,
    ),
    action(
        "Add a Git target",
        "/gitops/targets/new",
        "plus",
        "create new branch gitops push",
        Action::ManageExports,
    ),
    action(
        "Connect a Git account",
        "/gitops/connections",
        "plug",
        "add github oauth",
        Action::ConnectAccounts,
    ),
    action(
        "Sync repositories…",
        "/charts/repositories",
        "refresh-cw",
        "all refresh update charts",
        Action::SyncRepositories,
    ),
    action(
        "Invite somebody",
        "/settings/members/invite",
        "plus",
        "add member person people team role",
        Action::ManageMembers,
    ),
    action(
        "Which credential opens a URL?",
        "/credentials/explain",
        "search",
        "explain match matching used",
        Action::View,
    ),
    action(
        "How to create it",
        "/credentials/guides",
        "book-open",
        "guide help provider token",
        Action::View,
    ),
];

impl Place {
    fn words(&self) -> BTreeSet<String> {
        words_of(&[self.label, self.also])
    }

    fn is_open_to(&self, role: Role, has_clusters: bool) -> bool {
        self.needs.is_none_or(|action| role.includes(action))
            && (has_clusters || self.path != CLUSTERS)
    }
}

/// The pages and the actions that fit what was typed; all of them where nothing was.
pub(super) fn fitting(
    typed: Option<&Typed>,
    role: Role,
    has_clusters: bool,
) -> (Vec<Place>, Vec<Place>) {
    let fits = |place: &Place| {
        place.is_open_to(role, has_clusters) && typed.is_none_or(|typed| typed.fits(&place.words()))
    };
    let of = |places: &[Place]| places.iter().copied().filter(fits).collect();
    (of(&PAGES), of(&ACTIONS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_other_words_and_only_by_who_may_go_there() {
        let found = |text: &str, role| {
            let typed = Typed::parse(text).unwrap();
            let (pages, actions) = fitting(Some(&typed), role, false);
            pages.into_iter().chain(actions).map(|place| place.label).collect::<Vec<_>>()
        };
        assert_eq!(found("add cred", Role::Owner), ["Add a credential"]);
        assert_eq!(found("new tok", Role::Owner), ["Add a credential"]);
        assert_eq!(found("add", Role::Viewer), Vec::<&str>::new());
        assert_eq!(found("kuber", Role::Owner), Vec::<&str>::new(), "clusters are off");
        assert_eq!(found("which cred", Role::Viewer), ["Which credential opens a URL?"]);
        let letters: BTreeSet<_> = PAGES.iter().filter_map(|place| place.key).collect();
        assert_eq!(letters.len(), PAGES.len(), "each letter leads to one page");
    }
}
