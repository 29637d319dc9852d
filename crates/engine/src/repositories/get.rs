//! One repository with its last runs.

use domain::{Action, Actor, RepositoryId, repositories::RepositoryDetail};

use super::not_found;
use crate::{Engine, Error};

/// The runs that the page shows.
const RUNS: u32 = 20;

pub(super) async fn get(
    engine: &Engine,
    actor: &Actor,
    id: RepositoryId,
) -> Result<RepositoryDetail, Error> {
    let scope = actor.may(Action::View)?;
    let (detail, runs) = tokio::try_join!(
        storage::repositories::get(&engine.db, scope, id),
        storage::repositories::runs(&engine.db, scope, id, RUNS),
    )?;
    let mut detail = detail.ok_or_else(not_found)?;
    detail.runs = runs;
    Ok(detail)
}
