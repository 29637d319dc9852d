//! What people see of repositories.

use domain::{
    Cause, RepositoryId, Timestamp, Total,
    connection_tests::Quota,
    credentials::{Direction, Environment},
    repositories::{
        Link, RepositoryDetail, RepositoryKind, RepositoryOrder, RepositoryQuery, RepositoryState,
        RepositorySummary, SyncRun, SyncTrigger,
    },
};
use uuid::Uuid;

use super::{
    found::{found, passing, status},
    write::link_state,
};
use crate::{Db, Error, Json, Result, Scope, one_value, row, rows};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    kind: String,
    url: String,
    charts: i64,
    last_sync_at: Option<i64>,
    last_success_at: Option<i64>,
    state: String,
    cause: Option<String>,
    credential_id: Option<Uuid>,
    credential_name: Option<String>,
    link_state: Option<String>,
    credential_environment: Option<String>,
    is_automatic: bool,
    environment: String,
    project_name: String,
    project_id: Uuid,
}

#[derive(sqlx::FromRow)]
struct DetailRow {
    #[sqlx(flatten)]
    row: Row,
    row_version: i64,
    interval_seconds: i64,
    chart_names: String,
    created_at: i64,
    next_sync_at: Option<i64>,
    ca: String,
    proxy: String,
    refused_service: String,
    quota_limit: Option<i64>,
    quota_remaining: Option<i64>,
    quota_resets_at: Option<i64>,
    left_out: String,
    detail: String,
}

impl Row {
    fn into_summary(self) -> Result<RepositorySummary> {
        let state = RepositoryState::parse(&self.state).ok_or(Error::Value { column: "state" })?;
        let link = self.credential_id.map(|credential| Link {
            credential: credential.into(),
            name: self.credential_name.unwrap_or_default(),
            state: link_state(self.link_state.as_deref()),
            is_automatic: self.is_automatic,
            environment: environment(self.credential_environment.as_deref()),
        });
        let failing = state == RepositoryState::Failing;
        Ok(RepositorySummary {
            id: self.id.into(),
            name: self.name,
            kind: RepositoryKind::parse(&self.kind).ok_or(Error::Value { column: "kind" })?,
            url: self.url,
            link,
            charts: count_of("charts", self.charts)?,
            last_sync_at: self.last_sync_at.map(Timestamp::from_millis),
            state,
            cause: self.cause.as_deref().and_then(Cause::parse),
            stale_since: self.last_success_at.filter(|_| failing).map(Timestamp::from_millis),
            environment: environment(Some(&self.environment)),
            project: self.project_id.into(),
            project_name: self.project_name,
        })
    }
}

/// The columns of a [`Row`].
macro_rules! columns {
    () => {
        concat!(
            "select r.id, r.name, r.kind, r.url, r.charts, r.last_sync_at, r.last_success_at, r.state,
               l.credential_id, c.name as credential_name, l.state as link_state,
               c.environment as credential_environment, r.is_automatic, r.environment,
               p.name as project_name, r.project_id, ",
            $crate::repositories::found::present_cause!(),
            " as cause"
        )
    };
}

/// A page of repositories.
pub async fn page(
    db: &Db,
    scope: Scope,
    query: &RepositoryQuery,
) -> Result<Vec<RepositorySummary>> {
    let offset = i64::from(query.page.max(1) - 1) * i64::from(RepositoryQuery::PAGE_ROWS);
    let rows = match (query.order, query.direction) {
        (RepositoryOrder::State, Direction::Ascending) => {
            failing_first(db, scope, query, offset).await?
        }
        _ => ordered(db, scope, query, offset).await?,
    };
    rows.into_iter().map(Row::into_summary).collect()
}

/// The order nearly every visit has: those that fail come first, then by name.
async fn failing_first(
    db: &Db,
    scope: Scope,
    query: &RepositoryQuery,
    offset: i64,
) -> Result<Vec<Row>> {
    rows!(
        db,
        [columns!() found!() "and (" contains("r.name_key", 2) " or " contains("lower(r.url)", 2) ") "
          "order by case when r.failing_since is null then 1 else 0 end, r.name_key, r.id limit $7 offset $8"],
        [
            scope,
            crate::charts::needle(&query.search),
            query.credential,
            query.project,
            status(query),
            passing(),
            RepositoryQuery::PAGE_ROWS,
            offset,
        ]
    )
}

async fn ordered(db: &Db, scope: Scope, query: &RepositoryQuery, offset: i64) -> Result<Vec<Row>> {
    rows!(
        db,
        [columns!() found!() "and (" contains("r.name_key", 2) " or " contains("lower(r.url)", 2) ") "
          "order by
             case when $9 = -1 then case when r.failing_since is null then 0 else 1 end end,
             case when $9 = 2 then r.name_key end, case when $9 = -2 then r.name_key end desc,
             case when $9 = 3 then r.kind end, case when $9 = -3 then r.kind end desc,
             case when $9 = 4 then lower(r.url) end, case when $9 = -4 then lower(r.url) end desc,
             case when $9 = 5 then coalesce(c.name_key, '') end, case when $9 = -5 then coalesce(c.name_key, '') end desc,
             case when $9 = 6 then p.name_key end, case when $9 = -6 then p.name_key end desc,
             case when $9 = 7 then r.charts end, case when $9 = -7 then r.charts end desc,
             case when $9 = 8 then coalesce(r.last_sync_at, 0) end,
             case when $9 = -8 then coalesce(r.last_sync_at, 0) end desc,
             r.name_key, r.id limit $7 offset $8"],
        [
            scope,
            crate::charts::needle(&query.search),
            query.credential,
            query.project,
            status(query),
            passing(),
            RepositoryQuery::PAGE_ROWS,
            offset,
            signed(query),
        ]
    )
}

/// The number of a column; downwards is the negative one. The list of what can be sorted by is closed.
const fn signed(query: &RepositoryQuery) -> i64 {
    let column = match query.order {
        RepositoryOrder::State => 1,
        RepositoryOrder::Name => 2,
        RepositoryOrder::Kind => 3,
        RepositoryOrder::Url => 4,
        RepositoryOrder::Credential => 5,
        RepositoryOrder::Project => 6,
        RepositoryOrder::Charts => 7,
        RepositoryOrder::LastSync => 8,
    };
    match query.direction {
        Direction::Ascending => column,
        Direction::Descending => -column,
    }
}

/// The repositories with one of these URLs, by name, at most 50.
pub async fn at(db: &Db, scope: Scope, urls: &[String]) -> Result<Vec<RepositorySummary>> {
    if urls.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = rows!(
        db,
        [columns!() "
           from repositories r
           join projects p on p.organization_id = r.organization_id and p.id = r.project_id
           left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
           left join credentials c on c.organization_id = l.organization_id and c.id = l.credential_id
           where r.organization_id = $1 and r.url in " texts(2) " and r.deleted_at is null
           order by r.name_key, r.id limit 50"],
        [scope, Json(urls)]
    )?;
    rows.into_iter().map(Row::into_summary).collect()
}

/// How many repositories there are with this search and filter.
pub async fn count(db: &Db, scope: Scope, query: &RepositoryQuery) -> Result<Total> {
    let n: i64 = if query.is_narrowed() {
        one_value!(
            db,
            ["select count(*) from (select 1" found!() "and (" contains("r.name_key", 2) " or " contains("lower(r.url)", 2) ") "
              "limit $7) f"],
            [
                scope,
                crate::charts::needle(&query.search),
                query.credential,
                query.project,
                status(query),
                passing(),
                Total::COUNTED,
            ]
        )?
    } else {
        one_value!(
            db,
            "select count(*) from (
               select 1 from repositories where organization_id = $1 and deleted_at is null limit $2) f",
            [scope, Total::COUNTED]
        )?
    };
    Ok(Total::of(count_of("count", n)?))
}

/// The first names in their order.
pub async fn names(db: &Db, scope: Scope, limit: u32) -> Result<Vec<(RepositoryId, String)>> {
    let rows: Vec<(Uuid, String)> = rows!(
        db,
        "select id, name from repositories where organization_id = $1 and deleted_at is null
         order by name_key limit $2",
        [scope, limit]
    )?;
    Ok(rows.into_iter().map(|(id, name)| (id.into(), name)).collect())
}

/// Whether there is any repository.
pub async fn any(db: &Db, scope: Scope) -> Result<bool> {
    one_value!(
        db,
        "select exists (select 1 from repositories where organization_id = $1 and deleted_at is null)",
        [scope]
    )
}

/// One repository, without its runs and the exports that carry its credential.
pub async fn get(db: &Db, scope: Scope, id: RepositoryId) -> Result<Option<RepositoryDetail>> {
    let row: Option<DetailRow> = row!(
        db,
        [columns!() ", r.row_version, r.interval_seconds, r.chart_names, r.created_at, r.next_sync_at, r.ca, r.proxy,
             r.refused_service, r.quota_limit, r.quota_remaining, r.quota_resets_at, r.left_out, r.detail
           from repositories r
           join projects p on p.organization_id = r.organization_id and p.id = r.project_id
           left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
           left join credentials c on c.organization_id = l.organization_id and c.id = l.credential_id
           where r.organization_id = $1 and r.id = $2 and r.deleted_at is null"],
        [scope, id]
    )?;
    row.map(|detail| {
        Ok(RepositoryDetail {
            row_version: detail.row_version,
            interval: count_of("interval_seconds", detail.interval_seconds)?,
            chart_names: detail.chart_names.lines().map(str::to_owned).collect(),
            created_at: Timestamp::from_millis(detail.created_at),
            next_sync_at: detail.next_sync_at.map(Timestamp::from_millis),
            runs: Vec::new(),
            is_automatic: detail.row.is_automatic,
            quota: quota(detail.quota_limit, detail.quota_remaining, detail.quota_resets_at),
            left_out: serde_json::from_str(&detail.left_out)
                .map_err(|_| Error::Value { column: "left_out" })?,
            detail: detail.detail,
            ca: detail.ca,
            proxy: detail.proxy,
            refused_service: detail.refused_service,
            carried_by: Vec::new(),
            summary: detail.row.into_summary()?,
        })
    })
    .transpose()
}

/// What is not known is not said.
fn environment(text: Option<&str>) -> Environment {
    text.and_then(Environment::parse).unwrap_or_default()
}

fn quota(limit: Option<i64>, remaining: Option<i64>, resets_at: Option<i64>) -> Option<Quota> {
    Some(Quota {
        limit: u32::try_from(limit?).ok()?,
        remaining: u32::try_from(remaining?).ok()?,
        resets_at: resets_at.map(Timestamp::from_millis),
    })
}

/// The last runs of a repository, newest first.
pub async fn runs(db: &Db, scope: Scope, id: RepositoryId, limit: u32) -> Result<Vec<SyncRun>> {
    type Run =
        (Uuid, String, i64, Option<i64>, Option<String>, Option<i64>, Option<i64>, Option<i64>);
    let rows: Vec<Run> = rows!(
        db,
        "select id, reason, started_at, finished_at, cause, status, charts, versions
         from sync_runs where organization_id = $1 and repository_id = $2
         order by started_at desc, id desc limit $3",
        [scope, id, limit]
    )?;
    rows.into_iter()
        .map(|(id, reason, started_at, finished_at, cause, status, charts, versions)| {
            Ok(SyncRun {
                id: id.into(),
                trigger: SyncTrigger::parse(&reason).ok_or(Error::Value { column: "reason" })?,
                started_at: Timestamp::from_millis(started_at),
                finished_at: finished_at.map(Timestamp::from_millis),
                cause: cause.as_deref().and_then(Cause::parse),
                status: status.and_then(|status| u16::try_from(status).ok()),
                charts: charts.and_then(|n| u32::try_from(n).ok()),
                versions: versions.and_then(|n| u32::try_from(n).ok()),
            })
        })
        .collect()
}

fn count_of(column: &'static str, n: i64) -> Result<u32> {
    u32::try_from(n).map_err(|_| Error::Value { column })
}
