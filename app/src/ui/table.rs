//! Pieces of lists: columns and their heads, pages, empty states.

use std::cmp::Reverse;

use domain::credentials::Direction;
use leptos::prelude::*;

use super::{icon::Icon, page::Request, path};

/// A column of a list: how wide it is and what stands above it.
pub(crate) struct Column {
    /// The class of its width in `style/tables.css`.
    width: &'static str,
    /// What sets its cells apart, such as numbers at the right.
    kind: &'static str,
    head: AnyView,
    /// Which way the rows are sorted by it.
    sorted: Option<Direction>,
}

impl Column {
    /// A column of text.
    pub fn text(width: &'static str, label: &'static str) -> Self {
        Self { width, kind: "", head: label.into_any(), sorted: None }
    }

    /// A column of numbers.
    pub fn number(label: &'static str) -> Self {
        Self { kind: "number", ..Self::text("c-number", label) }
    }

    /// A column of numbers under a long word.
    pub fn wider(self) -> Self {
        Self { width: "c-short", ..self }
    }

    /// The boxes that tick rows, with one for all of them.
    pub fn ticks() -> Self {
        let head = view! {
            <input
                class="needs-script"
                type="checkbox"
                data-tick-all
                aria-label="Select all on this page"
            />
            <span class="unseen">"Select"</span>
        };
        Self { width: "c-tick", kind: "tick", head: head.into_any(), sorted: None }
    }

    /// The menus of the rows.
    pub fn menus() -> Self {
        let head = view! { <span class="unseen">"Actions"</span> };
        Self { width: "c-menu", kind: "", head: head.into_any(), sorted: None }
    }

    /// Shown only where there is room.
    pub fn roomy(self) -> Self {
        let kind = if self.kind == "number" { "number roomy" } else { "roomy" };
        Self { kind, ..self }
    }

    /// Shown only where there is a lot of room.
    pub fn roomier(self) -> Self {
        Self { kind: "roomier", ..self }
    }

    /// Sorts the rows; `href` leads to the other order, and `sorted` says which they have now.
    pub fn sorts(self, href: String, sorted: Option<Direction>) -> Self {
        let (icon, class) = match sorted {
            None => ("chevrons-up-down", "icon unsorted"),
            Some(Direction::Ascending) => ("chevron-up", "icon"),
            Some(Direction::Descending) => ("chevron-down", "icon"),
        };
        let icon = view! {
            <svg class=class aria-hidden="true" width="14" height="14">
                <use href=format!("/icons.svg#{icon}")></use>
            </svg>
        };
        let head = view! { <a class="sort" href=href>{self.head}{icon}</a> };
        Self { head: head.into_any(), sorted, ..self }
    }
}

/// A list of one line a row. `caption` says how many there are to who cannot see the whole.
pub(crate) fn list(caption: String, columns: Vec<Column>, rows: AnyView) -> AnyView {
    let widths = columns
        .iter()
        .map(|column| view! { <col class=format!("{} {}", column.width, column.kind)/> })
        .collect_view();
    let heads = columns
        .into_iter()
        .map(|Column { kind, head, sorted, .. }| {
            let sorted = sorted.map(|direction| match direction {
                Direction::Ascending => "ascending",
                Direction::Descending => "descending",
            });
            let kind = (!kind.is_empty()).then_some(kind);
            view! { <th scope="col" class=kind aria-sort=sorted>{head}</th> }
        })
        .collect_view();
    view! {
        <div class="table-box">
            <table class="table list">
                <caption class="count" data-live="count">{caption}</caption>
                <colgroup>{widths}</colgroup>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody data-live="rows">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The order that the address of a short list asks for: such a list is read whole, and sorted here.
pub(crate) struct Order {
    path: &'static str,
    by: String,
    direction: Direction,
}

impl Order {
    /// What `request` asks of the list at `path`; what cannot be read is the usual order.
    pub fn of(request: &Request, path: &'static str) -> Self {
        let direction = Direction::parse(&request.query("direction")).unwrap_or_default();
        Self { path, by: request.query("order"), direction }
    }

    /// Sorts the rows by `key` if that is what is asked for; equal ones stay as they are.
    pub fn sort<Row, Key: Ord>(&self, rows: &mut [Row], by: &str, key: impl Fn(&Row) -> Key) {
        if self.by != by {
            return;
        }
        match self.direction {
            Direction::Ascending => rows.sort_by_cached_key(key),
            Direction::Descending => rows.sort_by_cached_key(|row| Reverse(key(row))),
        }
    }

    /// The column whose head leads to the order `by`.
    pub fn head(&self, column: Column, by: &str) -> Column {
        let sorted = (self.by == by).then_some(self.direction);
        let direction = next_direction(sorted).as_str();
        column.sorts(path::with(self.path, &[("order", by), ("direction", direction)]), sorted)
    }
}

/// The direction that a click on the head of a column leads to.
pub(crate) fn next_direction(sorted: Option<Direction>) -> Direction {
    sorted.map_or(Direction::Ascending, Direction::reversed)
}

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
