//! What people see of charts.

use domain::{
    AuthMethod, ChartId, Timestamp, Total,
    charts::{ChartDetail, ChartMetadata, ChartQuery, ChartSummary, ChartVersion, Install},
    repositories::{RepositoryKind, Transport},
};
use uuid::Uuid;

use super::needle;
use crate::{
    Db, Error, Result, Scope, credentials::shape, one_value, repositories::transport, row, rows,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    repository_id: Uuid,
    repository_name: String,
    version: String,
    app_version: String,
    description: String,
    versions: i64,
    deprecated: bool,
    stale_since: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct DetailRow {
    #[sqlx(flatten)]
    row: Row,
    kind: String,
    url: String,
    speaks_plain: bool,
    ca: String,
    shape: Option<String>,
    metadata: Option<String>,
}

/// A chart, and what its repository is asked with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct ChartAtRepository {
    /// Without its versions, and without how to install it.
    pub chart: ChartDetail,
    pub kind: RepositoryKind,
    pub url: String,
    pub transport: Transport,
    pub ca: String,
    /// That of the credential whose link is in force.
    pub shape: Option<AuthMethod>,
}

impl Row {
    fn into_summary(self) -> Result<ChartSummary> {
        Ok(ChartSummary {
            id: self.id.into(),
            name: self.name,
            repository: self.repository_id.into(),
            repository_name: self.repository_name,
            version: self.version,
            app_version: self.app_version,
            description: self.description,
            versions: count_of(self.versions)?,
            deprecated: self.deprecated,
            stale_since: self.stale_since.map(Timestamp::from_millis),
        })
    }
}

/// What a row of the catalog shows, of `charts c` at `repositories r`.
macro_rules! summaries {
    () => {
        "select c.id, c.name, c.repository_id, r.name as repository_name, c.version, c.app_version,
           c.description, c.versions, c.deprecated,
           case when r.state = 'failing' then r.last_success_at end as stale_since
         from "
    };
}

/// Reads the charts of a page, as `f`, in the order of its rows.
macro_rules! of_page {
    () => {
        " f cross join charts c cross join repositories r
          where c.organization_id = $1 and c.repository_id = f.repository_id and c.name = f.name
            and r.organization_id = $1 and r.id = c.repository_id and r.deleted_at is null
          order by c.name, r.name_key, c.id"
    };
}

/// A page of charts by name. An index gives the charts of the page, also of one far behind; only these are read.
pub async fn page(db: &Db, scope: Scope, query: &ChartQuery) -> Result<Vec<ChartSummary>> {
    let limit = i64::from(ChartQuery::PAGE_ROWS);
    let offset = i64::from(query.page.max(1) - 1) * limit;
    let rows: Vec<Row> = match (searched(query), query.repository) {
        (None, None) => rows!(
            db,
            [summaries!()
             "(select repository_id, name from charts where organization_id = $1
               order by name, search_text, repository_id limit $2 offset $3)" of_page!()],
            [scope, limit, offset]
        ),
        (None, Some(repository)) => rows!(
            db,
            [summaries!()
             "(select repository_id, name from charts where organization_id = $1 and repository_id = $2
               order by name limit $3 offset $4)" of_page!()],
            [scope, repository, limit, offset]
        ),
        (Some(needle), None) => rows!(
            db,
            [summaries!()
             "(select repository_id, name from charts where organization_id = $1 and " contains("search_text", 2)
             " order by name, search_text, repository_id limit $3 offset $4)" of_page!()],
            [scope, needle, limit, offset]
        ),
        (Some(needle), Some(repository)) => rows!(
            db,
            [summaries!()
             "(select repository_id, name from charts where organization_id = $1 and repository_id = $3
               and " contains("search_text", 2) " order by name limit $4 offset $5)" of_page!()],
            [scope, needle, repository, limit, offset]
        ),
    }?;
    rows.into_iter().map(Row::into_summary).collect()
}

/// How many charts there are with this search and filter.
pub async fn count(db: &Db, scope: Scope, query: &ChartQuery) -> Result<Total> {
    let n: i64 = match (searched(query), query.repository) {
        (None, None) => one_value!(
            db,
            "select count(*) from (select 1 from charts where organization_id = $1 limit $2) f",
            [scope, Total::COUNTED]
        ),
        (None, Some(repository)) => one_value!(
            db,
            "select count(*) from (
               select 1 from charts where organization_id = $1 and repository_id = $2 limit $3) f",
            [scope, repository, Total::COUNTED]
        ),
        (Some(needle), None) => one_value!(
            db,
            ["select count(*) from (
                select 1 from charts where organization_id = $1 and " contains("search_text", 2) " limit $3) f"],
            [scope, needle, Total::COUNTED]
        ),
        (Some(needle), Some(repository)) => one_value!(
            db,
            ["select count(*) from (
                select 1 from charts where organization_id = $1 and repository_id = $3
                  and " contains("search_text", 2) " limit $4) f"],
            [scope, needle, repository, Total::COUNTED]
        ),
    }?;
    Ok(Total::of(count_of(n)?))
}

/// What is searched for, if anything is.
fn searched(query: &ChartQuery) -> Option<String> {
    Some(needle(&query.search)).filter(|needle| !needle.is_empty())
}

/// Whether there is any chart.
pub async fn any(db: &Db, scope: Scope) -> Result<bool> {
    one_value!(db, "select exists (select 1 from charts where organization_id = $1)", [scope])
}

/// One chart with the metadata of its newest version.
pub async fn get(db: &Db, scope: Scope, id: ChartId) -> Result<Option<ChartAtRepository>> {
    let row: Option<DetailRow> = row!(
        db,
        "select c.id, c.name, c.repository_id, r.name as repository_name, c.version, c.app_version,
           c.description, c.versions, c.deprecated,
           case when r.state = 'failing' then r.last_success_at end as stale_since,
           r.kind, r.url, r.speaks_plain, r.ca, k.shape, v.metadata
         from charts c
         join repositories r on r.organization_id = c.organization_id and r.id = c.repository_id
         left join chart_versions v on v.organization_id = c.organization_id and v.chart_id = c.id
           and v.version = c.version
         left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
           and l.state = 'active'
         left join credentials k on k.organization_id = l.organization_id and k.id = l.credential_id
         where c.organization_id = $1 and c.id = $2 and r.deleted_at is null",
        [scope, id]
    )?;
    row.map(|detail| {
        let chart = ChartDetail {
            install: Install::default(),
            metadata: detail.metadata.map_or_else(ChartMetadata::default, |json| metadata(&json)),
            versions: Vec::new(),
            summary: detail.row.into_summary()?,
        };
        Ok(ChartAtRepository {
            chart,
            kind: RepositoryKind::parse(&detail.kind)
                .ok_or(Error::Value { column: "repositories.kind" })?,
            url: detail.url,
            transport: transport(detail.speaks_plain),
            ca: detail.ca,
            shape: detail.shape.as_deref().map(shape).transpose()?,
        })
    })
    .transpose()
}

/// The versions of a chart, newest first.
pub async fn versions(db: &Db, scope: Scope, id: ChartId) -> Result<Vec<ChartVersion>> {
    type Version = (String, String, Option<i64>, String, String, bool);
    let rows: Vec<Version> = rows!(
        db,
        "select version, app_version, created_at, digest, url, deprecated from chart_versions
         where organization_id = $1 and chart_id = $2 order by position",
        [scope, id]
    )?;
    Ok(rows
        .into_iter()
        .map(|(version, app_version, created_at, digest, url, deprecated)| ChartVersion {
            version,
            app_version,
            created_at: created_at.map(Timestamp::from_millis),
            digest,
            url,
            deprecated,
        })
        .collect())
}

/// What an older or newer Hawser stored and this one cannot read shows as empty; the next sync
/// writes it anew.
pub(super) fn metadata(json: &str) -> ChartMetadata {
    serde_json::from_str(json).unwrap_or_default()
}

fn count_of(n: i64) -> Result<u32> {
    u32::try_from(n).map_err(|_| Error::Value { column: "count" })
}
