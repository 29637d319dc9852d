//! Runs whose rows live in the memory of a process: imports of files.

use domain::{BulkRunId, Timestamp, bulk::BulkRowState};
use serde_json::json;

use crate::{Db, Json, Result, Scope, Tx, exec};

/// A row of a run that names nothing that is stored.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct NamedRow<'a> {
    pub name: &'a str,
    pub state: BulkRowState,
    pub detail: &'a str,
}

/// Takes rows into a run, in their order.
pub async fn fill_named(
    tx: &mut Tx,
    scope: Scope,
    run: BulkRunId,
    rows: &[NamedRow<'_>],
) -> Result<()> {
    let records: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(position, row)| {
            json!({ "organization": scope, "run": run, "position": position, "name": row.name,
                "state": row.state.as_str(), "detail": row.detail })
        })
        .collect();
    exec!(
        tx,
        ["insert into bulk_rows (organization_id, run_id, position, name, state, detail)
          select " id("organization") ", " id("run") ", " int("position") ", " text("name") ", " text("state") ", "
            text("detail") " from " records(1) " as r where true"],
        [Json(records)]
    )?;
    Ok(())
}

/// Ends the imports that began before `before` and whose process is gone, with what is told of the rows that never
/// had their turn. Answers how many.
pub async fn end_orphans(db: &Db, before: Timestamp, now: Timestamp, why: &str) -> Result<u64> {
    exec!(
        db.write(),
        "update bulk_rows set state = 'skipped', detail = $2 where state = 'waiting' and (organization_id, run_id) in (
           select organization_id, id from bulk_runs
           where action = 'import' and finished_at is null and started_at < $1)",
        [before, why]
    )?;
    exec!(
        db.write(),
        "update bulk_runs set finished_at = $2
         where action = 'import' and finished_at is null and started_at < $1",
        [before, now]
    )
}
