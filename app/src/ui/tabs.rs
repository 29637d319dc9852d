//! Tabs of a page: links, so that each has an address and works without a script.

use leptos::prelude::*;

use super::path;

/// One tab: its label, its name in the address (empty for the first), and how much is in it.
pub(crate) struct Tab(pub &'static str, pub &'static str, pub Option<usize>);

/// The tabs of the page at `base`, with the `current` one marked.
pub(crate) fn tabs(base: &str, current: &str, tabs: &[Tab]) -> AnyView {
    let links = tabs
        .iter()
        .map(|Tab(label, name, count)| {
            let is_current = (*name == current).then_some("page");
            let count = count.map(|count| view! { <span class="muted">{count}</span> });
            view! {
                <li>
                    <a href=path::with(base, &[("tab", name)]) aria-current=is_current>
                        {*label}
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
