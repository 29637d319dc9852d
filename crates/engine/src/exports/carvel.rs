//! What the exports for Carvel bring to secretgen-controller.

use domain::{
    Action, ExportId, Principal,
    exports::{
        Consumer, ExportFields,
        carvel::{ExportSource, sources},
    },
};
use storage::exports::StoredExport;

use super::{
    facts::{Materials, Sources},
    fields,
};
use crate::{Engine, Error, audit::reading};

/// The secrets of every export for Carvel; nothing secret is read for it. What holds a credential
/// that is shared with all projects is left out for people who do not manage credentials (F23).
pub(super) async fn carvel(
    engine: &Engine,
    principal: &Principal,
) -> Result<Vec<ExportSource>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the exports").await?;
    let engine = &engine;
    let all = storage::exports::list(&engine.db, scope).await?;
    let ids: Vec<_> =
        all.iter().filter(|one| one.consumer == Consumer::Carvel).map(|one| one.id).collect();
    let stored = storage::exports::stored(&engine.db, scope, &ids).await?;
    let read = |stored: &StoredExport| Ok((stored.id, fields(stored)?));
    let exports = stored.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
    let borrowed: Vec<_> = exports.iter().map(|(_, export)| export).collect();
    let facts = Sources::of(engine, scope, &borrowed).await?;
    let sees_all = principal.may(Action::ManageCredentials).is_ok();
    let seen = |(_, export): &&(ExportId, ExportFields)| {
        sees_all || !facts.credentials(export).iter().any(|row| row.is_shared)
    };
    let none = Materials::new();
    Ok(exports
        .iter()
        .filter(seen)
        .flat_map(|(id, export)| sources(*id, export, &facts.facts(export, &none)))
        .collect())
}
