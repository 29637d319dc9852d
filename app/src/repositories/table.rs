//! The table of repositories.

use domain::{
    Action, Principal, Timestamp,
    projects::Project,
    repositories::{RepositoryOrder, RepositoryPage, RepositoryQuery, RepositorySummary},
};
use leptos::prelude::*;
use maud::{Markup, html};

use super::{
    list::{PATH, order_pairs, pairs, path_with},
    path_of,
    state::{credential_in_a_row, state_in_a_row},
};
use crate::ui::{
    cause::remedy,
    row::{environment, menu, moment, view_of, whole},
    table::{Column, Empty, list, next_direction, pager},
    tabs::Tab,
};

/// The rows with what can be done to each.
pub(super) fn table(
    found: &RepositoryPage,
    query: &RepositoryQuery,
    projects: &[Project],
    principal: &Principal,
    now: Timestamp,
) -> AnyView {
    if found.rows.is_empty() {
        return view! {
            <Empty icon="search" title="Nothing found" text="No repository matches this search.">
                <a class="button" href=PATH>"Show all"</a>
            </Empty>
        }
        .into_any();
    }
    let may_sync = principal.role.includes(Action::SyncRepositories);
    let columns = Columns { may_sync, has_projects: projects.len() > 1 };
    let rows = html! {
        @for row in &found.rows { (row_of(row, columns, now)) }
    };
    let filters = pairs(query);
    let filters = filters.iter().map(|(name, value)| (*name, value.as_str()));
    let pairs: Vec<_> = filters.chain(order_pairs(query)).collect();
    let page_rows = RepositoryQuery::PAGE_ROWS;
    view! {
        {list(&found.total.words("repository", "repositories"), heads(query, columns), view_of(rows))}
        {pager(PATH, &pairs, query.page, page_rows, found.rows.len(), found.total)}
    }
    .into_any()
}

fn heads(query: &RepositoryQuery, columns: Columns) -> Vec<Column> {
    let sorts = |column: Column, order: RepositoryOrder| {
        let sorted = (query.order == order).then_some(query.direction);
        let next = RepositoryQuery { order, direction: next_direction(sorted), ..query.clone() };
        column.sorts(&path_with(&next), sorted)
    };
    let ticks = columns.may_sync.then(Column::ticks);
    let project = columns
        .has_projects
        .then(|| sorts(Column::text("c-short", "Project"), RepositoryOrder::Project).roomy());
    ticks
        .into_iter()
        .chain([
            sorts(Column::text("c-cause", "State"), RepositoryOrder::State),
            sorts(Column::text("", "Name"), RepositoryOrder::Name),
            sorts(Column::text("c-type", "Type"), RepositoryOrder::Kind).roomier(),
            sorts(Column::text("", "URL"), RepositoryOrder::Url),
            sorts(Column::text("c-medium", "Credential"), RepositoryOrder::Credential),
        ])
        .chain(project)
        .chain([
            sorts(Column::number("Charts"), RepositoryOrder::Charts),
            sorts(Column::text("c-time", "Last sync"), RepositoryOrder::LastSync),
            Column::menus(),
        ])
        .collect()
}

/// What the table shows besides what it always does.
#[derive(Clone, Copy)]
struct Columns {
    may_sync: bool,
    has_projects: bool,
}

fn row_of(row: &RepositorySummary, columns: Columns, now: Timestamp) -> Markup {
    let href = path_of(row.id);
    let credential = row.link.as_ref().map(|link| link.credential);
    let mend = row.cause.and_then(|cause| remedy(cause, row.id, credential));
    let items = html! {
        @if let Some((href, label)) = mend { a href=(href) { (label) } }
        @if columns.may_sync {
            button.menu-button form="one" name="ids[]" value=(row.id) { "Sync now" }
            a href=(Tab::Settings.at(&href)) { "Edit" }
            a.danger href={ (href) "/delete" } { "Delete" }
        } @else {
            a href=(href) { "View" }
        }
    };
    html! {
        tr {
            @if columns.may_sync {
                td.tick {
                    input type="checkbox" form="bulk" name="ids[]" value=(row.id)
                        aria-label={ "Select " (row.name) };
                }
            }
            td data-label="State" { (state_in_a_row(row, now)) }
            th scope="row" title=[whole(&row.name)] {
                div.cell {
                    a href=(href) { (row.name) }
                    (environment(row.environment))
                }
            }
            td.roomier { (row.kind.label()) }
            td.url title=[whole(&row.url)] { (row.url) }
            (credential_in_a_row(row))
            @if columns.has_projects {
                td.roomy title=[whole(&row.project_name)] {
                    a href=(crate::projects::path_of(row.project)) { (row.project_name) }
                }
            }
            td.number.later data-label="Charts" {
                @if row.charts == 0 { "0" } @else {
                    a href={ "/charts/catalog?repository=" (row.id) } { (row.charts) }
                }
            }
            @match row.last_sync_at {
                Some(at) => td { (moment(at, now)) },
                None => td.muted { "Never" },
            }
            (menu(&row.name, &items))
        }
    }
}
