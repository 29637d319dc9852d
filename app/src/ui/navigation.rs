//! The entries of the side bar: one list, which the side bar, the breadcrumb and the titles read.

use domain::{Action, Principal, notices::AttentionCounts};
use leptos::prelude::*;

use super::icon::Icon;
use crate::services::Services;

/// What a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Overview,
    Credentials,
    Repositories,
    Catalog,
    GitTargets,
    Exports,
    Clusters,
    GitAccounts,
    Projects,
    Members,
    Notices,
    Audit,
    Account,
    None,
}

/// What entries stand under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    /// Under nothing.
    Top,
    Charts,
    GitOps,
    Settings,
    /// Under nothing, after the groups.
    Last,
}

/// An entry of the side bar.
struct Entry {
    section: Section,
    group: Group,
    label: &'static str,
    href: &'static str,
    icon: &'static str,
    /// Where those of them are listed that need somebody.
    attention: &'static str,
}

/// The entries in their order; an entry is added here and nowhere else.
const ENTRIES: [Entry; 12] = [
    Entry {
        section: Section::Overview,
        group: Group::Top,
        label: "Overview",
        href: "/",
        icon: "activity",
        attention: "",
    },
    Entry {
        section: Section::Credentials,
        group: Group::Top,
        label: "Credentials",
        href: "/credentials",
        icon: "key-round",
        attention: "/credentials",
    },
    Entry {
        section: Section::Repositories,
        group: Group::Charts,
        label: "Repositories",
        href: "/charts/repositories",
        icon: "library",
        attention: "/charts/repositories",
    },
    Entry {
        section: Section::Catalog,
        group: Group::Charts,
        label: "Catalog",
        href: "/charts/catalog",
        icon: "package",
        attention: "",
    },
    Entry {
        section: Section::GitTargets,
        group: Group::GitOps,
        label: "Git targets",
        href: "/gitops",
        icon: "git-branch",
        attention: "/gitops",
    },
    Entry {
        section: Section::Exports,
        group: Group::GitOps,
        label: "Exports",
        href: "/gitops/exports",
        icon: "file-output",
        attention: "",
    },
    Entry {
        section: Section::Clusters,
        group: Group::GitOps,
        label: "Clusters",
        href: "/gitops/clusters",
        icon: "server",
        attention: "/gitops/clusters",
    },
    Entry {
        section: Section::GitAccounts,
        group: Group::GitOps,
        label: "Git accounts",
        href: "/gitops/connections",
        icon: "plug",
        attention: "/gitops/connections",
    },
    Entry {
        section: Section::Projects,
        group: Group::Settings,
        label: "Projects",
        href: "/settings/projects",
        icon: "folder",
        attention: "",
    },
    Entry {
        section: Section::Members,
        group: Group::Settings,
        label: "Members",
        href: "/settings/members",
        icon: "users",
        attention: "",
    },
    Entry {
        section: Section::Notices,
        group: Group::Settings,
        label: "Notices",
        href: "/settings/notices",
        icon: "bell",
        attention: "/settings/notices",
    },
    Entry {
        section: Section::Audit,
        group: Group::Last,
        label: "Audit log",
        href: "/audit",
        icon: "scroll-text",
        attention: "",
    },
];

impl Group {
    const fn label(self) -> &'static str {
        match self {
            Self::Top | Self::Last => "",
            Self::Charts => "Charts",
            Self::GitOps => "GitOps",
            Self::Settings => "Settings",
        }
    }
}

impl Section {
    fn entry(self) -> Option<&'static Entry> {
        ENTRIES.iter().find(|entry| entry.section == self)
    }

    /// The name of its list, as the side bar has it; empty for none.
    pub fn label(self) -> &'static str {
        self.entry().map_or("", |entry| entry.label)
    }
}

/// The section whose pages begin with this path; the longest path counts.
pub(crate) fn section_at(path: &str) -> Option<(&'static str, &'static str)> {
    let found = ENTRIES.iter().filter(|entry| path.starts_with(entry.href));
    found.max_by_key(|entry| entry.href.len()).map(|entry| (entry.href, entry.label))
}

/// How many of a section need somebody, and what that is called.
const fn needs(section: Section, attention: &AttentionCounts) -> (u32, &'static str) {
    match section {
        Section::Credentials => (attention.credentials, "expired or paused"),
        Section::Repositories => (attention.repositories, "failing"),
        Section::GitTargets => (attention.git_targets, "failing"),
        Section::Clusters => (attention.clusters, "failing"),
        Section::GitAccounts => (attention.git_accounts, "to connect again"),
        Section::Notices => (attention.notices, "open"),
        _ => (0, ""),
    }
}

/// The main navigation with the numbers of what needs somebody.
pub(crate) fn navigation(
    section: Section,
    principal: &Principal,
    attention: &AttentionCounts,
) -> AnyView {
    let has_clusters = use_context::<Services>().is_some_and(|services| services.clusters.are_on());
    // What is replaced while somebody looks is what stands in the list.
    let fails = attention.fails().then(|| view! { <li data-fails hidden></li> });
    let role = principal.role;
    let shown = move |entry: &&Entry| match entry.section {
        Section::Clusters => has_clusters,
        Section::Audit => role.includes(Action::ReadAudit),
        _ => true,
    };
    let of = |group: Group| {
        let entries = ENTRIES.iter().filter(move |entry| entry.group == group).filter(shown);
        entries.map(|entry| line(entry, section, attention)).collect_view()
    };
    let named = |group: Group| {
        let (label, id) = (group.label(), format!("nav-{}", group.label()));
        let head = match group {
            Group::GitOps => view! { <a id=id.clone() href="/gitops">{label}</a> }.into_any(),
            _ => view! { <span id=id.clone()>{label}</span> }.into_any(),
        };
        view! {
            <li class="group">
                {head}
                <ul aria-labelledby=id>{of(group)}</ul>
            </li>
        }
    };
    view! {
        <ul data-live="navigation">
            {fails}
            {of(Group::Top)}
            {named(Group::Charts)}
            {named(Group::GitOps)}
            {named(Group::Settings)}
            {of(Group::Last)}
        </ul>
    }
    .into_any()
}

fn line(entry: &Entry, section: Section, attention: &AttentionCounts) -> AnyView {
    let current = (entry.section == section).then_some("page");
    let (number, what) = needs(entry.section, attention);
    let needs = (number > 0).then(|| {
        let number = AttentionCounts::shown(number);
        let title = format!("{number} {what}");
        view! {
            <a class="needs" href=entry.attention title=title>
                {number}
                <span class="unseen">" "{what}</span>
            </a>
        }
    });
    view! {
        <li class="entry">
            <a href=entry.href aria-current=current title=entry.label>
                <Icon name=entry.icon/>
                <span>{entry.label}</span>
            </a>
            {needs}
        </li>
    }
    .into_any()
}

/// Where the page stands: its group, its list, itself.
pub(crate) fn breadcrumb(section: Section, title: &str) -> AnyView {
    let entry = section.entry();
    let group = entry.map(|entry| entry.group.label()).filter(|label| !label.is_empty());
    let list = entry.filter(|entry| entry.label != title);
    view! {
        <nav class="breadcrumb" aria-label="Breadcrumb">
            <ol>
                {group.map(|label| view! { <li class="muted">{label}</li> })}
                {list.map(|entry| view! { <li><a href=entry.href>{entry.label}</a></li> })}
                <li aria-current="page" title=title.to_owned()>{title.to_owned()}</li>
            </ol>
        </nav>
    }
    .into_any()
}
