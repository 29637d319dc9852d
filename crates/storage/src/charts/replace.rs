//! Replacing the charts of a repository by what a sync found.

use domain::{
    ChartId, RepositoryId, Scope, Timestamp,
    charts::{ChartVersion, FoundVersion},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::read::metadata;
use crate::{Db, Result, Tx, on, sql};

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

/// The charts of a repository that are stored already.
///
/// # Errors
/// When the database refuses.
pub async fn stored(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
) -> Result<Vec<StoredChart>> {
    let rows: Vec<(Uuid, String, String)> = on!(tx.inner(), tx => {
        sqlx::query_as(sql!(
            "select id, name, content_hash from charts where organization_id = $1 and repository_id = $2"
        ))
        .bind(scope.organization().uuid())
        .bind(repository.uuid())
        .fetch_all(&mut **tx)
        .await
    })?;
    Ok(rows
        .into_iter()
        .map(|(id, name, content_hash)| StoredChart { id: id.into(), name, content_hash })
        .collect())
}

/// Removes charts with their versions.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &mut Tx, scope: Scope, charts: &[ChartId]) -> Result<()> {
    for chart in charts {
        remove_versions(tx, scope, *chart).await?;
        on!(tx.inner(), tx => {
            sqlx::query(sql!("delete from charts where organization_id = $1 and id = $2"))
                .bind(scope.organization().uuid())
                .bind(chart.uuid())
                .execute(&mut **tx)
                .await
                .map(drop)
        })?;
    }
    Ok(())
}

async fn remove_versions(tx: &mut Tx, scope: Scope, chart: ChartId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from chart_versions where organization_id = $1 and chart_id = $2"))
            .bind(scope.organization().uuid())
            .bind(chart.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}

/// Removes all charts of a repository with their versions.
///
/// # Errors
/// When the database refuses.
pub async fn delete_all(tx: &mut Tx, scope: Scope, repository: RepositoryId) -> Result<()> {
    delete_all_versions(tx, scope, repository).await?;
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from charts where organization_id = $1 and repository_id = $2"))
            .bind(scope.organization().uuid())
            .bind(repository.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}

async fn delete_all_versions(tx: &mut Tx, scope: Scope, repository: RepositoryId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "delete from chart_versions where organization_id = $1 and chart_id in (
               select id from charts where organization_id = $1 and repository_id = $2)"
        ))
        .bind(scope.organization().uuid())
        .bind(repository.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Stores new charts of a repository.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    charts: &[Chart<'_>],
) -> Result<()> {
    for chunk in charts.chunks(80) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into charts (organization_id, id, repository_id, name, version, app_version, description,
                   search_text, versions, deprecated, content_hash) ",
            );
            query.push_values(chunk, |mut row, chart| {
                row.push_bind(scope.organization().uuid())
                    .push_bind(chart.id.uuid())
                    .push_bind(repository.uuid())
                    .push_bind(chart.name)
                    .push_bind(chart.newest.version.as_str())
                    .push_bind(chart.newest.app_version.as_str())
                    .push_bind(chart.description)
                    .push_bind(chart.search_text)
                    .push_bind(i64::from(chart.versions))
                    .push_bind(chart.newest.deprecated)
                    .push_bind(chart.content_hash);
            });
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

/// Stores versions of new charts.
///
/// # Errors
/// When the database refuses.
pub async fn insert_versions(
    tx: &mut Tx,
    scope: Scope,
    versions: &[NewChartVersion<'_>],
) -> Result<()> {
    for chunk in versions.chunks(90) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into chart_versions (organization_id, chart_id, version, position, app_version, digest, url,
                   deprecated, created_at, metadata) ",
            );
            query.push_values(chunk, |mut row, found| {
                row.push_bind(scope.organization().uuid())
                    .push_bind(found.chart.uuid())
                    .push_bind(found.version.version.as_str())
                    .push_bind(i64::from(found.position))
                    .push_bind(found.version.app_version.as_str())
                    .push_bind(found.version.digest.as_str())
                    .push_bind(found.version.url.as_str())
                    .push_bind(found.version.deprecated)
                    .push_bind(found.version.created_at.map(Timestamp::millis))
                    .push_bind(found.metadata);
            });
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

/// All versions of a repository that are stored, so that a sync need not fetch them again.
///
/// # Errors
/// When the database does not answer.
pub async fn known_versions(
    db: &Db,
    scope: Scope,
    repository: RepositoryId,
) -> Result<Vec<FoundVersion>> {
    type Known = (String, String, String, Option<i64>, String, String, bool, String);
    let rows: Vec<Known> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select c.name, v.version, v.app_version, v.created_at, v.digest, v.url, v.deprecated, v.metadata
             from chart_versions v
             join charts c on c.organization_id = v.organization_id and c.id = v.chart_id
             where c.organization_id = $1 and c.repository_id = $2"
        ))
        .bind(scope.organization().uuid())
        .bind(repository.uuid())
        .fetch_all(pool)
        .await
    })?;
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
