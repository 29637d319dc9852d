//! Replacing the charts of a repository by what a sync found.

use domain::{
    ChartId, RepositoryId, Timestamp,
    charts::{ChartVersion, FoundVersion},
};
use serde::Serialize;
use uuid::Uuid;

use super::read::metadata;
use crate::{Db, Json, Result, Scope, Tx, exec, rows, search};

/// A chart that is stored already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChart {
    /// Its id; it stays the same as long as the repository has a chart of this name.
    pub id: ChartId,
    /// Its name.
    pub name: String,
    /// What its versions were hashed to.
    pub content_hash: String,
}

/// A chart to store.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Chart<'a> {
    pub id: ChartId,
    pub name: &'a str,
    pub newest: &'a ChartVersion,
    pub description: &'a str,
    pub search_text: &'a str,
    pub versions: u32,
    pub content_hash: &'a str,
}

/// A version to store.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct NewChartVersion<'a> {
    pub chart: ChartId,
    /// 0 is the newest.
    pub position: u32,
    pub version: &'a ChartVersion,
    /// JSON.
    pub metadata: &'a str,
}

/// How many rows go to the database at once.
const CHUNK: usize = 200;

#[derive(Serialize)]
struct ChartRecord<'a> {
    id: ChartId,
    name: &'a str,
    version: &'a str,
    app_version: &'a str,
    description: &'a str,
    search_text: &'a str,
    versions: u32,
    deprecated: bool,
    content_hash: &'a str,
}

#[derive(Serialize)]
struct VersionRecord<'a> {
    chart: ChartId,
    version: &'a str,
    position: u32,
    app_version: &'a str,
    digest: &'a str,
    url: &'a str,
    deprecated: bool,
    created_at: Option<i64>,
    metadata: &'a str,
}

/// The charts of a repository that are stored already.
pub async fn stored(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
) -> Result<Vec<StoredChart>> {
    let rows: Vec<(Uuid, String, String)> = rows!(
        tx,
        "select id, name, content_hash from charts where organization_id = $1 and repository_id = $2",
        [scope, repository]
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, name, content_hash)| StoredChart { id: id.into(), name, content_hash })
        .collect())
}

/// Removes charts with their versions.
pub async fn remove(tx: &mut Tx, scope: Scope, charts: &[ChartId]) -> Result<()> {
    for chart in charts {
        remove_versions(tx, scope, *chart).await?;
        search::forget_charts(tx, scope, *chart).await?;
        exec!(tx, "delete from charts where organization_id = $1 and id = $2", [scope, *chart])?;
    }
    Ok(())
}

async fn remove_versions(tx: &mut Tx, scope: Scope, chart: ChartId) -> Result<()> {
    exec!(
        tx,
        "delete from chart_versions where organization_id = $1 and chart_id = $2",
        [scope, chart]
    )?;
    Ok(())
}

/// Removes all charts of a repository with their versions.
pub async fn delete_all(tx: &mut Tx, scope: Scope, repository: RepositoryId) -> Result<()> {
    delete_all_versions(tx, scope, repository).await?;
    search::forget_charts_of(tx, scope, repository).await?;
    exec!(
        tx,
        "delete from charts where organization_id = $1 and repository_id = $2",
        [scope, repository]
    )?;
    Ok(())
}

async fn delete_all_versions(tx: &mut Tx, scope: Scope, repository: RepositoryId) -> Result<()> {
    exec!(
        tx,
        "delete from chart_versions where organization_id = $1 and chart_id in (
         select id from charts where organization_id = $1 and repository_id = $2)",
        [scope, repository]
    )?;
    Ok(())
}

/// Stores new charts of a repository.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    charts: &[Chart<'_>],
) -> Result<()> {
    for chunk in charts.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|chart| ChartRecord {
                id: chart.id,
                name: chart.name,
                version: &chart.newest.version,
                app_version: &chart.newest.app_version,
                description: chart.description,
                search_text: chart.search_text,
                versions: chart.versions,
                deprecated: chart.newest.deprecated,
                content_hash: chart.content_hash,
            })
            .collect();
        exec!(
            tx,
            ["insert into charts (organization_id, id, repository_id, name, version, app_version, description,
                search_text, versions, deprecated, content_hash)
              select $1, " id("id") ", $2, " text("name") ", " text("version") ", " text("app_version") ", "
                text("description") ", " text("search_text") ", " int("versions") ", " bool("deprecated") ", "
                text("content_hash") " from " records(3) " as r"],
            [scope, repository, Json(&rows)]
        )?;
    }
    search::chart_words(tx, scope, charts.iter().map(|chart| (chart.id, chart.name))).await
}

/// Stores versions of new charts.
pub async fn insert_versions(
    tx: &mut Tx,
    scope: Scope,
    versions: &[NewChartVersion<'_>],
) -> Result<()> {
    for chunk in versions.chunks(CHUNK) {
        let rows: Vec<_> = chunk
            .iter()
            .map(|found| VersionRecord {
                chart: found.chart,
                version: &found.version.version,
                position: found.position,
                app_version: &found.version.app_version,
                digest: &found.version.digest,
                url: &found.version.url,
                deprecated: found.version.deprecated,
                created_at: found.version.created_at.map(Timestamp::millis),
                metadata: found.metadata,
            })
            .collect();
        exec!(
            tx,
            ["insert into chart_versions (organization_id, chart_id, version, position, app_version, digest, url,
                deprecated, created_at, metadata)
              select $1, " id("chart") ", " text("version") ", " int("position") ", " text("app_version") ", "
                text("digest") ", " text("url") ", " bool("deprecated") ", " int("created_at") ", "
                text("metadata") " from " records(2) " as r"],
            [scope, Json(&rows)]
        )?;
    }
    Ok(())
}

/// All versions of a repository that are stored, so that a sync need not fetch them again.
pub async fn known_versions(
    db: &Db,
    scope: Scope,
    repository: RepositoryId,
) -> Result<Vec<FoundVersion>> {
    type Known = (String, String, String, Option<i64>, String, String, bool, String);
    let rows: Vec<Known> = rows!(
        db,
        "select c.name, v.version, v.app_version, v.created_at, v.digest, v.url, v.deprecated, v.metadata
         from charts c cross join chart_versions v
         where v.organization_id = c.organization_id and v.chart_id = c.id
           and c.organization_id = $1 and c.repository_id = $2",
        [scope, repository]
    )?;
    Ok(rows
        .into_iter()
        .map(|(chart, version, app_version, created_at, digest, url, deprecated, json)| {
            FoundVersion {
                chart,
                version: ChartVersion {
                    version,
                    app_version,
                    created_at: created_at.map(Timestamp::from_millis),
                    digest,
                    url,
                    deprecated,
                },
                metadata: metadata(&json),
            }
        })
        .collect())
}
