//! One repository with its last runs.

use domain::{Action, Actor, RepositoryId, repositories::RepositoryDetail};

use super::not_found;
use crate::{Engine, Error, audit::allowed};

/// The runs that the page shows.
const RUNS: u32 = 20;

pub(super) async fn get(
    engine: &Engine,
    actor: &Actor,
    id: RepositoryId,
) -> Result<RepositoryDetail, Error> {
    let scope = allowed(engine, actor, Action::View, "see a repository").await?;
    let (detail, runs) = tokio::try_join!(
        storage::repositories::get(&engine.db, scope, id),
        storage::repositories::runs(&engine.db, scope, id, RUNS),
    )?;
    let mut detail = detail.ok_or_else(not_found)?;
    detail.runs = runs;
    Ok(detail)
}
