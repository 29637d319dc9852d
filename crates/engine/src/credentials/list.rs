//! The table of credentials.

use domain::{
    Action, Actor,
    credentials::{CredentialPage, CredentialQuery},
};

use crate::{Engine, Error};

pub(super) async fn list(
    engine: &Engine,
    actor: &Actor,
    query: &CredentialQuery,
) -> Result<CredentialPage, Error> {
    let scope = actor.may(Action::View)?;
    let rows = storage::credentials::page(&engine.db, scope, query).await?;
    let all = storage::credentials::count_all(&engine.db, scope).await?;
    let narrowed = !query.search.trim().is_empty() || !query.provider.is_empty();
    let total =
        if narrowed { storage::credentials::count(&engine.db, scope, query).await? } else { all };
    Ok(CredentialPage { rows, total, all })
}
