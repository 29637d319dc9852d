//! New tokens for an account that was connected before.

use domain::{
    CredentialId, Grant, OperationId, Principal, ServiceError,
    credentials::{CredentialState, Saved, SecretMaterial},
};
use storage::{
    Scope,
    credentials::{Existing, Kind, Operation},
};

use super::{content::Content, stale, store, update::intend};
use crate::{Engine, Error};

/// Stores what an account was connected with as a new version of its credential, through the same
/// three steps as any other, so that every place that uses it tries again.
pub(crate) async fn reconnect(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    id: CredentialId,
    material: &SecretMaterial,
) -> Result<Saved, Error> {
    let scope = Scope::of(&grant);
    let existing = settled(engine, scope, id).await?;
    let parameters = existing.draft.parameters.clone();
    let content = Content::new(engine, existing.provider, material, parameters)?;
    let (draft, secret) = content.of_existing(&existing);
    let operation = Operation {
        scope,
        id: OperationId::new(),
        credential: id,
        kind: Kind::Update,
        prior_state: existing.state,
        draft,
        changed: "connected again".to_owned(),
        actor: principal.name.clone(),
    };
    intend(engine, principal, grant, &operation, &existing).await?;
    store::to_the_end(engine, (principal, grant), operation, existing.vault_version, secret).await
}

/// As often is looked whether a renewal that is under way has ended.
const LOOKS: u32 = 20;

/// The credential, once a renewal that is under way has ended. When it does not end, that is not
/// [`ServiceError::BeingChecked`]: nothing was stored, and nothing will be.
async fn settled(engine: &Engine, scope: Scope, id: CredentialId) -> Result<Existing, Error> {
    let mut looks = 0;
    loop {
        let existing = storage::credentials::existing(&engine.db, scope, id)
            .await?
            .ok_or(ServiceError::NotFound)?;
        if matches!(existing.state, CredentialState::Active | CredentialState::Lost) {
            return Ok(existing);
        }
        looks += 1;
        if looks > LOOKS {
            return Err(stale(existing.changed_by));
        }
        tokio::time::sleep(super::renew::PAUSE).await;
    }
}
