//! Storing a new credential.

use domain::{
    Action, Actor, CredentialId, OperationId,
    audit::AuditAction,
    credentials::{CreateCredential, CredentialState, Saved},
};
use storage::credentials::{Kind, NewRow, Operation};

use super::{audit, fingerprint, name_taken, person, store};
use crate::{Engine, Error, audit::allowed};

pub(super) async fn create(
    engine: &Engine,
    actor: &Actor,
    form: CreateCredential,
) -> Result<Saved, Error> {
    let scope = allowed(engine, actor, Action::ManageCredentials, "create a credential").await?;
    let form = form.parse()?;
    let operation = Operation {
        organization: scope.organization(),
        id: OperationId::new(),
        credential: CredentialId::new(),
        kind: Kind::Create,
        prior_state: CredentialState::Creating,
        name: form.name.to_string(),
        name_key: form.name.key(),
        description: form.description.to_string(),
        username: form.username.to_string(),
        fingerprint: fingerprint(engine, &form.password)?,
        actor: actor.name.clone(),
    };
    let now = engine.clock.now();
    let row = NewRow {
        id: operation.credential,
        provider: form.provider,
        name: &operation.name,
        name_key: &operation.name_key,
        username: &operation.username,
        description: &operation.description,
        operation: operation.id,
        actor: &actor.name,
        now,
    };
    let mut tx = engine.db.begin().await?;
    storage::credentials::insert(&mut tx, scope, &row).await.map_err(name_taken)?;
    let deadline = now.plus(store::DEADLINE);
    storage::credentials::begin(&mut tx, scope, &operation, now, deadline).await?;
    let (action, label) = (AuditAction::CredentialCreateRequested, form.provider.facts().label);
    audit(engine, &mut tx, scope, person(actor), action, &operation.name, label.to_owned()).await?;
    tx.commit().await?;
    store::to_the_end(engine, operation, 0, form.password).await
}
