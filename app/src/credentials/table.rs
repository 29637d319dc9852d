//! The table of credentials.

use domain::{
    Action, Principal, Timestamp, counted,
    credentials::{
        CredentialOrder, CredentialPage, CredentialQuery, CredentialSummary, Direction, PatternKind,
    },
    projects::Project,
};
use leptos::prelude::*;
use maud::{Markup, html};

use super::{badges, impact::in_words, usage::UsageCounts};
use crate::ui::{
    path,
    provider::glyph,
    row::{environment, icon, menu, moment, view_of, whole},
    table::{Column, Empty, list, next_direction, pager},
    tabs::Tab,
};

/// The rows with what can be done to each.
pub(super) fn table(
    found: &CredentialPage,
    query: &CredentialQuery,
    principal: &Principal,
    opens: &UsageCounts,
    projects: &[Project],
    now: Timestamp,
) -> AnyView {
    if found.rows.is_empty() {
        return view! {
            <Empty icon="search" title="Nothing found" text="No credential matches this search.">
                <a class="button" href="/credentials">"Show all"</a>
            </Empty>
        }
        .into_any();
    }
    let has_projects = projects.len() > 1;
    let may_tick = principal.role.includes(Action::ManageCredentials);
    let rows = html! {
        @for row in &found.rows {
            @let project = has_projects.then(|| project_of(row, projects));
            (row_of(row, principal, opens.get(&row.id), project.as_ref(), now))
        }
    };
    view! {
        {list(
            &found.total.words("credential", "credentials"),
            heads(query, has_projects, may_tick.then(Column::ticks)),
            view_of(rows),
        )}
        {pager("/credentials", &pairs(query, &project_id(query)), query.page, CredentialQuery::PAGE_ROWS, found.rows.len(), found.total)}
    }
    .into_any()
}

fn heads(query: &CredentialQuery, has_projects: bool, ticks: Option<Column>) -> Vec<Column> {
    let sorts = |column: Column, order: CredentialOrder| {
        let sorted = (query.order == order).then_some(query.direction);
        let project = project_id(query);
        let next = CredentialQuery { order, direction: next_direction(sorted), ..query.clone() };
        column.sorts(&path::with("/credentials", &pairs(&next, &project)), sorted)
    };
    let project = has_projects.then(|| Column::text("c-short", "Project").roomy());
    ticks
        .into_iter()
        .chain([
            Column::text("c-cause", "State"),
            sorts(Column::text("", "Name"), CredentialOrder::Name),
            sorts(Column::text("c-short", "Provider"), CredentialOrder::Provider),
        ])
        .chain(project)
        .chain([
            Column::text("c-short", "Pattern").roomier(),
            sorts(Column::text("c-short", "Used by"), CredentialOrder::Linked),
            sorts(Column::text("c-time", "Expires"), CredentialOrder::Expires),
            sorts(Column::text("c-time", "Last used"), CredentialOrder::LastUsed),
            sorts(Column::text("c-time", "Created"), CredentialOrder::Created).roomier(),
            Column::menus(),
        ])
        .collect()
}

fn project_id(query: &CredentialQuery) -> String {
    query.project.map(|id| id.to_string()).unwrap_or_default()
}

/// The project of a row, with its page.
fn project_of(row: &CredentialSummary, projects: &[Project]) -> Markup {
    let known = row.project.as_ref().and_then(|name| {
        let known = projects.iter().find(|project| project.name == *name)?;
        Some((crate::projects::path_of(known.id), name))
    });
    html! {
        td.roomy title=[row.project.as_deref().and_then(whole)] {
            @match (known, &row.project) {
                (Some((href, name)), _) => a href=(href) { (name) },
                (None, Some(name)) => (name),
                (None, None) => "Shared",
            }
        }
    }
}

/// For which URLs it is used without anybody choosing it.
fn pattern_of(row: &CredentialSummary) -> Markup {
    let kind = match row.pattern_kind {
        PatternKind::None => return html! { td.roomier.muted { "None" } },
        PatternKind::Exact => "Exact URL",
        PatternKind::Regex => "Regular expression",
    };
    html! {
        td.roomier { code title={ (kind) ": " (row.pattern) } { (row.pattern) } }
    }
}

fn pairs<'a>(query: &'a CredentialQuery, project: &'a str) -> [(&'a str, &'a str); 5] {
    let order = if query.order == CredentialOrder::Name { "" } else { query.order.as_str() };
    let direction =
        if query.direction == Direction::Ascending { "" } else { query.direction.as_str() };
    [
        ("search", &query.search),
        ("provider", &query.provider),
        ("project", project),
        ("order", order),
        ("direction", direction),
    ]
}

fn row_of(
    row: &CredentialSummary,
    principal: &Principal,
    opens: Option<&(u32, u32)>,
    project: Option<&Markup>,
    now: Timestamp,
) -> Markup {
    let facts = row.provider.facts();
    let href = format!("/credentials/{}", row.id);
    let access = row.access.map(|access| format!(" · {}", row.provider.access_label(access)));
    let kind = format!("{} · {}{}", facts.label, facts.kind.label(), access.unwrap_or_default());
    let may_change = principal.role.includes(Action::ManageCredentials);
    let items = html! {
        @if may_change {
            a href=(Tab::Versions.at(&href)) { "Change secret" }
            a.danger href={ (href) "/delete" } { "Delete" }
        } @else {
            a href=(href) { "View" }
        }
    };
    html! {
        tr {
            @if may_change {
                td.tick {
                    input type="checkbox" form="bulk" name="ids[]" value=(row.id)
                        aria-label={ "Select " (row.name) };
                }
            }
            td data-label="State" { (badges::health_in_a_row(row.health(), now)) }
            th scope="row" title=[whole(&row.name)] {
                div.cell {
                    a href=(href) { (row.name) }
                    // In an organization with one project, that a credential is shared is what there is to tell.
                    @if project.is_none() && row.project.is_none() { span.tag { "Shared" } }
                    (environment(row.environment))
                }
            }
            td title=(kind) {
                span.provider { (icon(glyph(row.provider))) span { (row.provider.short_label()) } }
            }
            @if let Some(project) = project { (project) }
            (pattern_of(row))
            (used_by(row, &href, opens))
            @match row.expiry {
                Some(expiry) => td.later { (moment(expiry.at, now)) },
                None => td.later.muted { "Unknown" },
            }
            @match row.last_used_at {
                Some(at) => td.later { (moment(at, now)) },
                None => td.later.muted { "Never" },
            }
            td.roomier { (moment(row.created_at, now)) }
            (menu(&row.name, &items))
        }
    }
}

/// What stops working without it.
fn used_by(row: &CredentialSummary, href: &str, opens: Option<&(u32, u32)>) -> Markup {
    let opened = opens.and_then(|(targets, clusters)| in_words(*targets, *clusters));
    html! {
        @match (opened, row.linked) {
            (Some(opened), _) => td { a href={ (href) "#uses-title" } { (opened) } },
            (None, 0) => td.muted { "None" },
            (None, linked) => td {
                a href={ "/charts/repositories?credential=" (row.id) } {
                    (counted(linked, "repository", "repositories"))
                }
            },
        }
    }
}
