//! Starting a propagation.

use domain::{CredentialId, PropagationId, Timestamp, propagation::DeliveryTarget};

use super::places::{add_places, supersede_places};
use crate::{Error, Result, Scope, Tx, exec};

/// What a propagation brings where.
#[derive(Debug)]
pub struct Start<'a> {
    /// Its id.
    pub propagation: PropagationId,
    /// The credential.
    pub credential: CredentialId,
    /// The version that counts now.
    pub vault_version: i64,
    /// Who asked for it.
    pub by: &'a str,
    /// The Git targets and clusters that hold the credential, whose work was queued before.
    pub places: &'a [DeliveryTarget],
}

/// Starts a propagation: one delivery for every active link of the credential and for every place
/// that holds it, instead of those that are still on their way. Answers how many links there are.
pub async fn start(tx: &mut Tx, scope: Scope, start: &Start<'_>, now: Timestamp) -> Result<u32> {
    let Start { propagation, credential, vault_version, by, places } = *start;
    supersede(tx, scope, credential, now).await?;
    supersede_places(tx, scope, credential, now).await?;
    insert(tx, scope, propagation, credential, vault_version, by, now).await?;
    let deliveries =
        insert_deliveries(tx, scope, propagation, credential, vault_version, now).await?;
    add_places(tx, scope, propagation, places, now).await?;
    if deliveries == 0 && places.is_empty() {
        finish_empty(tx, scope, propagation, now).await?;
    }
    u32::try_from(deliveries).map_err(|_| Error::Value { column: "deliveries" })
}

async fn supersede(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    now: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "update deliveries set state = 'superseded', cause = null, lease_owner = null, finished_at = $1
         where organization_id = $2 and credential_id = $3 and state in ('waiting', 'running', 'retrying')",
        [now, scope, credential]
    )?;
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    scope: Scope,
    propagation: PropagationId,
    credential: CredentialId,
    vault_version: i64,
    started_by: &str,
    now: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "insert into propagations (organization_id, id, credential_id, vault_version, started_by, started_at)
         values ($1, $2, $3, $4, $5, $6)",
        [scope, propagation, credential, vault_version, started_by, now]
    )?;
    Ok(())
}

async fn insert_deliveries(
    tx: &mut Tx,
    scope: Scope,
    propagation: PropagationId,
    credential: CredentialId,
    vault_version: i64,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "insert into deliveries
           (organization_id, propagation_id, repository_id, credential_id, vault_version, state, run_at)
         select p.organization_id, p.id, l.repository_id, p.credential_id, p.vault_version, 'waiting', $1
         from propagations p
         join links l on l.organization_id = p.organization_id and l.credential_id = p.credential_id
         where p.organization_id = $2 and p.id = $3 and p.credential_id = $4 and p.vault_version = $5
           and l.state = 'active'",
        [now, scope, propagation, credential, vault_version]
    )
}

async fn finish_empty(
    tx: &mut Tx,
    scope: Scope,
    propagation: PropagationId,
    now: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "update propagations set finished_at = $1 where organization_id = $2 and id = $3",
        [now, scope, propagation]
    )?;
    Ok(())
}
