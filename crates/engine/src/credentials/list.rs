//! The table of credentials, and the timeline of those that expire.

use domain::{
    Action, Principal, Total,
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
    let total = match Total::of_page(rows.len(), query.page, CredentialQuery::PAGE_ROWS) {
        Some(total) => total,
        None => storage::credentials::count(&engine.db, scope, query, reader).await?,
    };
    let is_empty = rows.is_empty() && !storage::credentials::any(&engine.db, scope).await?;
    let undestroyed = match reader {
        Reader::Manager => storage::credentials::undestroyed(&engine.db, scope).await?,
        Reader::Member => Vec::new(),
    };
    Ok(CredentialPage { rows, total, is_empty, undestroyed })
}

pub(super) async fn expiring(
    engine: &Engine,
    principal: &Principal,
) -> Result<Vec<CredentialSummary>, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see the credentials").await?;
    let engine = &engine;
    Ok(storage::credentials::expiring(&engine.db, scope, CredentialQuery::EXPIRING).await?)
}
