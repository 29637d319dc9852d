//! Pieces of tables: pages, counts, empty states.

use leptos::prelude::*;

use super::{icon::Icon, path};

/// The links to the page before and after; nothing when all fits on one.
pub(crate) fn pager(
    base: &str,
    pairs: &[(&str, &str)],
    page: u32,
    rows_on_page: u32,
    total: u32,
) -> AnyView {
    let last = total.div_ceil(rows_on_page).max(1);
    if last == 1 && page == 1 {
        return ().into_any();
    }
    let to = |page: u32| {
        let number = page.to_string();
        let mut all = pairs.to_vec();
        if page > 1 {
            all.push(("page", &number));
        }
        path::with(base, &all)
    };
    let before = (page > 1).then(|| {
        let href = to(page.min(last + 1) - 1);
        view! {
            <a class="button quiet" rel="prev" href=href>
                <Icon name="chevron-left"/>
                "Previous"
            </a>
        }
    });
    let after = (page < last).then(|| {
        view! {
            <a class="button quiet" rel="next" href=to(page + 1)>
                "Next"
                <Icon name="chevron-right"/>
            </a>
        }
    });
    view! {
        <nav class="pager" aria-label="Pages">
            {before}
            <span class="muted">{format!("Page {page} of {last}")}</span>
            {after}
        </nav>
    }
    .into_any()
}

/// What to say where a table would stand: why it is empty, and what to do.
#[component]
pub(crate) fn Empty(
    icon: &'static str,
    title: &'static str,
    #[prop(into)] text: String,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="empty">
            <Icon name=icon/>
            <h2>{title}</h2>
            <p>{text}</p>
            <div class="actions">{children()}</div>
        </section>
    }
}
