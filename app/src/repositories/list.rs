//! The page Charts → Repositories.

use domain::{
    Action, Status, Total,
    credentials::{CredentialPart, Direction},
    projects::Project,
    repositories::{RepositoryOrder, RepositoryPage, RepositoryQuery, RepositoryState},
};
use leptos::prelude::*;

use super::{bulk_bar::bulk, table::table};
use crate::ui::{
    filters::{FilterBy, Filters, by_project, chip},
    frame::Section,
    icon::Icon,
    input::hidden,
    live::{Live, under_way},
    page::{Page, snapshot_page},
    path,
    table::Empty,
};

pub(super) const PATH: &str = "/charts/repositories";

/// `/charts/repositories`
pub(crate) fn list() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let query = RepositoryQuery {
            search: request.query("search"),
            credential: request.query("credential").parse().ok(),
            project: request.query("project").parse().ok(),
            status: Status::parse(&request.query("state")),
            order: RepositoryOrder::parse(&request.query("order")).unwrap_or_default(),
            direction: Direction::parse(&request.query("direction")).unwrap_or_default(),
            page: request.page_number(),
        };
        let services = request.services();
        let found = services.repositories.list(&principal, query.clone()).await?;
        let projects = services.projects.list(&principal).await?;
        let of_credential = match query.credential {
            // Its name alone: the versions of a secret would be asked of Vault.
            Some(id) => {
                let found = services.credentials.part(&principal, id, CredentialPart::Links).await;
                found.ok().map(|found| found.name)
            }
            None => None,
        };
        let may_add = principal.role.includes(Action::ManageRepositories);
        let syncing = found.rows.iter().any(|row| row.state == RepositoryState::Syncing);
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Repositories"</h1>
                    <p class="muted">"Helm and OCI repositories whose charts fill the catalog."</p>
                </div>
                {may_add.then(|| buttons(&found, &query))}
            </div>
            {if found.is_empty {
                nothing_yet(may_add)
            } else {
                view! {
                    {filters(&query, &projects, of_credential, found.total)}
                    {may_add.then(|| bulk(&query, found.total, &request.here))}
                    <div class="stack" data-found="found">
                        {one_row(&request.here)}
                        {table(&found, &query, &projects, &principal, request.now)}
                    </div>
                }
                    .into_any()
            }}
            <Live/>
            {syncing.then(under_way)}
        };
        Ok(Page {
            title: "Repositories".to_owned(),
            section: Section::Repositories,
            body: body.into_any(),
        })
    })
}

/// What can be done to all that the page finds, and to none of them.
fn buttons(found: &RepositoryPage, query: &RepositoryQuery) -> AnyView {
    let all = if is_filtered(query) {
        format!("Sync all {} shown", found.total)
    } else {
        format!("Sync all {}", found.total)
    };
    let sync = (!found.total.is_empty()).then(|| {
        view! {
            <button
                class="button"
                type="submit"
                form="bulk"
                name="which"
                value="found"
                formaction="/actions/repositories/sync"
            >
                <Icon name="refresh-cw"/>
                <span data-live="all" data-found="all">{all}</span>
            </button>
        }
    });
    view! {
        <div class="actions">
            {sync}
            <a class="button quiet" href="/import">"Import"</a>
            <a class="button primary" href="/charts/repositories/new">
                <Icon name="plus"/>
                "Add"
            </a>
        </div>
    }
    .into_any()
}

/// The form that *Sync now* in the menu of a row names, for that row alone.
fn one_row(here: &str) -> AnyView {
    view! {
        <form id="one" method="post" action="/actions/repositories/sync">
            {hidden("from", here)}
            {hidden("which", "ticked")}
        </form>
    }
    .into_any()
}

fn nothing_yet(may_add: bool) -> AnyView {
    view! {
        <Empty
            icon="library"
            title="No repositories yet"
            text="Add the URL of a Helm or OCI repository, choose the credential that opens it, and its charts appear in the catalog."
        >
            {may_add
                .then(|| {
                    view! {
                        <a class="button" href="/charts/repositories/new">"Add a repository"</a>
                        <a class="button quiet" href="/import">"Import a file"</a>
                    }
                })}
        </Empty>
    }
    .into_any()
}

/// What a repository can be said to be doing, the worst first.
const STATUSES: [Status; 6] = [
    Status::Paused,
    Status::Failing,
    Status::Stale,
    Status::Syncing,
    Status::NotSynced,
    Status::Healthy,
];

fn filters(
    query: &RepositoryQuery,
    projects: &[Project],
    of_credential: Option<String>,
    total: Total,
) -> AnyView {
    let options = STATUSES
        .into_iter()
        .map(|status| {
            let selected = query.status == Some(status);
            view! { <option value=status.as_str() selected=selected>{status.label()}</option> }
        })
        .collect_view();
    view! {
        <Filters
            path=PATH
            search=query.search.clone()
            placeholder="Name or URL"
            by=FilterBy { name: "state", label: "State", all: "All states" }
            clear=is_filtered(query).then_some(PATH)
            also=by_project(projects, query.project)
            kept=Some(kept(query, of_credential))
            total=Some(total.words("repository", "repositories"))
        >
            {options}
        </Filters>
    }
    .into_any()
}

/// What a filter keeps that has no field of its own: the credential, and the order.
fn kept(query: &RepositoryQuery, of_credential: Option<String>) -> AnyView {
    let credential = query.credential.map(|id| hidden("credential", id.to_string()));
    let chip = of_credential.map(|name| {
        let without = RepositoryQuery { credential: None, ..query.clone() };
        chip("Credential", &name, path_with(&without))
    });
    let [order, direction] =
        order_pairs(query).map(|(name, value)| (!value.is_empty()).then(|| hidden(name, value)));
    view! { {credential} {chip} {order} {direction} }.into_any()
}

/// The order as an address carries it; the usual one is left out.
pub(super) fn order_pairs(query: &RepositoryQuery) -> [(&'static str, &'static str); 2] {
    let is_usual = query.order == RepositoryOrder::default();
    let (order, direction) = (query.order.as_str(), query.direction.as_str());
    let is_up = query.direction == Direction::Ascending;
    [
        ("order", if is_usual { "" } else { order }),
        ("direction", if is_up { "" } else { direction }),
    ]
}

/// The address of the list with this query.
pub(super) fn path_with(query: &RepositoryQuery) -> String {
    let filters = pairs(query);
    let filters = filters.iter().map(|(name, value)| (*name, value.as_str()));
    let all: Vec<_> = filters.chain(order_pairs(query)).collect();
    path::with(PATH, &all)
}

/// Whether the page shows a part of all repositories.
fn is_filtered(query: &RepositoryQuery) -> bool {
    let RepositoryQuery { search, credential, project, status, .. } = query;
    !search.is_empty() || credential.is_some() || project.is_some() || status.is_some()
}

/// The query as a form and an address carry it.
pub(super) fn pairs(query: &RepositoryQuery) -> [(&'static str, String); 4] {
    [
        ("search", query.search.clone()),
        ("state", query.status.map_or_else(String::new, |status| status.as_str().to_owned())),
        ("credential", query.credential.map(|id| id.to_string()).unwrap_or_default()),
        ("project", query.project.map(|id| id.to_string()).unwrap_or_default()),
    ]
}
