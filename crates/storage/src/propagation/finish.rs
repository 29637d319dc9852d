//! Ending a propagation once all its deliveries have ended.

use domain::{CredentialId, PropagationId, Timestamp, propagation::Counts};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, Tx, exec, one_row, rows};

/// A propagation that just ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedPropagation {
    /// The credential.
    pub credential: CredentialId,
    /// Its name.
    pub name: String,
    /// The version that was delivered.
    pub vault_version: i64,
    /// How the deliveries ended.
    pub counts: Counts,
}

/// The open propagations that have no delivery on its way.
pub async fn to_finish(db: &Db) -> Result<Vec<(Scope, PropagationId)>> {
    let rows: Vec<(Uuid, Uuid)> = rows!(
        db,
        "select p.organization_id, p.id from propagations p where p.finished_at is null and not exists (
           select 1 from deliveries d where d.organization_id = p.organization_id and d.propagation_id = p.id
           and d.state in ('waiting', 'running', 'retrying'))
         and not exists (
           select 1 from place_deliveries d where d.organization_id = p.organization_id
           and d.propagation_id = p.id and d.state in ('waiting', 'running', 'retrying'))
         limit 100",
        []
    )?;
    Ok(rows
        .into_iter()
        .map(|(organization, id)| (Scope::of_row(organization), id.into()))
        .collect())
}

/// Ends the propagation if all its deliveries have ended and it is still open; `None` otherwise.
pub async fn finish(
    tx: &mut Tx,
    scope: Scope,
    propagation: PropagationId,
    now: Timestamp,
) -> Result<Option<EndedPropagation>> {
    if close(tx, scope, propagation, now).await? == 0 {
        return Ok(None);
    }
    keep_counts(tx, scope, propagation).await.map(Some)
}

async fn close(
    tx: &mut Tx,
    scope: Scope,
    propagation: PropagationId,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "update propagations set finished_at = $1
         where organization_id = $2 and id = $3 and finished_at is null and not exists (
           select 1 from deliveries d where d.organization_id = $2 and d.propagation_id = $3
           and d.state in ('waiting', 'running', 'retrying'))
         and not exists (
           select 1 from place_deliveries d where d.organization_id = $2 and d.propagation_id = $3
           and d.state in ('waiting', 'running', 'retrying'))",
        [now, scope, propagation]
    )
}

async fn keep_counts(
    tx: &mut Tx,
    scope: Scope,
    propagation: PropagationId,
) -> Result<EndedPropagation> {
    let (healthy, needs_attention, superseded, vault_version, credential, name): (
        i64,
        i64,
        i64,
        i64,
        Uuid,
        String,
    ) = one_row!(
        tx,
        "update propagations set
           healthy = (select count(*) from deliveries d where d.organization_id = $1
             and d.propagation_id = $2 and d.state = 'healthy')
             + (select count(*) from place_deliveries d where d.organization_id = $1
             and d.propagation_id = $2 and d.state = 'healthy'),
           needs_attention = (select count(*) from deliveries d where d.organization_id = $1
             and d.propagation_id = $2 and d.state = 'needs_attention')
             + (select count(*) from place_deliveries d where d.organization_id = $1
             and d.propagation_id = $2 and d.state = 'needs_attention'),
           superseded = (select count(*) from deliveries d where d.organization_id = $1
             and d.propagation_id = $2 and d.state = 'superseded')
             + (select count(*) from place_deliveries d where d.organization_id = $1
             and d.propagation_id = $2 and d.state = 'superseded')
         where organization_id = $1 and id = $2
         returning healthy, needs_attention, superseded, vault_version, credential_id,
           (select c.name from credentials c where c.organization_id = propagations.organization_id
             and c.id = propagations.credential_id)",
        [scope, propagation]
    )?;
    let count = |n| u32::try_from(n).map_err(|_| Error::Value { column: "count" });
    Ok(EndedPropagation {
        credential: credential.into(),
        name,
        vault_version,
        counts: Counts {
            healthy: count(healthy)?,
            needs_attention: count(needs_attention)?,
            superseded: count(superseded)?,
            ..Counts::default()
        },
    })
}
