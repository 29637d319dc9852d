//! Adding and changing exports.

use domain::{
    CredentialId, ExportId, RepositoryId, Timestamp,
    exports::{Consumer, DeliveryMethod, ExportSettings},
};

use crate::{Error, Json, Result, Scope, Tx, exec, search};

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
    exec!(
        tx,
        "insert into exports
           (organization_id, id, name, name_key, consumer, carrier, settings, created_at, updated_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
        [
            scope,
            id,
            row.name,
            row.name_key,
            row.consumer.as_str(),
            row.carrier.as_str(),
            settings,
            now,
            row.by,
        ]
    )?;
    search::export(tx, scope, id).await
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
    let changed = exec!(
        tx,
        "update exports set name = $4, name_key = $5, consumer = $6, carrier = $7, settings = $8, updated_at = $9,
           updated_by = $10, row_version = row_version + 1
         where organization_id = $1 and id = $2 and row_version = $3",
        [
            scope,
            id,
            row_version,
            row.name,
            row.name_key,
            row.consumer.as_str(),
            row.carrier.as_str(),
            settings,
            now,
            row.by,
        ]
    )?;
    search::export(tx, scope, id).await?;
    Ok(changed)
}

/// Empties an export, before it is filled anew or deleted.
pub async fn clear(tx: &mut Tx, scope: Scope, id: ExportId) -> Result<()> {
    exec!(
        tx,
        "delete from export_credentials where organization_id = $1 and export_id = $2",
        [scope, id]
    )?;
    exec!(
        tx,
        "delete from export_repositories where organization_id = $1 and export_id = $2",
        [scope, id]
    )?;
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
    exec!(
        tx,
        ["insert into export_credentials (organization_id, export_id, credential_id)
          select $1, $2, id.value from " each_id(3) " as id"],
        [scope, id, Json(credentials)]
    )?;
    Ok(())
}

/// Notes that somebody who may allow addresses agreed to export this pattern of a credential.
pub async fn agree(
    tx: &mut Tx,
    scope: Scope,
    id: ExportId,
    credential: CredentialId,
    pattern: &str,
) -> Result<()> {
    exec!(
        tx,
        "update export_credentials set agreed_pattern = $4
         where organization_id = $1 and export_id = $2 and credential_id = $3",
        [scope, id, credential, pattern]
    )?;
    Ok(())
}

/// Withdraws what was agreed to about a credential's pattern, in every export: it was agreed to under other
/// circumstances.
pub async fn withdraw_agreements(
    tx: &mut Tx,
    scope: Scope,
    credential: CredentialId,
) -> Result<()> {
    exec!(
        tx,
        "update export_credentials set agreed_pattern = ''
         where organization_id = $1 and credential_id = $2 and agreed_pattern <> ''",
        [scope, credential]
    )?;
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
    exec!(
        tx,
        ["insert into export_repositories (organization_id, export_id, repository_id)
          select $1, $2, id.value from " each_id(3) " as id"],
        [scope, id, Json(repositories)]
    )?;
    Ok(())
}
