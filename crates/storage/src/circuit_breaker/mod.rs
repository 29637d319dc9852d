//! The circuit breaker: how often in a row a host refused a credential, and where it is paused for that.

use domain::{
    CredentialId, OrganizationId, RepositoryId, Scope, Timestamp, credentials::PausedHost,
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Db, Result, Tx, on, sql};

/// After so many refusals in a row a credential is paused at a host.
pub const REFUSALS: u32 = 3;

/// A credential at a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialAtHost {
    /// Whose credential it is.
    pub organization: OrganizationId,
    /// The credential.
    pub credential: CredentialId,
    /// Scheme, host and port.
    pub origin: String,
}

/// Counts refusals at hosts, each place once and in order; answers the places that were paused by
/// it just now.
///
/// # Errors
/// When the database refuses.
pub async fn record(
    tx: &mut Tx,
    refused: &[(CredentialAtHost, u32)],
    now: Timestamp,
) -> Result<Vec<CredentialAtHost>> {
    let mut paused = Vec::new();
    for chunk in refused.chunks(64) {
        let rows: Vec<(Uuid, Uuid, String, i64)> = on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into refusals (organization_id, credential_id, origin, count, paused_at) ",
            );
            query.push_values(chunk, |mut row, (place, times)| {
                row.push_bind(place.organization.uuid())
                    .push_bind(place.credential.uuid())
                    .push_bind(place.origin.as_str())
                    .push_bind(i64::from(*times))
                    .push_bind((*times >= REFUSALS).then_some(now.millis()));
            });
            query.push(
                " on conflict (organization_id, credential_id, origin) do update set
                   count = refusals.count + excluded.count,
                   paused_at = case when refusals.paused_at is null and refusals.count + excluded.count >= ",
            );
            query.push_bind(i64::from(REFUSALS)).push(" then ").push_bind(now.millis());
            query.push(
                " else refusals.paused_at end
                 returning organization_id, credential_id, origin, count",
            );
            query.build_query_as().fetch_all(&mut **tx).await
        })?;
        for (organization, credential, origin, count) in rows {
            let place = CredentialAtHost {
                organization: organization.into(),
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
///
/// # Errors
/// When the database refuses.
pub async fn accepted(tx: &mut Tx, place: &CredentialAtHost) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "delete from refusals where organization_id = $1 and credential_id = $2 and origin = $3
             and paused_at is null"
        ))
        .bind(place.organization.uuid())
        .bind(place.credential.uuid())
        .bind(place.origin.as_str())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// The hosts where a credential is paused.
///
/// # Errors
/// When the database does not answer.
pub async fn paused(db: &Db, scope: Scope, credential: CredentialId) -> Result<Vec<PausedHost>> {
    let rows: Vec<(String, i64)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select origin, paused_at from refusals
             where organization_id = $1 and credential_id = $2 and paused_at is not null order by origin"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .fetch_all(pool)
        .await
    })?;
    Ok(rows
        .into_iter()
        .map(|(origin, at)| PausedHost { origin, since: Timestamp::from_millis(at) })
        .collect())
}

/// Whether a credential is paused at a host.
///
/// # Errors
/// When the database does not answer.
pub async fn is_paused(
    db: &Db,
    scope: Scope,
    credential: CredentialId,
    origin: &str,
) -> Result<bool> {
    let paused: Option<i64> = on!(db.read(), pool => {
        sqlx::query_scalar(sql!(
            "select paused_at from refusals
             where organization_id = $1 and credential_id = $2 and origin = $3 and paused_at is not null"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(origin)
        .fetch_optional(pool)
        .await
    })?;
    Ok(paused.is_some())
}

/// Forgets every refusal of a credential: what was refused is not what it holds now. Call it after
/// its deliveries were started, whose rows are locked first everywhere.
///
/// # Errors
/// When the database refuses.
pub async fn clear(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<u64> {
    delete(tx, scope, credential, "").await
}

/// Uses a credential again at this origin, or at all when it is empty; answers at how many it was
/// counted or paused. What was refused before does not count any more, on no replica: the epoch of
/// the credential says so. The repositories that fail for it sync soon.
///
/// # Errors
/// When the database refuses.
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
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update credentials set epoch = epoch + 1 where organization_id = $1 and id = $2"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

async fn sync_soon(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    origin: &str,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update repositories set next_sync_at = 0
             where organization_id = $1 and deleted_at is null
               and cause in ('credential_paused', 'invalid_credentials', 'exchange_refused') and id in (
               select l.repository_id from links l where l.organization_id = $1 and l.credential_id = $2
                 and l.state = 'active' and (l.origin = $3 or $3 = ''))"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(origin)
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Syncs a repository by itself again only then, if it is still as it was.
///
/// # Errors
/// When the database refuses.
pub async fn put_off(
    db: &Db,
    scope: Scope,
    repository: RepositoryId,
    epoch: i64,
    until: Timestamp,
) -> Result<()> {
    let mut tx = db.begin().await?;
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update repositories set next_sync_at = $4
             where organization_id = $1 and id = $2 and epoch = $3 and deleted_at is null"
        ))
        .bind(scope.organization().uuid())
        .bind(repository.uuid())
        .bind(epoch)
        .bind(until.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    tx.commit().await
}

/// Whether a credential still has this epoch. Until the end of the transaction nobody changes that.
///
/// # Errors
/// When the database refuses.
pub async fn lock_epoch(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
    epoch: i64,
) -> Result<bool> {
    let held = on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update credentials set epoch = epoch
             where organization_id = $1 and id = $2 and epoch = $3 and deleted_at is null"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(epoch)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?;
    Ok(held > 0)
}

async fn delete(tx: &mut Tx, scope: Scope, credential: CredentialId, origin: &str) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "delete from refusals where organization_id = $1 and credential_id = $2 and (origin = $3 or $3 = '')"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .bind(origin)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}
