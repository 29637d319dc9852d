//! The page Charts → Repositories.

use domain::{
    Action, Principal, Status, counted,
    credentials::{CredentialPart, Direction},
    projects::Project,
    repositories::{
        RepositoryOrder, RepositoryPage, RepositoryQuery, RepositoryState, RepositorySummary,
    },
};
use leptos::prelude::*;

use super::{
    bulk_bar::bulk,
    environment::tag,
    path_of,
    state::{credential, state},
};
use crate::ui::{
    cause::remedy,
    filters::{FilterBy, Filters, by_project, chip},
    form::ActionButton,
    frame::Section,
    icon::Icon,
    input::hidden,
    live::{Live, under_way},
    menu::RowMenu,
    moment::moment_or,
    page::{Page, Request, snapshot_page},
    path,
    table::{Column, Empty, list as listed, next_direction, pager},
    tabs::Tab,
};

const PATH: &str = "/charts/repositories";

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
            {if found.all == 0 {
                nothing_yet(may_add)
            } else {
                view! {
                    {filters(&query, &projects, of_credential, found.total)}
                    {may_add.then(|| bulk(&query, found.total, &request.here))}
                    <div class="stack" data-found="found">
                        {table(&found, &query, &projects, &principal, &request)}
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
    let sync = (found.total > 0).then(|| {
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
    total: u32,
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
            total=Some(counted(total, "repository", "repositories"))
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
fn order_pairs(query: &RepositoryQuery) -> [(&'static str, &'static str); 2] {
    let is_usual = query.order == RepositoryOrder::default();
    let (order, direction) = (query.order.as_str(), query.direction.as_str());
    let is_up = query.direction == Direction::Ascending;
    [
        ("order", if is_usual { "" } else { order }),
        ("direction", if is_up { "" } else { direction }),
    ]
}

/// The address of the list with this query.
fn path_with(query: &RepositoryQuery) -> String {
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

fn table(
    found: &RepositoryPage,
    query: &RepositoryQuery,
    projects: &[Project],
    principal: &Principal,
    request: &Request,
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
    let rows = found.rows.iter().map(|row| row_of(row, columns, request)).collect_view();
    let filters = pairs(query);
    let filters = filters.iter().map(|(name, value)| (*name, value.as_str()));
    let pairs: Vec<_> = filters.chain(order_pairs(query)).collect();
    view! {
        {listed(&counted(found.total, "repository", "repositories"), heads(query, columns), rows.into_any())}
        {pager(PATH, &pairs, query.page, RepositoryQuery::PAGE_ROWS, found.total)}
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

fn row_of(row: &RepositorySummary, columns: Columns, request: &Request) -> AnyView {
    let (may_sync, here, now) = (columns.may_sync, &request.here, request.now);
    let project = columns.has_projects.then(|| {
        let href = crate::projects::path_of(row.project);
        let name = row.project_name.clone();
        view! { <td class="roomy" data-label="Project" title=name.clone()><a href=href>{name.clone()}</a></td> }
    });
    let id = row.id.to_string();
    let href = path_of(row.id);
    let charts = if row.charts == 0 {
        view! { <span>"0"</span> }.into_any()
    } else {
        let href = path::with("/charts/catalog", &[("repository", &id)]);
        view! { <a href=href>{row.charts}</a> }.into_any()
    };
    let credential_id = row.link.as_ref().map(|link| link.credential);
    let mend = row.cause.and_then(|cause| remedy(cause, row.id, credential_id));
    let mend = mend.map(|(href, label)| view! { <a href=href>{label}</a> });
    let credential_name = row.link.as_ref().map(|link| link.name.clone());
    let manage = may_sync.then(|| {
        let (id, here) = (id.clone(), here.clone());
        view! {
            <ActionButton
                action="/actions/repositories/sync"
                from=here
                class="menu-button"
                values=vec![("ids[]", id), ("which", "ticked".to_owned())]
            >
                "Sync now"
            </ActionButton>
            <a href=Tab::Settings.at(&href)>"Edit"</a>
            <a class="danger" href=format!("{href}/delete")>"Delete"</a>
        }
    });
    let label = format!("Select {}", row.name);
    view! {
        <tr>
            {may_sync
                .then(|| {
                    view! {
                        <td class="tick">
                            <input type="checkbox" form="bulk" name="ids[]" value=id aria-label=label/>
                        </td>
                    }
                })}
            <td data-label="State">{state(row, now)}</td>
            <th scope="row" data-label="Name" title=row.name.clone()>
                <div class="cell">
                    <a href=href.clone()>{row.name.clone()}</a>
                    {tag(row.environment)}
                </div>
            </th>
            <td class="roomier" data-label="Type">{row.kind.label()}</td>
            <td data-label="URL" class="url" title=row.url.clone()>{row.url.clone()}</td>
            <td class="later" data-label="Credential" title=credential_name>{credential(row)}</td>
            {project}
            <td class="number later" data-label="Charts">{charts}</td>
            <td data-label="Last sync">{moment_or(row.last_sync_at, now, "Never")}</td>
            <td class="row-actions">
                <RowMenu name=row.name.clone()>
                    {mend}
                    <a href=href.clone()>"View"</a>
                    {manage}
                </RowMenu>
            </td>
        </tr>
    }
    .into_any()
}
