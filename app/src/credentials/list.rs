//! The Credentials page.

use domain::{
    Action, Actor, Provider, Timestamp,
    credentials::{
        CredentialOrder, CredentialPage, CredentialQuery, CredentialState, CredentialSummary,
        Direction,
    },
};
use leptos::prelude::*;

use crate::ui::{
    badge::{Badge, Tone},
    filters::{FilterBy, Filters},
    frame::Section,
    icon::Icon,
    menu::RowMenu,
    moment::{Moment, moment_or},
    page::{Page, page},
    path,
    table::{Empty, counted, pager},
};

/// `/credentials`
pub(crate) fn list() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        let query = CredentialQuery {
            search: request.query("search"),
            provider: request.query("provider"),
            order: CredentialOrder::parse(&request.query("order")),
            direction: Direction::parse(&request.query("direction")),
            page: request.page_number(),
        };
        let found = request.services().credentials.list(&actor, query.clone()).await?;
        let may_add = actor.role.includes(Action::ManageCredentials);
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Credentials"</h1>
                    <p class="muted">
                        "Each is kept in Vault and opens the repositories linked to it."
                    </p>
                </div>
                {may_add
                    .then(|| {
                        view! {
                            <a class="button primary" href="/credentials/new">
                                <Icon name="plus"/>
                                "Add"
                            </a>
                        }
                    })}
            </div>
            {if found.all == 0 {
                nothing_yet(&actor)
            } else {
                view! {
                    {filters(&query)}
                    {table(&found, &query, &actor, request.now)}
                }
                    .into_any()
            }}
        };
        Ok(Page {
            title: "Credentials".to_owned(),
            section: Section::Credentials,
            body: body.into_any(),
        })
    })
}

fn nothing_yet(actor: &Actor) -> AnyView {
    let may_add = actor.role.includes(Action::ManageCredentials);
    let text = if may_add {
        "Add the token of a registry once, link it to every chart repository that needs it, and change it in one place when it expires."
    } else {
        "An owner or admin of the organization adds them."
    };
    view! {
        <Empty icon="key-round" title="No credentials yet" text=text>
            {may_add
                .then(|| view! { <a class="button" href="/credentials/new">"Add a credential"</a> })}
        </Empty>
    }
    .into_any()
}

fn filters(query: &CredentialQuery) -> AnyView {
    let options = Provider::ALL
        .into_iter()
        .map(|provider| {
            let facts = provider.facts();
            let selected = facts.code == query.provider;
            view! { <option value=facts.code selected=selected>{facts.label}</option> }
        })
        .collect_view();
    let filtered = !query.search.is_empty() || !query.provider.is_empty();
    view! {
        <Filters
            path="/credentials"
            search=query.search.clone()
            placeholder="Name or description"
            by=FilterBy { name: "provider", label: "Provider", all: "All providers" }
            clear=filtered.then_some("/credentials")

        >
            {options}
        </Filters>
    }
    .into_any()
}

fn table(
    found: &CredentialPage,
    query: &CredentialQuery,
    actor: &Actor,
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
    let rows = found.rows.iter().map(|row| row_of(row, actor, now)).collect_view();
    let head = |order: CredentialOrder, label: &'static str| sortable(query, order, label);
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="count">{counted(found.total, "credential", "credentials")}</caption>
                <thead>
                    <tr>
                        {head(CredentialOrder::Name, "Name")} <th scope="col">"Type"</th>
                        {head(CredentialOrder::Provider, "Provider")}
                        {head(CredentialOrder::Linked, "Linked repositories")}
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

fn row_of(row: &CredentialSummary, actor: &Actor, now: Timestamp) -> AnyView {
    let facts = row.provider.facts();
    let href = format!("/credentials/{}", row.id);
    let may_delete = actor.role.includes(Action::ManageCredentials);
    let linked = if row.linked == 0 {
        view! { <span class="muted">"None"</span> }.into_any()
    } else {
        let href = format!("/charts/repositories?credential={}", row.id);
        view! { <a href=href>{counted(row.linked, "repository", "repositories")}</a> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" data-label="Name"><a href=href.clone()>{row.name.clone()}</a></th>
            <td data-label="Type">{facts.kind.label()}</td>
            <td data-label="Provider">{facts.label}</td>
            <td data-label="Linked repositories">{linked}</td>
            <td data-label="Created"><Moment at=row.created_at now/></td>
            <td data-label="Last used">{moment_or(row.last_used_at, now, "Never")}</td>
            <td data-label="State">{state(row.state, row.failing)}</td>
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

/// The state of a credential; repositories it cannot open count as a warning.
pub(super) fn state(state: CredentialState, failing: u32) -> AnyView {
    let (tone, label) = match state {
        CredentialState::Active if failing > 0 => {
            (Tone::Warn, format!("Active, {failing} failing"))
        }
        CredentialState::Active => (Tone::Good, "Active".to_owned()),
        CredentialState::Creating => (Tone::Busy, "Being stored".to_owned()),
        CredentialState::Updating => (Tone::Busy, "Being updated".to_owned()),
        CredentialState::Deleting => (Tone::Busy, "Being deleted".to_owned()),
        CredentialState::Destroyed => (Tone::Quiet, "Deleted".to_owned()),
        CredentialState::Lost => (Tone::Bad, "Secret lost".to_owned()),
    };
    view! { <Badge tone label/> }.into_any()
}
