//! The page of exports.

use domain::{Timestamp, exports::ExportSummary};
use uuid::Uuid;

use super::read::{carrier, consumer};
use crate::{Db, Result, Scope, rows};

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: Uuid,
    name: String,
    consumer: String,
    carrier: String,
    credentials: i64,
    repositories: i64,
    places: i64,
    updated_at: i64,
}

/// All exports, by name.
pub async fn list(db: &Db, scope: Scope) -> Result<Vec<ExportSummary>> {
    let rows: Vec<SummaryRow> = rows!(
        db,
        "select e.id, e.name, e.consumer, e.carrier, e.updated_at,
           (select count(*) from export_credentials m
            where m.organization_id = e.organization_id and m.export_id = e.id) as credentials,
           (select count(*) from export_repositories m
            where m.organization_id = e.organization_id and m.export_id = e.id) as repositories,
           (select count(*) from git_target_exports m
            where m.organization_id = e.organization_id and m.export_id = e.id)
           + (select count(*) from cluster_exports m
            where m.organization_id = e.organization_id and m.export_id = e.id) as places
         from exports e where e.organization_id = $1
         order by e.name_key",
        [scope]
    )?;
    let small = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    rows.into_iter()
        .map(|row| {
            Ok(ExportSummary {
                id: row.id.into(),
                name: row.name,
                consumer: consumer(&row.consumer)?,
                carrier: carrier(&row.carrier)?,
                credentials: small(row.credentials),
                repositories: small(row.repositories),
                places: small(row.places),
                updated_at: Timestamp::from_millis(row.updated_at),
            })
        })
        .collect()
}
