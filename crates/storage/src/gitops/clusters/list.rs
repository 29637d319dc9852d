//! What people see of clusters.

use domain::{
    Cause, ClusterId, Timestamp,
    gitops::{ClusterSummary, DestinationState},
};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, row, rows};

/// The columns of [`Row`] in the table of clusters.
macro_rules! cluster_columns {
    ($table:literal) => {
        $crate::sql::columns!(
            $table,
            id,
            name,
            credential_id,
            server,
            state,
            deleting,
            cause,
            applied_at
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    credential_id: Uuid,
    server: String,
    state: String,
    deleting: bool,
    cause: Option<String>,
    objects: i64,
    drifted: i64,
    applied_at: Option<i64>,
}

/// All clusters, by name.
pub async fn list(db: &Db, scope: Scope) -> Result<Vec<ClusterSummary>> {
    let rows: Vec<Row> = rows!(
        db,
        ["select " cluster_columns!("c.") ",
           coalesce(o.objects, 0) as objects, coalesce(o.drifted, 0) as drifted
         from clusters c
         left join (
           select cluster_id, count(case when state <> 'new' then 1 end) as objects,
             count(case when state in ('changed', 'missing') then 1 end) as drifted
           from cluster_objects where organization_id = $1 group by cluster_id
         ) o on o.cluster_id = c.id
         where c.organization_id = $1 order by c.name_key"],
        [scope]
    )?;
    rows.into_iter().map(summary).collect()
}

fn summary(row: Row) -> Result<ClusterSummary> {
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(ClusterSummary {
        id: row.id.into(),
        name: row.name,
        credential: row.credential_id.into(),
        server: row.server,
        state: state(&row.state)?,
        is_deleting: row.deleting,
        cause: row.cause.as_deref().and_then(Cause::parse),
        objects: small(row.objects),
        drifted: small(row.drifted),
        applied_at: row.applied_at.map(Timestamp::from_millis),
    })
}

pub(super) fn state(text: &str) -> Result<DestinationState> {
    DestinationState::parse(text).ok_or(Error::Value { column: "clusters.state" })
}

/// What a page shows of one cluster besides its exports and objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// As in the table.
    pub summary: ClusterSummary,
    /// The name of its credential.
    pub credential_name: String,
    /// What was tried last.
    pub detail: String,
    /// When.
    pub tried_at: Option<Timestamp>,
    /// Counts every change.
    pub row_version: i64,
}

/// One cluster.
pub async fn seen(db: &Db, scope: Scope, id: ClusterId) -> Result<Option<Seen>> {
    #[derive(sqlx::FromRow)]
    struct SeenRow {
        #[sqlx(flatten)]
        row: Row,
        credential_name: String,
        detail: String,
        tried_at: Option<i64>,
        row_version: i64,
    }
    let row: Option<SeenRow> = row!(
        db,
        ["select " cluster_columns!("c.") ",
           k.name as credential_name, c.detail, c.tried_at, c.row_version,
           (select count(*) from cluster_objects o
            where o.organization_id = $1 and o.cluster_id = $2 and o.state <> 'new') as objects,
           (select count(*) from cluster_objects o
            where o.organization_id = $1 and o.cluster_id = $2 and o.state in ('changed', 'missing')) as drifted
         from clusters c
         join credentials k on k.organization_id = c.organization_id and k.id = c.credential_id
         where c.organization_id = $1 and c.id = $2"],
        [scope, id]
    )?;
    row.map(|seen| {
        Ok(Seen {
            summary: summary(seen.row)?,
            credential_name: seen.credential_name,
            detail: seen.detail,
            tried_at: seen.tried_at.map(Timestamp::from_millis),
            row_version: seen.row_version,
        })
    })
    .transpose()
}
