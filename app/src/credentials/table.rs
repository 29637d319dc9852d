//! The table of credentials.

use domain::{
    Action, Actor, Timestamp, counted,
    credentials::{CredentialOrder, CredentialPage, CredentialQuery, CredentialSummary, Direction},
};
use leptos::prelude::*;

use super::{badges, opens::Counts, reach::in_words};
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
    actor: &Actor,
    opens: &Counts,
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
    let rows =
        found.rows.iter().map(|row| row_of(row, actor, opens.get(&row.id), now)).collect_view();
    let head = |order: CredentialOrder, label: &'static str| sortable(query, order, label);
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="count">{counted(found.total, "credential", "credentials")}</caption>
                <thead>
                    <tr>
                        {head(CredentialOrder::Name, "Name")} <th scope="col">"Type"</th>
                        {head(CredentialOrder::Provider, "Provider")}
                        {head(CredentialOrder::Linked, "Used by")}
                        {head(CredentialOrder::Created, "Created")}
                        {head(CredentialOrder::LastUsed, "Last used")} <th scope="col">"State"</th>
                        <th scope="col"><span class="unseen">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {pager("/credentials", &pairs(query), query.page, CredentialQuery::PAGE_ROWS, found.total)}
    }
    .into_any()
}

fn pairs(query: &CredentialQuery) -> [(&str, &str); 4] {
    let order = if query.order == CredentialOrder::Name { "" } else { query.order.as_str() };
    let direction =
        if query.direction == Direction::Ascending { "" } else { query.direction.as_str() };
    [
        ("search", &query.search),
        ("provider", &query.provider),
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
    actor: &Actor,
    opens: Option<&(u32, u32)>,
    now: Timestamp,
) -> AnyView {
    let facts = row.provider.facts();
    let href = format!("/credentials/{}", row.id);
    // The project that everything is in unless somebody said otherwise is no news.
    let project =
        row.project.as_deref().map_or(Some("Shared"), |name| (name != "default").then_some(name));
    let project = project.map(|name| view! { <small class="muted">{name.to_owned()}</small> });
    let may_delete = actor.role.includes(Action::ManageCredentials);
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
                        {project}
                        {badges::environment(row.environment)}
                    </span>
                </div>
            </th>
            <td data-label="Type">{facts.kind.label()}</td>
            <td data-label="Provider">{facts.label}</td>
            <td data-label="Used by">{linked}</td>
            <td data-label="Created"><Moment at=row.created_at now/></td>
            <td data-label="Last used">{moment_or(row.last_used_at, now, "Never")}</td>
            <td data-label="State">
                <div class="state">
                    {badges::state(row.state, row.failing, row.broken)}
                    {badges::paused(row.paused)}
                    {badges::expiry(row.expiry, now)}
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
