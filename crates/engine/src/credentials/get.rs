//! One credential with what depends on it.

use domain::{Action, Actor, CredentialId, ServiceError, credentials::CredentialDetail};

use crate::{Engine, Error};

/// The updates a page shows.
const HISTORY: u32 = 20;

pub(super) async fn get(
    engine: &Engine,
    actor: &Actor,
    id: CredentialId,
) -> Result<CredentialDetail, Error> {
    let scope = actor.may(Action::View)?;
    let mut credential =
        storage::credentials::get(&engine.db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    credential.links = storage::repositories::linked_to(&engine.db, scope, id).await?;
    credential.history = storage::propagation::history(&engine.db, scope, id, HISTORY).await?;
    Ok(credential)
}
