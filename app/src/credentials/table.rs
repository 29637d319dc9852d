//! The table of credentials.

use domain::{
    Action, Principal, Timestamp, counted,
    credentials::{
        CredentialOrder, CredentialPage, CredentialQuery, CredentialSummary, Direction, PatternKind,
    },
    projects::Project,
};
use leptos::prelude::*;

use super::{badges, impact::in_words, usage::UsageCounts};
use crate::ui::{
    icon::Icon,
    menu::RowMenu,
    moment::{Moment, moment_or},
    path,
    provider::glyph,
    table::{Column, Empty, list, next_direction, pager},
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
    let project = |row: &CredentialSummary| has_projects.then(|| project_of(row, projects));
    let rows = found
        .rows
        .iter()
        .map(|row| row_of(row, principal, opens.get(&row.id), project(row), now))
        .collect_view();
    view! {
        {list(
            counted(found.total, "credential", "credentials"),
            heads(query, has_projects),
            rows.into_any(),
        )}
        {pager("/credentials", &pairs(query, &project_id(query)), query.page, CredentialQuery::PAGE_ROWS, found.total)}
    }
    .into_any()
}

fn heads(query: &CredentialQuery, has_projects: bool) -> Vec<Column> {
    let sorts = |column: Column, order: CredentialOrder| {
        let sorted = (query.order == order).then_some(query.direction);
        let project = project_id(query);
        let next = CredentialQuery { order, direction: next_direction(sorted), ..query.clone() };
        column.sorts(path::with("/credentials", &pairs(&next, &project)), sorted)
    };
    let project = has_projects.then(|| Column::text("c-short", "Project").roomy());
    [
        Column::text("c-cause", "State"),
        sorts(Column::text("", "Name"), CredentialOrder::Name),
        sorts(Column::text("c-short", "Provider"), CredentialOrder::Provider),
    ]
    .into_iter()
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
fn project_of(row: &CredentialSummary, projects: &[Project]) -> AnyView {
    let Some(name) = row.project.clone() else {
        return view! { <td class="roomy" data-label="Project">"Shared"</td> }.into_any();
    };
    let title = name.clone();
    let known = projects.iter().find(|project| project.name == name);
    let name = match known {
        Some(known) => view! { <a href=crate::projects::path_of(known.id)>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    view! { <td class="roomy" data-label="Project" title=title>{name}</td> }.into_any()
}

/// For which URLs it is used without anybody choosing it.
fn pattern_of(row: &CredentialSummary) -> AnyView {
    let kind = match row.pattern_kind {
        PatternKind::None => return view! { <span class="muted">"None"</span> }.into_any(),
        PatternKind::Exact => "Exact URL",
        PatternKind::Regex => "Regular expression",
    };
    view! { <code title=format!("{kind}: {}", row.pattern)>{row.pattern.clone()}</code> }.into_any()
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
    project: Option<AnyView>,
    now: Timestamp,
) -> AnyView {
    let facts = row.provider.facts();
    let href = format!("/credentials/{}", row.id);
    // In an organization with one project, that a credential is shared is what there is to tell.
    let shared = (project.is_none() && row.project.is_none())
        .then(|| view! { <span class="tag">"Shared"</span> });
    let access = row.access.map(|access| format!(" · {}", row.provider.access_label(access)));
    let may_delete = principal.role.includes(Action::ManageCredentials);
    let opened = opens.and_then(|(targets, clusters)| in_words(*targets, *clusters));
    let linked = if let Some(opened) = opened {
        let href = format!("{href}#uses-title");
        view! { <a href=href>{opened}</a> }.into_any()
    } else if row.linked == 0 {
        view! { <span class="muted">"None"</span> }.into_any()
    } else {
        let href = format!("/charts/repositories?credential={}", row.id);
        view! { <a href=href>{counted(row.linked, "repository", "repositories")}</a> }.into_any()
    };
    let expires = match row.expiry {
        Some(expiry) => view! { <Moment at=expiry.at now/> }.into_any(),
        None => view! { <span class="muted">"Unknown"</span> }.into_any(),
    };
    let kind = format!("{} · {}{}", facts.label, facts.kind.label(), access.unwrap_or_default());
    view! {
        <tr>
            <td data-label="State">{badges::health_in_a_row(row.health(), now)}</td>
            <th scope="row" data-label="Name" title=row.name.clone()>
                <div class="cell">
                    <a href=href.clone()>{row.name.clone()}</a>
                    {shared}
                    {badges::environment(row.environment)}
                </div>
            </th>
            <td data-label="Provider" title=kind>
                <span class="provider">
                    <Icon name=glyph(row.provider)/>
                    <span>{row.provider.short_label()}</span>
                </span>
            </td>
            {project}
            <td class="roomier" data-label="Pattern">{pattern_of(row)}</td>
            <td data-label="Used by">{linked}</td>
            <td class="later" data-label="Expires">{expires}</td>
            <td class="later" data-label="Last used">{moment_or(row.last_used_at, now, "Never")}</td>
            <td class="roomier" data-label="Created"><Moment at=row.created_at now/></td>
            <td class="row-actions">
                <RowMenu name=row.name.clone()>
                    <a href=href.clone()>"View"</a>
                    {may_delete
                        .then(|| {
                            view! { <a class="danger" href=format!("{href}/delete")>"Delete"</a> }
                        })}
                </RowMenu>
            </td>
        </tr>
    }
    .into_any()
}
