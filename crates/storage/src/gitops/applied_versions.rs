//! What a place was last written with.

use domain::{CredentialId, Scope, Timestamp};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Db, Result, Tx, on, sql};

/// The versions of credentials that a Git target or cluster was last written with.
///
/// # Errors
/// When the database does not answer.
pub async fn written(db: &Db, scope: Scope, place: Uuid) -> Result<Vec<(CredentialId, i64)>> {
    let rows: Vec<(Uuid, i64)> = on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select credential_id, vault_version from place_credentials
             where organization_id = $1 and place_id = $2 order by credential_id"
        ))
        .bind(scope.organization().uuid())
        .bind(place)
        .fetch_all(pool)
        .await
    })?;
    Ok(rows.into_iter().map(|(id, version)| (id.into(), version)).collect())
}

/// Notes the versions of credentials that a Git target or cluster holds now, in place of what was
/// noted before.
///
/// # Errors
/// When the database refuses.
pub async fn set_written(
    tx: &mut Tx,
    scope: Scope,
    place: Uuid,
    versions: &[(CredentialId, i64)],
) -> Result<()> {
    delete(tx, scope, place).await?;
    for chunk in versions.chunks(100) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into place_credentials (organization_id, place_id, credential_id, vault_version) ",
            );
            query.push_values(chunk, |mut row, (credential, version)| {
                row.push_bind(scope.organization().uuid())
                    .push_bind(place)
                    .push_bind(credential.uuid())
                    .push_bind(*version);
            });
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

/// Forgets what a deleted place was written with; updates on their way to it end as superseded.
///
/// # Errors
/// When the database refuses.
pub async fn forget_place(tx: &mut Tx, scope: Scope, place: Uuid, now: Timestamp) -> Result<()> {
    delete(tx, scope, place).await?;
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update place_deliveries set state = 'superseded', cause = null, finished_at = $3
             where organization_id = $1 and place_id = $2 and state in ('waiting', 'running', 'retrying')"
        ))
        .bind(scope.organization().uuid())
        .bind(place)
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

async fn delete(tx: &mut Tx, scope: Scope, place: Uuid) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from place_credentials where organization_id = $1 and place_id = $2"))
            .bind(scope.organization().uuid())
            .bind(place)
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}
