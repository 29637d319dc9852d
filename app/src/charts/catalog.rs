//! The page Charts → Catalog.

use domain::{
    RepositoryId, Status,
    charts::{ChartPage, ChartQuery, ChartSummary},
    counted,
};
use leptos::prelude::*;

use crate::ui::{
    badge::{Badge, StatusBadge, Tone},
    filters::{FilterBy, Filters},
    frame::Section,
    icon::Icon,
    page::{Page, page},
    table::{Empty, pager},
};

const PATH: &str = "/charts/catalog";

/// `/charts/catalog`
pub(crate) fn catalog() -> AnyView {
    page(async |request| {
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
            {if found.all == 0 {
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
                view! { {filters(&query, &repositories)} {cards(&found, &query)} }.into_any()
            }}
        };
        Ok(Page { title: "Catalog".to_owned(), section: Section::Catalog, body: body.into_any() })
    })
}

fn filters(query: &ChartQuery, repositories: &[(RepositoryId, String)]) -> AnyView {
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

        >
            {beyond}
            {options}
        </Filters>
    }
    .into_any()
}

fn cards(found: &ChartPage, query: &ChartQuery) -> AnyView {
    if found.rows.is_empty() {
        return view! {
            <Empty icon="search" title="Nothing found" text="No chart matches this search.">
                <a class="button" href=PATH>"Show all"</a>
            </Empty>
        }
        .into_any();
    }
    let cards = found.rows.iter().map(card).collect_view();
    let repository = query.repository.map(|id| id.to_string()).unwrap_or_default();
    let pairs = [("search", query.search.as_str()), ("repository", &repository)];
    view! {
        <p class="count">{counted(found.total, "chart", "charts")}</p>
        <ul class="charts">{cards}</ul>
        {pager(PATH, &pairs, query.page, ChartQuery::PAGE_ROWS, found.total)}
    }
    .into_any()
}

fn card(chart: &ChartSummary) -> AnyView {
    let app_version =
        (!chart.app_version.is_empty()).then(|| format!(" · app {}", chart.app_version));
    let deprecated =
        chart.deprecated.then(|| view! { <Badge tone=Tone::Warn label="Deprecated"/> });
    let stale = chart.stale_since.map(|_| view! { <StatusBadge status=Status::Stale/> });
    view! {
        <li class="chart">
            <h2>
                <Icon name="package"/>
                <a href=format!("/charts/catalog/{}", chart.id)>{chart.name.clone()}</a>
            </h2>
            <p class="chart-text">{chart.description.clone()}</p>
            <p class="tags">{deprecated}{stale}</p>
            <p class="muted">
                {chart.version.clone()}{app_version}" · "
                {counted(chart.versions, "version", "versions")}
            </p>
            <p class="muted">{chart.repository_name.clone()}</p>
        </li>
    }
    .into_any()
}
