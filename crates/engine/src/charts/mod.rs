//! The catalog.

use async_trait::async_trait;
use domain::{
    Action, ChartId, Principal, ServiceError, Total,
    charts::{ChartDetail, ChartPage, ChartQuery},
    repositories::{Source, install},
    service::{Answer, Charts},
};

use crate::{Engine, Error, audit::reading, error::answer};

#[async_trait]
impl Charts for Engine {
    async fn list(&self, principal: &Principal, query: ChartQuery) -> Answer<ChartPage> {
        list(self, principal, &query).await.map_err(answer)
    }

    async fn get(&self, principal: &Principal, id: ChartId) -> Answer<ChartDetail> {
        get(self, principal, id).await.map_err(answer)
    }
}

async fn list(
    engine: &Engine,
    principal: &Principal,
    query: &ChartQuery,
) -> Result<ChartPage, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the charts").await?;
    let engine = &engine;
    let rows = storage::charts::page(&engine.db, scope, query).await?;
    let total = match Total::of_page(rows.len(), query.page, ChartQuery::PAGE_ROWS) {
        Some(total) => total,
        None => storage::charts::count(&engine.db, scope, query).await?,
    };
    let is_empty = rows.is_empty() && !storage::charts::any(&engine.db, scope).await?;
    Ok(ChartPage { rows, total, is_empty })
}

async fn get(engine: &Engine, principal: &Principal, id: ChartId) -> Result<ChartDetail, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the charts").await?;
    let engine = &engine;
    let (detail, versions) = tokio::try_join!(
        storage::charts::get(&engine.db, scope, id),
        storage::charts::versions(&engine.db, scope, id),
    )?;
    let found = detail.ok_or(ServiceError::NotFound)?;
    let mut chart = found.chart;
    chart.install = install(&Source {
        kind: found.kind,
        url: &found.url,
        repository: &chart.summary.repository_name,
        chart: &chart.summary.name,
        version: &chart.summary.version,
        archive: versions.first().map(|version| version.url.as_str()),
        transport: found.transport,
        ca: &found.ca,
        shape: found.shape,
    });
    chart.versions = versions;
    Ok(chart)
}
