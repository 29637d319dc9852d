//! Taking repositories in one order, before what is written to them.

use std::collections::BTreeSet;

use domain::RepositoryId;
use serde_json::json;

use crate::{Json, Result, Scope, Tx, exec};

/// Holds repositories until the transaction ends. A sync that ends takes away its job before it writes to
/// the repository, and whoever asks for one does it the other way round; both hold the repository first.
///
/// SQLite writes one transaction after the other, so there is nothing to hold.
pub async fn hold_these(tx: &mut Tx, repositories: &BTreeSet<(Scope, RepositoryId)>) -> Result<()> {
    if tx.is_of_one_process() || repositories.is_empty() {
        return Ok(());
    }
    let records: Vec<_> = repositories
        .iter()
        .map(|(organization, id)| json!({ "organization": organization, "id": id }))
        .collect();
    exec!(
        tx,
        ["select 1 from repositories where (organization_id, id) in (
            select " id("organization") ", " id("id") " from " records(1) " as r)
          order by organization_id, id" for_no_key_update()],
        [Json(records)]
    )?;
    Ok(())
}

/// Holds every repository of an organization until the transaction ends, in the order of
/// [`hold_these`].
pub async fn hold_all(tx: &mut Tx, scope: Scope) -> Result<()> {
    if tx.is_of_one_process() {
        return Ok(());
    }
    exec!(
        tx,
        ["select 1 from repositories where organization_id = $1 order by organization_id, id" for_no_key_update()],
        [scope]
    )?;
    Ok(())
}
