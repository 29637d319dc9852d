//! One repository with its last runs.

use domain::{Action, Principal, RepositoryId, repositories::RepositoryDetail};

use super::not_found;
use crate::{Engine, Error, audit::reading};

/// The runs that the page shows.
const RUNS: u32 = 50;

pub(super) async fn get(
    engine: &Engine,
    principal: &Principal,
    id: RepositoryId,
) -> Result<RepositoryDetail, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see a repository").await?;
    let engine = &engine;
    let (detail, runs, carried_by) = tokio::try_join!(
        storage::repositories::get(&engine.db, scope, id),
        storage::repositories::runs(&engine.db, scope, id, RUNS),
        storage::exports::carrying(&engine.db, scope, id),
    )?;
    let mut detail = detail.ok_or_else(not_found)?;
    (detail.runs, detail.carried_by) = (runs, carried_by);
    Ok(detail)
}
