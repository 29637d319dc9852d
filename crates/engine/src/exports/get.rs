//! One export, with what it writes now.

use domain::{
    Action, ExportId, Principal, ServiceError,
    exports::{ExportChoice, ExportDetail},
};
use storage::{Scope, exports::StoredExport};

use super::{fields, rendered::seen};
use crate::{Engine, Error, audit::reading};

pub(super) async fn get(
    engine: &Engine,
    principal: &Principal,
    id: ExportId,
) -> Result<ExportDetail, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see an export").await?;
    let engine = &engine;
    let stored = one(engine, scope, id).await?;
    let fields = fields(&stored)?;
    let credentials = storage::exports::credentials(&engine.db, scope, &stored.credentials).await?;
    let repositories =
        storage::exports::repositories(&engine.db, scope, &stored.repositories).await?;
    Ok(ExportDetail {
        id,
        name: stored.name,
        consumer: stored.consumer,
        carrier: stored.carrier,
        settings: stored.settings,
        credentials: credentials
            .into_iter()
            .map(|row| ExportChoice {
                id: row.id.uuid(),
                name: row.name,
                detail: row.provider.facts().label.to_owned(),
                credential: Some(row.id),
            })
            .collect(),
        repositories: repositories
            .into_iter()
            .map(|row| ExportChoice {
                id: row.id.uuid(),
                name: row.name,
                detail: row.url,
                credential: row.credential,
            })
            .collect(),
        row_version: stored.row_version,
        updated_by: stored.updated_by,
        updated_at: stored.updated_at,
        places: storage::exports::places(&engine.db, scope, id).await?,
        preview: seen(engine, principal, scope, &fields).await?,
    })
}

/// A stored export.
pub(super) async fn one(
    engine: &Engine,
    scope: Scope,
    id: ExportId,
) -> Result<StoredExport, Error> {
    let stored = storage::exports::stored(&engine.db, scope, &[id]).await?;
    Ok(stored.into_iter().next().ok_or(ServiceError::NotFound)?)
}
