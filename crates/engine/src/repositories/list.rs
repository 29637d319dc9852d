//! A page of the Repositories table.

use domain::{
    Action, Principal,
    repositories::{RepositoryPage, RepositoryQuery},
};

use crate::{Engine, Error, audit::reading};

pub(super) async fn list(
    engine: &Engine,
    principal: &Principal,
    query: &RepositoryQuery,
) -> Result<RepositoryPage, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the repositories").await?;
    let engine = &engine;
    let (rows, total, all) = tokio::try_join!(
        storage::repositories::page(&engine.db, scope, query),
        storage::repositories::count(&engine.db, scope, query),
        storage::repositories::count_all(&engine.db, scope),
    )?;
    Ok(RepositoryPage { rows, total, all })
}
