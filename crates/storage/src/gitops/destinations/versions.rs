//! What a destination was last written with.

use domain::{CredentialId, Timestamp, gitops::Destination};
use serde_json::json;
use uuid::Uuid;

use crate::{Db, Json, Result, Scope, Tx, exec, rows};

/// The versions of credentials that a Git target or cluster was last written with.
pub async fn written(
    db: &Db,
    scope: Scope,
    destination: impl Into<Destination>,
) -> Result<Vec<(CredentialId, i64)>> {
    let id = destination.into().uuid();
    let rows: Vec<(Uuid, i64)> = rows!(
        db,
        "select credential_id, vault_version from place_credentials
         where organization_id = $1 and place_id = $2 order by credential_id",
        [scope, id]
    )?;
    Ok(rows.into_iter().map(|(id, version)| (id.into(), version)).collect())
}

/// Notes the versions of credentials that a Git target or cluster holds now, in place of what was
/// noted before.
pub async fn set_written(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
    versions: &[(CredentialId, i64)],
) -> Result<()> {
    let place = destination.into().uuid();
    delete(tx, scope, place).await?;
    let records: Vec<_> = versions
        .iter()
        .map(|(credential, version)| json!({ "credential": credential, "version": version }))
        .collect();
    exec!(
        tx,
        ["insert into place_credentials (organization_id, place_id, credential_id, vault_version)
          select $1, $2, " id("credential") ", " int("version") " from " records(3) " as r"],
        [scope, place, Json(records)]
    )?;
    Ok(())
}

/// Forgets what a deleted destination was written with; updates on their way to it end as superseded.
pub async fn forget(
    tx: &mut Tx,
    scope: Scope,
    destination: impl Into<Destination>,
    now: Timestamp,
) -> Result<()> {
    let place = destination.into().uuid();
    delete(tx, scope, place).await?;
    exec!(
        tx,
        "update place_deliveries set state = 'superseded', cause = null, finished_at = $3
         where organization_id = $1 and place_id = $2 and state in ('waiting', 'running', 'retrying')",
        [scope, place, now]
    )?;
    Ok(())
}

async fn delete(tx: &mut Tx, scope: Scope, place: Uuid) -> Result<()> {
    exec!(
        tx,
        "delete from place_credentials where organization_id = $1 and place_id = $2",
        [scope, place]
    )?;
    Ok(())
}
