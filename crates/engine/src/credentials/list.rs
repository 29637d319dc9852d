//! The table of credentials, and the timeline of those that expire.

use domain::{
    Action, Principal,
    credentials::{CredentialPage, CredentialQuery, CredentialSummary},
};
use storage::credentials::Reader;

use crate::{Engine, Error, audit::reading};

pub(super) async fn list(
    engine: &Engine,
    principal: &Principal,
    query: &CredentialQuery,
) -> Result<CredentialPage, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the credentials").await?;
    let engine = &engine;
    let reader = match principal.may(Action::ManageCredentials) {
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
    principal: &Principal,
) -> Result<Vec<CredentialSummary>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the credentials").await?;
    let engine = &engine;
    Ok(storage::credentials::expiring(&engine.db, scope, CredentialQuery::EXPIRING).await?)
}
