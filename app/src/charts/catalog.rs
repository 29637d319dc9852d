//! The page Charts → Catalog.

use domain::{
    Principal, RepositoryId, ServiceError, Status, Total,
    charts::{ChartPage, ChartQuery, ChartSummary},
};
use leptos::prelude::*;
use maud::{Markup, html};

use crate::ui::{
    badge::Tone,
    filters::{FilterBy, Filters},
    frame::Section,
    page::{Page, Request, snapshot_page},
    row::{badge, status_badge, view_of, whole},
    table::{Column, Empty, list, pager},
    tabs::{self, Tab},
};

const PATH: &str = "/charts/catalog";

/// `/charts/catalog`
pub(crate) fn catalog() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let query = ChartQuery {
            search: request.query("search"),
            repository: request.query("repository").parse().ok(),
            page: request.page_number(),
        };
        let services = request.services();
        let found = services.charts.list(&principal, query.clone()).await?;
        let repositories = services.repositories.choices(&principal).await?;
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Catalog"</h1>
                    <p class="muted">"The charts of all repositories, as of their last good sync."</p>
                </div>
            </div>
            {if found.is_empty {
                view! {
                    <Empty
                        icon="package"
                        title="No charts yet"
                        text="They appear here after the first sync of a repository."
                    >
                        <a class="button" href="/charts/repositories">"Go to Repositories"</a>
                    </Empty>
                }
                    .into_any()
            } else {
                view! {
                    {filters(&query, &repositories, found.total)}
                    <div class="stack" data-found="found">{table(&found, &query)}</div>
                 }.into_any()
            }}
        };
        Ok(Page { title: "Catalog".to_owned(), section: Section::Catalog, body: body.into_any() })
    })
}

/// A page of the charts of one repository, for the tab of its page at `base`.
pub(crate) async fn of_repository(
    request: &Request,
    principal: &Principal,
    repository: RepositoryId,
    base: &str,
) -> Result<AnyView, ServiceError> {
    let query = ChartQuery {
        repository: Some(repository),
        page: request.page_number(),
        ..ChartQuery::default()
    };
    let found = request.services().charts.list(principal, query.clone()).await?;
    if found.rows.is_empty() {
        return Ok(view! {
            <Empty
                icon="package"
                title="No charts"
                text="They appear here after a sync that finds some."
            >
                <a class="button" href="/charts/catalog">"Go to the catalog"</a>
            </Empty>
        }
        .into_any());
    }
    let rows = html! { @for chart in &found.rows { (row(chart, Of::OneRepository)) } };
    let pairs = [(tabs::QUERY, Tab::Charts.name())];
    let list =
        list(&found.total.words("chart", "charts"), columns(Of::OneRepository), view_of(rows));
    Ok(view! {
        <div class="stack">
            {list}
            {pager(base, &pairs, query.page, ChartQuery::PAGE_ROWS, found.rows.len(), found.total)}
        </div>
    }
    .into_any())
}

/// Whose charts a list has: where it is one repository, no row names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    AllRepositories,
    OneRepository,
}

fn columns(of: Of) -> Vec<Column> {
    let repository = (of == Of::AllRepositories).then(|| Column::text("c-medium", "Repository"));
    [
        Column::text("c-wide", "Chart"),
        Column::text("c-short", "Version"),
        Column::text("c-short", "App version").roomy(),
        Column::number("Versions"),
    ]
    .into_iter()
    .chain(repository)
    .chain([Column::text("", "Description")])
    .collect()
}

fn filters(query: &ChartQuery, repositories: &[(RepositoryId, String)], total: Total) -> AnyView {
    let options = repositories
        .iter()
        .map(|(id, name)| {
            let selected = query.repository == Some(*id);
            view! {
                <option value=id.to_string() selected=selected>
                    {name.clone()}
                </option>
            }
        })
        .collect_view();
    // The drop-down holds the first repositories by name; a chosen one beyond them stays chosen.
    let beyond =
        query.repository.filter(|id| repositories.iter().all(|(known, _)| known != id)).map(|id| {
            view! {
                <option value=id.to_string() selected>
                    "The chosen repository"
                </option>
            }
        });
    let filtered = !query.search.is_empty() || query.repository.is_some();
    view! {
        <Filters
            path=PATH
            search=query.search.clone()
            placeholder="Name, description or keyword"
            by=FilterBy { name: "repository", label: "Repository", all: "All repositories" }
            clear=filtered.then_some(PATH)
            total=Some(total.words("chart", "charts"))
        >
            {beyond}
            {options}
        </Filters>
    }
    .into_any()
}

fn table(found: &ChartPage, query: &ChartQuery) -> AnyView {
    if found.rows.is_empty() {
        return view! {
            <Empty icon="search" title="Nothing found" text="No chart matches this search.">
                <a class="button" href=PATH>"Show all"</a>
            </Empty>
        }
        .into_any();
    }
    let rows = html! { @for chart in &found.rows { (row(chart, Of::AllRepositories)) } };
    let repository = query.repository.map(|id| id.to_string()).unwrap_or_default();
    let pairs = [("search", query.search.as_str()), ("repository", &repository)];
    let columns = columns(Of::AllRepositories);
    view! {
        {list(&found.total.words("chart", "charts"), columns, view_of(rows))}
        {pager(PATH, &pairs, query.page, ChartQuery::PAGE_ROWS, found.rows.len(), found.total)}
    }
    .into_any()
}

fn row(chart: &ChartSummary, of: Of) -> Markup {
    html! {
        tr {
            th scope="row" title=[whole(&chart.name)] {
                div.cell {
                    span.tile aria-hidden="true" { (letter(&chart.name)) }
                    a href={ "/charts/catalog/" (chart.id) } { (chart.name) }
                    @if chart.deprecated { (badge(Tone::Warn, "Deprecated")) }
                    @if chart.stale_since.is_some() { (status_badge(Status::Stale)) }
                }
            }
            td title=[whole(&chart.version)] { (chart.version) }
            td.roomy title=[whole(&chart.app_version)] { (chart.app_version) }
            td.number.later data-label="Versions" { (chart.versions) }
            @if of == Of::AllRepositories {
                td title=[whole(&chart.repository_name)] {
                    a href={ "/charts/repositories/" (chart.repository) } {
                        (chart.repository_name)
                    }
                }
            }
            td.muted.later title=[whole(&chart.description)] { (chart.description) }
        }
    }
}

/// What stands for the picture of a chart.
fn letter(name: &str) -> String {
    name.chars().next().map(|first| first.to_uppercase().collect()).unwrap_or_default()
}
