//! Tabs of a page: links, so that each has an address and works without a script.

use http::request::Parts;
use leptos::prelude::*;
use url::form_urlencoded::parse;

use super::{page::Request, path};

/// A part of the page of one thing, with an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Overview,
    Settings,
    Connection,
    Versions,
    Access,
    Charts,
    Syncs,
    Files,
    Objects,
    Destinations,
    Activity,
}

impl Tab {
    const ALL: [Self; 11] = [
        Self::Overview,
        Self::Settings,
        Self::Connection,
        Self::Versions,
        Self::Access,
        Self::Charts,
        Self::Syncs,
        Self::Files,
        Self::Objects,
        Self::Destinations,
        Self::Activity,
    ];

    /// The one that the address of this request names, before anything is read.
    pub fn asked() -> Option<Self> {
        let parts = use_context::<Parts>()?;
        let query = parts.uri.query().unwrap_or_default();
        parse(query.as_bytes())
            .find(|(name, _)| name == QUERY)
            .and_then(|(_, tab)| Self::named(&tab))
    }

    /// The one that `request` asks for, if it is one of the page; the first of the page otherwise.
    pub fn of(request: &Request, offered: &[Offered]) -> Self {
        let asked = Self::named(&request.query(QUERY));
        let found = asked.filter(|asked| offered.iter().any(|Offered(tab, _)| tab == asked));
        found.unwrap_or(Self::Overview)
    }

    /// The address of this tab of the page at `base`.
    pub fn at(self, base: &str) -> String {
        path::with(base, &[(QUERY, self.name())])
    }

    /// Its name in the address, and in the forms that are sent to it; empty for the first.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Settings => "settings",
            Self::Connection => "connection",
            Self::Versions => "versions",
            Self::Access => "access",
            Self::Charts => "charts",
            Self::Syncs => "syncs",
            Self::Files => "files",
            Self::Objects => "objects",
            Self::Destinations => "destinations",
            Self::Activity => "activity",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.name() == name && !name.is_empty())
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Settings => "Settings",
            Self::Connection => "Connection",
            Self::Versions => "Versions",
            Self::Access => "Access",
            Self::Charts => "Charts",
            Self::Syncs => "Syncs",
            Self::Files => "Files",
            Self::Objects => "Objects",
            Self::Destinations => "Destinations",
            Self::Activity => "Activity",
        }
    }
}

/// What names the tab in an address.
pub(crate) const QUERY: &str = "tab";

/// A tab that a page has, and how much is in it where that is worth knowing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offered(pub Tab, pub Option<usize>);

/// The tabs of the page at `base`, with the `current` one marked.
pub(crate) fn tabs(base: &str, current: Tab, offered: &[Offered]) -> AnyView {
    let links = offered
        .iter()
        .map(|Offered(tab, count)| {
            let is_current = (*tab == current).then_some("page");
            let count = count.map(|count| view! { <span class="muted">{count}</span> });
            view! {
                <li>
                    <a href=tab.at(base) aria-current=is_current>
                        {tab.label()}
                        {count}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav class="tabs" aria-label="Parts of this page">
            <ul>{links}</ul>
        </nav>
    }
    .into_any()
}

/// The page and tab of `address`, without what else a form carries there.
pub(crate) fn page_of(address: &str) -> String {
    let address = address.split('#').next().unwrap_or_default();
    let (page, query) = address.split_once('?').unwrap_or((address, ""));
    let tab = parse(query.as_bytes()).find(|(name, _)| name == QUERY);
    match tab.and_then(|(_, name)| Tab::named(&name)) {
        Some(tab) => tab.at(page),
        None => page.to_owned(),
    }
}

/// The tab that a form came from, if it is one of the page at `base`; that page otherwise.
pub(crate) fn back(from: &str, base: String) -> String {
    let page = page_of(path::ours(from, ""));
    if page.split('?').next() == Some(base.as_str()) { page } else { base }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_tab_and_nothing_else() {
        for (address, page) in [
            ("/a?tab=settings&name=b#edit", "/a?tab=settings"),
            ("/a?name=b&tab=activity", "/a?tab=activity"),
            ("/a?tab=nothing", "/a"),
            ("/a?tab=", "/a"),
            ("/a#edit", "/a"),
            ("", ""),
        ] {
            assert_eq!(page_of(address), page);
        }
        for (from, to) in [
            ("/a?tab=files&x=1", "/a?tab=files"),
            ("/b?tab=files", "/a"),
            ("https://evil.example/a?tab=files", "/a"),
            ("/a/preview", "/a"),
        ] {
            assert_eq!(back(from, "/a".to_owned()), to);
        }
        for tab in Tab::ALL {
            assert!(tab == Tab::Overview || Tab::named(tab.name()) == Some(tab), "{tab:?}");
        }
    }
}
