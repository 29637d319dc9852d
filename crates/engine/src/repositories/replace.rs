//! Bringing the stored charts of a repository to what a sync found.

use std::collections::BTreeMap;

use domain::{ChartId, RepositoryId, Scope};
use storage::{
    Tx,
    charts::{Chart, Version},
};

use super::prepare::Prepared;
use crate::Error;

/// Replaces the charts of a repository; those that are as before stay untouched.
pub(super) async fn replace(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    charts: &[Prepared],
) -> Result<(), Error> {
    let mut stored: BTreeMap<String, (ChartId, String)> =
        storage::charts::stored(tx, scope, repository)
            .await?
            .into_iter()
            .map(|chart| (chart.name, (chart.id, chart.content_hash)))
            .collect();
    let mut outdated = Vec::new();
    let mut rows = Vec::new();
    let mut versions = Vec::new();
    for chart in charts {
        let id = match stored.remove(&chart.name) {
            Some((_, hash)) if hash == chart.content_hash => continue,
            Some((id, _)) => {
                outdated.push(id);
                id
            }
            None => ChartId::new(),
        };
        let Some((newest, _)) = chart.versions.get(chart.shown) else { continue };
        rows.push(Chart {
            id,
            name: &chart.name,
            newest,
            description: &chart.description,
            search_text: &chart.search_text,
            versions: u32::try_from(chart.versions.len()).unwrap_or(u32::MAX),
            content_hash: &chart.content_hash,
        });
        versions.extend(chart.versions.iter().zip(0..).map(|((version, metadata), position)| {
            Version { chart: id, position, version, metadata }
        }));
    }
    outdated.extend(stored.into_values().map(|(id, _)| id));
    storage::charts::remove(tx, scope, &outdated).await?;
    storage::charts::insert(tx, scope, repository, &rows).await?;
    storage::charts::insert_versions(tx, scope, &versions).await?;
    let count = u32::try_from(charts.len()).unwrap_or(u32::MAX);
    Ok(storage::repositories::set_charts(tx, scope, repository, count).await?)
}
