//! A page of the Repositories table.

use domain::{
    Action, Principal, RepositoryId, Total,
    repositories::{RepositoryPage, RepositoryQuery},
};

use crate::{Engine, Error, audit::reading};

/// The most that a filter offers.
const CHOICES: u32 = 100;

pub(super) async fn choices(
    engine: &Engine,
    principal: &Principal,
) -> Result<Vec<(RepositoryId, String)>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the repositories").await?;
    Ok(storage::repositories::names(&engine.db, scope, CHOICES).await?)
}

pub(super) async fn list(
    engine: &Engine,
    principal: &Principal,
    query: &RepositoryQuery,
) -> Result<RepositoryPage, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the repositories").await?;
    let engine = &engine;
    let rows = storage::repositories::page(&engine.db, scope, query).await?;
    let total = match Total::of_page(rows.len(), query.page, RepositoryQuery::PAGE_ROWS) {
        Some(total) => total,
        None => storage::repositories::count(&engine.db, scope, query).await?,
    };
    let is_empty = rows.is_empty() && !storage::repositories::any(&engine.db, scope).await?;
    Ok(RepositoryPage { rows, total, is_empty })
}
