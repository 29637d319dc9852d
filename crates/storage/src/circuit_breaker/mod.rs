//! The circuit breaker: how often in a row a host refused a credential, and where it is paused for that.

use domain::{CredentialId, RepositoryId, Timestamp, credentials::PausedHost};
use serde_json::json;
use uuid::Uuid;

use crate::{Db, Json, Result, Scope, Tx, exec, rows, value};

/// After so many refusals in a row a credential is paused at a host.
pub const REFUSALS: u32 = 3;

/// A credential at a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialAtHost {
    /// Whose credential it is.
    pub scope: Scope,
    /// The credential.
    pub credential: CredentialId,
    /// Scheme, host and port.
    pub origin: String,
}

/// Counts refusals at hosts, each place once and in order; answers the places that were paused by
/// it just now.
pub async fn record(
    tx: &mut Tx,
    refused: &[(CredentialAtHost, u32)],
    now: Timestamp,
) -> Result<Vec<CredentialAtHost>> {
    let mut paused = Vec::new();
    for chunk in refused.chunks(64) {
        let records: Vec<_> = chunk
            .iter()
            .map(|(at, times)| {
                json!({ "organization": at.scope, "credential": at.credential, "origin": at.origin,
                    "times": times })
            })
            .collect();
        let rows: Vec<(Uuid, Uuid, String, i64)> = rows!(
            tx,
            ["insert into refusals (organization_id, credential_id, origin, count, paused_at)
              select " id("organization") ", " id("credential") ", " text("origin") ", " int("times") ",
                case when " int("times") " >= $2 then cast($3 as bigint) end from " records(1) " as r where true
              on conflict (organization_id, credential_id, origin) do update set
                count = refusals.count + excluded.count,
                paused_at = case when refusals.paused_at is null and refusals.count + excluded.count >= $2 then $3
                  else refusals.paused_at end
              returning organization_id, credential_id, origin, count"],
            [Json(&records), REFUSALS, now]
        )?;
        for (organization, credential, origin, count) in rows {
            let place = CredentialAtHost {
                scope: Scope::of_row(organization),
                credential: credential.into(),
                origin,
            };
            let times = chunk.iter().find(|(known, _)| *known == place).map_or(0, |(_, n)| *n);
            let (limit, before) = (i64::from(REFUSALS), count - i64::from(times));
            if before < limit && count >= limit {
                paused.push(place);
            }
        }
    }
    Ok(paused)
}

/// Begins to count anew, because the host took the credential. A pause stays until somebody ends it.
pub async fn accepted(tx: &mut Tx, place: &CredentialAtHost) -> Result<()> {
    exec!(
        tx,
        "delete from refusals where organization_id = $1 and credential_id = $2 and origin = $3
         and paused_at is null",
        [place.scope, place.credential, place.origin.as_str()]
    )?;
    Ok(())
}

/// The hosts where a credential is paused.
pub async fn paused(db: &Db, scope: Scope, credential: CredentialId) -> Result<Vec<PausedHost>> {
    let rows: Vec<(String, i64)> = rows!(
        db,
        "select origin, paused_at from refusals
         where organization_id = $1 and credential_id = $2 and paused_at is not null order by origin",
        [scope, credential]
    )?;
    Ok(rows
        .into_iter()
        .map(|(origin, at)| PausedHost { origin, since: Timestamp::from_millis(at) })
        .collect())
}

/// Whether a credential is paused at a host.
pub async fn is_paused(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
    origin: &str,
) -> Result<bool> {
    let paused: Option<i64> = value!(
        db,
        "select paused_at from refusals
         where organization_id = $1 and credential_id = $2 and origin = $3 and paused_at is not null",
        [scope, credential, origin]
    )?;
    Ok(paused.is_some())
}

/// Forgets every refusal of a credential: what was refused is not what it holds now. Call it after
/// its deliveries were started, whose rows are locked first everywhere.
pub async fn clear(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<u64> {
    delete(tx, scope, credential, "").await
}

/// Uses a credential again at this origin, or at all when it is empty; answers at how many it was
/// counted or paused. What was refused before does not count any more, on no replica: the epoch of
/// the credential says so. The repositories that fail for it sync soon.
pub async fn resume(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    origin: &str,
) -> Result<u64> {
    next_epoch(tx, scope, credential).await?;
    sync_soon(tx, scope, credential, origin).await?;
    delete(tx, scope, credential, origin).await
}

async fn next_epoch(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<()> {
    exec!(
        tx,
        "update credentials set epoch = epoch + 1 where organization_id = $1 and id = $2",
        [scope, credential]
    )?;
    Ok(())
}

async fn sync_soon(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    origin: &str,
) -> Result<()> {
    exec!(
        tx,
        "update repositories set next_sync_at = 0
         where organization_id = $1 and deleted_at is null
           and cause in ('credential_paused', 'invalid_credentials', 'exchange_refused') and id in (
           select l.repository_id from links l where l.organization_id = $1 and l.credential_id = $2
             and l.state = 'active' and (l.origin = $3 or $3 = ''))",
        [scope, credential, origin]
    )?;
    Ok(())
}

/// Syncs a repository by itself again only then, if it is still as it was.
pub async fn put_off(
    db: &Db,
    scope: Scope,
    repository: RepositoryId,
    epoch: i64,
    until: Timestamp,
) -> Result<()> {
    let mut tx = db.begin().await?;
    exec!(
        tx,
        "update repositories set next_sync_at = $4
         where organization_id = $1 and id = $2 and epoch = $3 and deleted_at is null",
        [scope, repository, epoch, until]
    )?;
    tx.commit().await
}

/// Whether a credential still has this epoch. Until the end of the transaction nobody changes that.
pub async fn lock_epoch(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    epoch: i64,
) -> Result<bool> {
    let held = exec!(
        tx,
        "update credentials set epoch = epoch
         where organization_id = $1 and id = $2 and epoch = $3 and deleted_at is null",
        [scope, credential, epoch]
    )?;
    Ok(held > 0)
}

async fn delete(tx: &mut Tx, scope: Scope, credential: CredentialId, origin: &str) -> Result<u64> {
    exec!(
        tx,
        "delete from refusals where organization_id = $1 and credential_id = $2 and (origin = $3 or $3 = '')",
        [scope, credential, origin]
    )
}
