//! Which rows a bulk run has: one statement, however many there are.

use domain::{
    BulkRunId, bulk::Selection, credentials::CredentialSelection, repositories::RepositorySelection,
};

use crate::{
    Json, Result, Scope, Tx,
    charts::needle,
    exec,
    repositories::found::{found, passing, status},
};

/// Takes the repositories that are there into a run, with their intervals; answers how many.
pub async fn fill_repositories(
    tx: &mut Tx,
    scope: Scope,
    run: BulkRunId,
    rows: &RepositorySelection,
) -> Result<u64> {
    match rows {
        Selection::These(ids) => {
            exec!(
                tx,
                ["insert into bulk_rows (organization_id, run_id, position, target_id, name, state, before)
                  select r.organization_id, $2, row_number() over (order by r.name_key), r.id, r.name, 'waiting',
                    r.interval_seconds
                  from " each_id(3) " as named cross join repositories r
                  where r.organization_id = $1 and r.id = named.value and r.deleted_at is null"],
                [scope, run, Json(ids)]
            )
        }
        Selection::Found(query) => {
            exec!(
                tx,
                ["insert into bulk_rows (organization_id, run_id, position, target_id, name, state, before)
                  select r.organization_id, $7, row_number() over (order by r.name_key), r.id, r.name, 'waiting',
                    r.interval_seconds" found!()
                  "and (" contains("r.name_key", 2) " or " contains("lower(r.url)", 2) ")"],
                [
                    scope,
                    needle(&query.search),
                    query.credential,
                    query.project,
                    status(query),
                    passing(),
                    run,
                ]
            )
        }
    }
}

/// Takes the credentials that are there into a run; answers how many. Who runs it manages credentials, so that
/// what is written about each is searched too.
pub async fn fill_credentials(
    tx: &mut Tx,
    scope: Scope,
    run: BulkRunId,
    rows: &CredentialSelection,
) -> Result<u64> {
    match rows {
        Selection::These(ids) => {
            exec!(
                tx,
                ["insert into bulk_rows (organization_id, run_id, position, target_id, name, state)
                  select c.organization_id, $2, row_number() over (order by c.name_key), c.id, c.name, 'waiting'
                  from " each_id(3) " as named cross join credentials c
                  where c.organization_id = $1 and c.id = named.value and c.deleted_at is null"],
                [scope, run, Json(ids)]
            )
        }
        Selection::Found(query) => {
            exec!(
                tx,
                ["insert into bulk_rows (organization_id, run_id, position, target_id, name, state)
                  select c.organization_id, $5, row_number() over (order by c.name_key), c.id, c.name, 'waiting'
                  from credentials c
                  where c.organization_id = $1 and c.deleted_at is null
                    and (" contains("c.name_key", 2) " or " contains("lower(c.description)", 2) ")
                    and ($3 = '' or c.provider = $3) and (c.project_id = $4 or $4 is null)"],
                [scope, needle(&query.search), query.provider.as_str(), query.project, run]
            )
        }
    }
}
