//! A page of the Repositories table.

use domain::{
    Action, Principal, RepositoryId,
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
    let all = storage::repositories::count_all(&engine.db, scope).await?;
    let total = if query.is_narrowed() {
        storage::repositories::count(&engine.db, scope, query).await?
    } else {
        all
    };
    Ok(RepositoryPage { rows, total, all })
}
