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
    table::{Empty, pager},
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
    let head = |order: CredentialOrder, label: &'static str| sortable(query, order, label);
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="count" data-live="count">{counted(found.total, "credential", "credentials")}</caption>
                <thead>
                    <tr>
                        {head(CredentialOrder::Name, "Name")}
                        {has_projects.then(|| view! { <th scope="col">"Project"</th> })}
                        {head(CredentialOrder::Provider, "Type")}
                        <th scope="col">"Pattern"</th>
                        {head(CredentialOrder::Linked, "Used by")}
                        {head(CredentialOrder::Created, "Created")}
                        {head(CredentialOrder::LastUsed, "Last used")} <th scope="col">"State"</th>
                        <th scope="col"><span class="unseen">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody data-live="rows">{rows}</tbody>
            </table>
        </div>
        {pager("/credentials", &pairs(query, &project_id(query)), query.page, CredentialQuery::PAGE_ROWS, found.total)}
    }
    .into_any()
}

fn project_id(query: &CredentialQuery) -> String {
    query.project.map(|id| id.to_string()).unwrap_or_default()
}

/// The project of a row, with its page.
fn project_of(row: &CredentialSummary, projects: &[Project]) -> AnyView {
    let Some(name) = row.project.clone() else {
        return view! { <td data-label="Project">"Shared"</td> }.into_any();
    };
    let known = projects.iter().find(|project| project.name == name);
    let name = match known {
        Some(known) => view! { <a href=crate::projects::path_of(known.id)>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    view! { <td data-label="Project">{name}</td> }.into_any()
}

/// For which URLs it is used without anybody choosing it.
fn pattern_of(row: &CredentialSummary) -> AnyView {
    let kind = match row.pattern_kind {
        PatternKind::None => return view! { <span class="muted">"None"</span> }.into_any(),
        PatternKind::Exact => "Whole URL",
        PatternKind::Regex => "Regular expression",
    };
    view! {
        <div class="cell">
            <code class="url">{row.pattern.clone()}</code>
            <small class="muted">{kind}</small>
        </div>
    }
    .into_any()
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

fn sortable(query: &CredentialQuery, order: CredentialOrder, label: &'static str) -> AnyView {
    let current = query.order == order;
    let (sort, icon) = match (current, query.direction) {
        (false, _) => (None, "chevrons-up-down"),
        (true, Direction::Ascending) => (Some("ascending"), "chevron-up"),
        (true, Direction::Descending) => (Some("descending"), "chevron-down"),
    };
    let direction = if current { query.direction.reversed() } else { Direction::Ascending };
    let href = path::with(
        "/credentials",
        &[
            ("search", &query.search),
            ("provider", &query.provider),
            ("project", &project_id(query)),
            ("order", order.as_str()),
            ("direction", direction.as_str()),
        ],
    );
    view! {
        <th scope="col" aria-sort=sort>
            <a class="sort" href=href>{label}<Icon name=icon/></a>
        </th>
    }
    .into_any()
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
        .then(|| view! { <small class="muted">"Shared"</small> });
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
    view! {
        <tr>
            <th scope="row" data-label="Name">
                <div class="cell">
                    <a href=href.clone()>{row.name.clone()}</a>
                    <span class="tags">
                        {shared}
                        {badges::environment(row.environment)}
                    </span>
                </div>
            </th>
            {project}
            <td data-label="Type">
                <div class="cell">
                    {facts.label}
                    <small class="muted">{facts.kind.label()}{access}</small>
                </div>
            </td>
            <td data-label="Pattern">{pattern_of(row)}</td>
            <td data-label="Used by">{linked}</td>
            <td data-label="Created"><Moment at=row.created_at now/></td>
            <td data-label="Last used">{moment_or(row.last_used_at, now, "Never")}</td>
            <td data-label="State">
                <div class="state">
                    {badges::health(row.health(), now)}
                </div>
            </td>
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
