//! Adding and changing exports.

use domain::{
    CredentialId, ExportId, RepositoryId, Scope, Timestamp,
    exports::{Consumer, DeliveryMethod, ExportSettings},
};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{Error, Result, Tx, on, sql};

/// The columns of an export that a person sets.
#[derive(Debug)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct NewExport<'a> {
    pub name: &'a str,
    pub name_key: &'a str,
    pub consumer: Consumer,
    pub carrier: DeliveryMethod,
    pub settings: &'a ExportSettings,
    pub by: &'a str,
}

fn text(settings: &ExportSettings) -> Result<String> {
    serde_json::to_string(settings).map_err(|_| Error::Value { column: "exports.settings" })
}

/// Adds an export, without what it is about.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    id: ExportId,
    row: &NewExport<'_>,
    now: Timestamp,
) -> Result<()> {
    let settings = text(row.settings)?;
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into exports
               (organization_id, id, name, name_key, consumer, carrier, settings, created_at, updated_at, updated_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(row.name)
        .bind(row.name_key)
        .bind(row.consumer.facts().code)
        .bind(row.carrier.facts().code)
        .bind(settings)
        .bind(now.millis())
        .bind(row.by)
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Changes an export, if nobody changed it since `row_version`; answers how many rows that was.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn update(
    tx: &mut Tx,
    scope: Scope,
    id: ExportId,
    row_version: i64,
    row: &NewExport<'_>,
    now: Timestamp,
) -> Result<u64> {
    let settings = text(row.settings)?;
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update exports set name = $4, name_key = $5, consumer = $6, carrier = $7, settings = $8, updated_at = $9,
               updated_by = $10, row_version = row_version + 1
             where organization_id = $1 and id = $2 and row_version = $3"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(row_version)
        .bind(row.name)
        .bind(row.name_key)
        .bind(row.consumer.facts().code)
        .bind(row.carrier.facts().code)
        .bind(settings)
        .bind(now.millis())
        .bind(row.by)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Empties an export, before it is filled anew or deleted.
///
/// # Errors
/// When the database refuses.
pub async fn clear(tx: &mut Tx, scope: Scope, id: ExportId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from export_credentials where organization_id = $1 and export_id = $2"))
            .bind(scope.organization().uuid())
            .bind(id.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from export_repositories where organization_id = $1 and export_id = $2"))
            .bind(scope.organization().uuid())
            .bind(id.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}

/// Puts credentials into an export that is empty.
///
/// # Errors
/// When one is not there ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn set_credentials(
    tx: &mut Tx,
    scope: Scope,
    id: ExportId,
    credentials: &[CredentialId],
) -> Result<()> {
    let ids: Vec<_> = credentials.iter().map(|id| id.uuid()).collect();
    let text = "insert into export_credentials (organization_id, export_id, credential_id) ";
    fill(tx, scope, id, text, &ids).await
}

/// Notes that somebody who may allow addresses agreed to export this pattern of a credential.
///
/// # Errors
/// When the database refuses.
pub async fn agree(
    tx: &mut Tx,
    scope: Scope,
    id: ExportId,
    credential: CredentialId,
    pattern: &str,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update export_credentials set agreed_pattern = $4
             where organization_id = $1 and export_id = $2 and credential_id = $3"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(credential.uuid())
        .bind(pattern)
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Withdraws what was agreed to about a credential's pattern, in every export: it was agreed to under other
/// circumstances.
///
/// # Errors
/// When the database refuses.
pub async fn withdraw_agreements(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update export_credentials set agreed_pattern = ''
             where organization_id = $1 and credential_id = $2 and agreed_pattern <> ''"
        ))
        .bind(scope.organization().uuid())
        .bind(credential.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Puts repositories into an export that is empty.
///
/// # Errors
/// When one is not there ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn set_repositories(
    tx: &mut Tx,
    scope: Scope,
    id: ExportId,
    repositories: &[RepositoryId],
) -> Result<()> {
    let ids: Vec<_> = repositories.iter().map(|id| id.uuid()).collect();
    let text = "insert into export_repositories (organization_id, export_id, repository_id) ";
    fill(tx, scope, id, text, &ids).await
}

async fn fill(
    tx: &mut Tx,
    scope: Scope,
    id: ExportId,
    text: &'static str,
    members: &[Uuid],
) -> Result<()> {
    for chunk in members.chunks(100) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(text);
            query.push_values(chunk, |mut row, member| {
                row.push_bind(scope.organization().uuid()).push_bind(id.uuid()).push_bind(*member);
            });
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}
