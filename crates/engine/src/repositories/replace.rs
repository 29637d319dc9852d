//! Bringing the stored charts of a repository to what a sync found.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ChartId, RepositoryId};
use storage::{
    Scope, Tx,
    charts::{Chart, NewChartVersion},
};

use super::prepare::Prepared;
use crate::Error;

/// Replaces the charts of a repository; those that are as before stay untouched. Answers the names of
/// charts that came or went.
pub(super) async fn replace(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    charts: &[Prepared],
) -> Result<BTreeSet<String>, Error> {
    let mut stored: BTreeMap<String, (ChartId, String)> =
        storage::charts::stored(tx, scope, repository)
            .await?
            .into_iter()
            .map(|chart| (chart.name, (chart.id, chart.content_hash)))
            .collect();
    let mut changed = BTreeSet::new();
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
            None => {
                changed.insert(chart.name.clone());
                ChartId::new()
            }
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
            NewChartVersion { chart: id, position, version, metadata }
        }));
    }
    for (name, (id, _)) in stored {
        outdated.push(id);
        changed.insert(name);
    }
    storage::charts::remove(tx, scope, &outdated).await?;
    storage::charts::insert(tx, scope, repository, &rows).await?;
    storage::charts::insert_versions(tx, scope, &versions).await?;
    let count = u32::try_from(charts.len()).unwrap_or(u32::MAX);
    storage::repositories::set_charts(tx, scope, repository, count).await?;
    Ok(changed)
}
