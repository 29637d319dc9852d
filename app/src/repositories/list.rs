//! The page Charts → Repositories.

use domain::{
    Action, Principal, Status, counted,
    projects::Project,
    repositories::{RepositoryPage, RepositoryQuery, RepositoryState, RepositorySummary},
};
use leptos::prelude::*;

use super::{
    environment::tag,
    path_of,
    state::{credential, state},
};
use crate::ui::{
    filters::{FilterBy, Filters, by_project},
    form::ActionButton,
    frame::Section,
    icon::Icon,
    input::hidden,
    live::{Live, under_way},
    menu::RowMenu,
    moment::moment_or,
    page::{Page, Request, page},
    path,
    table::{Empty, pager},
};

const PATH: &str = "/charts/repositories";

/// `/charts/repositories`
pub(crate) fn list() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let query = RepositoryQuery {
            search: request.query("search"),
            credential: request.query("credential").parse().ok(),
            project: request.query("project").parse().ok(),
            status: Status::parse(&request.query("state")),
            page: request.page_number(),
        };
        let services = request.services();
        let found = services.repositories.list(&principal, query.clone()).await?;
        let projects = services.projects.list(&principal).await?;
        let of_credential = match query.credential {
            Some(id) => services.credentials.get(&principal, id).await.ok().map(|found| found.name),
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
                {may_add
                    .then(|| {
                        view! {
                            <a class="button primary" href="/charts/repositories/new">
                                <Icon name="plus"/>
                                "Add"
                            </a>
                        }
                    })}
            </div>
            {if found.all == 0 {
                nothing_yet(may_add)
            } else {
                view! {
                    {filters(&query, &projects, of_credential)}
                    {table(&found, &query, &projects, &principal, &request)}
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

fn nothing_yet(may_add: bool) -> AnyView {
    view! {
        <Empty
            icon="library"
            title="No repositories yet"
            text="Add the URL of a Helm or OCI repository, choose the credential that opens it, and its charts appear in the catalog."
        >
            {may_add
                .then(|| {
                    view! { <a class="button" href="/charts/repositories/new">"Add a repository"</a> }
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
            kept=query.credential.map(|id| hidden("credential", id.to_string()).into_any())
        >
            {options}
        </Filters>
        {of_credential
            .map(|name| view! { <p class="muted">"Only those that use " <strong>{name}</strong> "."</p> })}
    }
    .into_any()
}

/// Whether the page shows a part of all repositories.
fn is_filtered(query: &RepositoryQuery) -> bool {
    let RepositoryQuery { search, credential, project, status, page: _ } = query;
    !search.is_empty() || credential.is_some() || project.is_some() || status.is_some()
}

/// The query as a form and an address carry it.
fn pairs(query: &RepositoryQuery) -> [(&'static str, String); 4] {
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
    let may_sync = principal.role.includes(Action::ManageRepositories);
    let columns = Columns { may_sync, has_projects: projects.len() > 1 };
    let rows = found.rows.iter().map(|row| row_of(row, columns, request)).collect_view();
    let pairs = pairs(query);
    let pairs = pairs.each_ref().map(|(name, value)| (*name, value.as_str()));
    view! {
        {may_sync.then(|| bulk(query, found.total, &request.here))}
        <div class="table-box">
            <table class="table">
                <caption class="count" data-live="count">{counted(found.total, "repository", "repositories")}</caption>
                <thead>
                    <tr>
                        {may_sync
                            .then(|| view! { <th scope="col"><span class="unseen">"Select"</span></th> })}
                        <th scope="col">"Name"</th>
                        <th scope="col">"Kind"</th>
                        {columns.has_projects.then(|| view! { <th scope="col">"Project"</th> })}
                        <th scope="col">"URL"</th>
                        <th scope="col">"Credential"</th>
                        <th scope="col">"Charts"</th>
                        <th scope="col">"Last sync"</th>
                        <th scope="col">"State"</th>
                        <th scope="col"><span class="unseen">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody data-live="rows">{rows}</tbody>
            </table>
        </div>
        {pager(PATH, &pairs, query.page, RepositoryQuery::PAGE_ROWS, found.total)}
    }
    .into_any()
}

/// What the table shows besides what it always does.
#[derive(Clone, Copy)]
struct Columns {
    may_sync: bool,
    has_projects: bool,
}

/// The form of the ticked rows; the boxes name it, because a table row cannot hold it. What it says of all
/// is about those that the page finds.
fn bulk(query: &RepositoryQuery, total: u32, here: &str) -> AnyView {
    let all = if is_filtered(query) {
        format!("Sync all {total} shown")
    } else {
        format!("Sync all {total}")
    };
    let found = pairs(query).map(|(name, value)| hidden(name, value)).collect_view();
    view! {
        <form id="bulk" class="bulk" method="post" action="/actions/repositories/sync">
            {hidden("from", here)}
            {found}
            <button class="button" type="submit" name="which" value="ticked">
                <Icon name="refresh-cw"/>
                "Sync now"
            </button>
            <button class="button quiet" type="submit" name="which" value="found" data-live="all">
                {all}
            </button>
            <span class="muted">"Tick the repositories to sync, or sync all that are found."</span>
        </form>
    }
    .into_any()
}

fn row_of(row: &RepositorySummary, columns: Columns, request: &Request) -> AnyView {
    let (may_sync, here, now) = (columns.may_sync, &request.here, request.now);
    let project = columns.has_projects.then(|| {
        let href = crate::projects::path_of(row.project);
        view! { <td data-label="Project"><a href=href>{row.project_name.clone()}</a></td> }
    });
    let id = row.id.to_string();
    let href = path_of(row.id);
    let charts = if row.charts == 0 {
        view! { <span>"0"</span> }.into_any()
    } else {
        let href = path::with("/charts/catalog", &[("repository", &id)]);
        view! { <a href=href>{row.charts}</a> }.into_any()
    };
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
            <a href=format!("{href}#edit")>"Edit"</a>
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
            <th scope="row" data-label="Name">
                <div class="cell">
                    <a href=href.clone()>{row.name.clone()}</a>
                    {tag(row.environment)}
                </div>
            </th>
            <td data-label="Kind">{row.kind.label()}</td>
            {project}
            <td data-label="URL" class="url">{row.url.clone()}</td>
            <td data-label="Credential">{credential(row)}</td>
            <td data-label="Charts">{charts}</td>
            <td data-label="Last sync">{moment_or(row.last_sync_at, now, "Never")}</td>
            <td data-label="State">{state(row, now)}</td>
            <td class="row-actions">
                <RowMenu name=row.name.clone()>
                    <a href=href.clone()>"View"</a>
                    {manage}
                </RowMenu>
            </td>
        </tr>
    }
    .into_any()
}
