//! The table of credentials, and the timeline of those that expire.

use domain::{
    Action, Actor,
    credentials::{CredentialPage, CredentialQuery, CredentialSummary},
};
use storage::credentials::Reader;

use crate::{Engine, Error};

/// The most credentials on the timeline.
const EXPIRING: u32 = 200;

pub(super) async fn list(
    engine: &Engine,
    actor: &Actor,
    query: &CredentialQuery,
) -> Result<CredentialPage, Error> {
    let scope = actor.may(Action::View)?;
    let reader = match actor.may(Action::ManageCredentials) {
        Ok(_) => Reader::Manager,
        Err(_) => Reader::Member,
    };
    let rows = storage::credentials::page(&engine.db, scope, query, reader).await?;
    let all = storage::credentials::count_all(&engine.db, scope).await?;
    let narrowed =
        !query.search.trim().is_empty() || !query.provider.is_empty() || query.project.is_some();
    let total = if narrowed {
        storage::credentials::count(&engine.db, scope, query, reader).await?
    } else {
        all
    };
    let undestroyed = match reader {
        Reader::Manager => storage::credentials::undestroyed(&engine.db, scope).await?,
        Reader::Member => Vec::new(),
    };
    Ok(CredentialPage { rows, total, all, undestroyed })
}

pub(super) async fn expiring(
    engine: &Engine,
    actor: &Actor,
) -> Result<Vec<CredentialSummary>, Error> {
    let scope = actor.may(Action::View)?;
    Ok(storage::credentials::expiring(&engine.db, scope, EXPIRING).await?)
}
