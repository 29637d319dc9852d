//! Pieces of lists: columns and their heads, pages, empty states.

use std::cmp::Reverse;

use domain::{Total, credentials::Direction};
use leptos::prelude::*;
use maud::{Markup, html};

use super::{icon::Icon, page::Request, path, row::view_of};

/// A column of a list: how wide it is and what stands above it.
pub(crate) struct Column {
    /// The class of its width in `style/tables.css`.
    width: &'static str,
    /// What sets its cells apart, such as numbers at the right.
    kind: &'static str,
    head: Markup,
    /// Which way the rows are sorted by it.
    sorted: Option<Direction>,
}

impl Column {
    /// A column of text.
    pub fn text(width: &'static str, label: &'static str) -> Self {
        Self { width, kind: "", head: html! { (label) }, sorted: None }
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
        let head = html! {
            input.needs-script type="checkbox" data-tick-all aria-label="Select all on this page";
            span.unseen { "Select" }
        };
        Self { width: "c-tick", kind: "tick", head, sorted: None }
    }

    /// The menus of the rows.
    pub fn menus() -> Self {
        let head = html! { span.unseen { "Actions" } };
        Self { width: "c-menu", kind: "", head, sorted: None }
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
    pub fn sorts(self, href: &str, sorted: Option<Direction>) -> Self {
        let (icon, class) = match sorted {
            None => ("chevrons-up-down", "icon unsorted"),
            Some(Direction::Ascending) => ("chevron-up", "icon"),
            Some(Direction::Descending) => ("chevron-down", "icon"),
        };
        let head = html! {
            a.sort href=(href) {
                (self.head)
                svg class=(class) aria-hidden="true" { use href={ "/icons.svg#" (icon) } {} }
            }
        };
        Self { head, sorted, ..self }
    }

    fn head(&self) -> Markup {
        let sorted = self.sorted.map(|direction| match direction {
            Direction::Ascending => "ascending",
            Direction::Descending => "descending",
        });
        let kind = (!self.kind.is_empty()).then_some(self.kind);
        html! { th scope="col" class=[kind] aria-sort=[sorted] { (self.head) } }
    }
}

/// A list of one line a row. `caption` says how many there are to who cannot see the whole.
pub(crate) fn list(caption: &str, columns: impl AsRef<[Column]>, rows: AnyView) -> AnyView {
    let columns = columns.as_ref();
    let top = html! {
        caption.count data-live="count" { (caption) }
        colgroup {
            @for column in columns { col class={ (column.width) " " (column.kind) }; }
        }
        thead { tr { @for column in columns { (column.head()) } } }
    };
    view! {
        <div class="table-box">
            <table class="table list">
                {view_of(top)}
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
        column.sorts(&path::with(self.path, &[("order", by), ("direction", direction)]), sorted)
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
    rows: usize,
    total: Total,
) -> AnyView {
    let (known, is_all) = total.last_page(rows_on_page);
    // Behind what is counted, a full page leads to the next one.
    let is_full = u32::try_from(rows).is_ok_and(|rows| rows >= rows_on_page);
    let has_next = page < known || (!is_all && is_full);
    if page == 1 && !has_next {
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
        let href = to(if is_all { page.min(known + 1) - 1 } else { page - 1 });
        view! {
            <a class="button quiet" rel="prev" href=href>
                <Icon name="chevron-left"/>
                "Previous"
            </a>
        }
    });
    let after = has_next.then(|| {
        view! {
            <a class="button quiet" rel="next" href=to(page + 1)>
                "Next"
                <Icon name="chevron-right"/>
            </a>
        }
    });
    let place = if is_all { format!("Page {page} of {known}") } else { format!("Page {page}") };
    view! {
        <nav class="pager" aria-label="Pages">
            {before}
            <span class="muted">{place}</span>
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
