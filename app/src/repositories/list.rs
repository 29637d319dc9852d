//! The page Charts → Repositories.

use domain::{
    Action, Actor, Timestamp, counted,
    repositories::{RepositoryPage, RepositoryQuery, RepositoryState, RepositorySummary},
};
use leptos::prelude::*;

use super::{
    environment::tag,
    path_of,
    state::{credential, state},
};
use crate::ui::{
    filters::{FilterBy, Filters},
    form::ActionButton,
    frame::Section,
    icon::Icon,
    input::hidden,
    live::Live,
    menu::RowMenu,
    moment::moment_or,
    page::{Page, page},
    path,
    table::{Empty, pager},
};

const PATH: &str = "/charts/repositories";

/// `/charts/repositories`
pub(crate) fn list() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        let query = RepositoryQuery {
            search: request.query("search"),
            credential: request.query("credential").parse().ok(),
            state: RepositoryState::parse(&request.query("state")),
            page: request.page_number(),
        };
        let services = request.services();
        let found = services.repositories.list(&actor, query.clone()).await?;
        let of_credential = match query.credential {
            Some(id) => services.credentials.get(&actor, id).await.ok().map(|found| found.name),
            None => None,
        };
        let may_add = actor.role.includes(Action::ManageRepositories);
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
                    {filters(&query, of_credential)}
                    {table(&found, &query, &actor, &request.here, request.now)}
                }
                    .into_any()
            }}
            {syncing.then(|| view! { <Live/> })}
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

fn filters(query: &RepositoryQuery, of_credential: Option<String>) -> AnyView {
    let states = [
        RepositoryState::Healthy,
        RepositoryState::Failing,
        RepositoryState::Syncing,
        RepositoryState::New,
    ];
    let options = states
        .into_iter()
        .map(|state| {
            let selected = query.state == Some(state);
            view! { <option value=state.as_str() selected=selected>{state.label()}</option> }
        })
        .collect_view();
    let filtered = !query.search.is_empty() || query.state.is_some() || query.credential.is_some();
    view! {
        <Filters
            path=PATH
            search=query.search.clone()
            placeholder="Name or URL"
            by=FilterBy { name: "state", label: "State", all: "All states" }
            clear=filtered.then_some(PATH)
            kept=query.credential.map(|id| hidden("credential", id.to_string()).into_any())
        >
            {options}
        </Filters>
        {of_credential
            .map(|name| view! { <p class="muted">"Only those that use " <strong>{name}</strong> "."</p> })}
    }
    .into_any()
}

fn table(
    found: &RepositoryPage,
    query: &RepositoryQuery,
    actor: &Actor,
    here: &str,
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
    let may_sync = actor.role.includes(Action::ManageRepositories);
    let rows = found.rows.iter().map(|row| row_of(row, may_sync, here, now)).collect_view();
    let credential = query.credential.map(|id| id.to_string()).unwrap_or_default();
    let pairs = [
        ("search", query.search.as_str()),
        ("state", query.state.map_or("", RepositoryState::as_str)),
        ("credential", &credential),
    ];
    view! {
        {may_sync.then(|| bulk(here))}
        <div class="table-box">
            <table class="table">
                <caption class="count">{counted(found.total, "repository", "repositories")}</caption>
                <thead>
                    <tr>
                        {may_sync
                            .then(|| view! { <th scope="col"><span class="unseen">"Select"</span></th> })}
                        <th scope="col">"Name"</th>
                        <th scope="col">"Kind"</th>
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

/// The form of the ticked rows; the boxes name it, because a table row cannot hold it.
fn bulk(here: &str) -> AnyView {
    view! {
        <form id="bulk" class="bulk" method="post" action="/actions/repositories/sync">
            {hidden("from", here)}
            <button class="button" type="submit" name="which" value="ticked">
                <Icon name="refresh-cw"/>
                "Sync now"
            </button>
            <button class="button quiet" type="submit" name="which" value="all">
                "Sync all"
            </button>
            <span class="muted">"Tick the repositories to sync, or sync all of them."</span>
        </form>
    }
    .into_any()
}

fn row_of(row: &RepositorySummary, may_sync: bool, here: &str, now: Timestamp) -> AnyView {
    let id = row.id.to_string();
    let href = path_of(row.id);
    let charts = if row.charts == 0 {
        view! { <span>"0"</span> }.into_any()
    } else {
        let href = path::with("/charts/catalog", &[("repository", &id)]);
        view! { <a href=href>{row.charts}</a> }.into_any()
    };
    let manage = may_sync.then(|| {
        let (id, here) = (id.clone(), here.to_owned());
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
