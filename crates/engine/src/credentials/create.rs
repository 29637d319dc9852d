//! Storing a new credential.

use domain::{
    Action, CredentialId, Field, Grant, OperationId, Principal,
    audit::{AuditAction, AuditTarget},
    credentials::{CreateCredential, CredentialState, NewCredential, Saved},
};
use storage::{
    Scope,
    credentials::{Kind, NewRow, Operation},
    gitops::git_accounts,
};

use super::{content::Content, place, refused_row, store};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
};

pub(super) async fn create(
    engine: &Engine,
    principal: &Principal,
    form: CreateCredential,
) -> Result<Saved, Error> {
    let grant =
        allowed(engine, principal, Action::ManageCredentials, "create a credential").await?;
    let confirmed = form.confirmed(engine.clock.now());
    // What has to be corrected is said first.
    let form = form.parse()?;
    confirmed?;
    add(engine, principal, grant, form, None).await
}

/// Stores a new credential; whose account it is, if it is one, is noted with its first step.
pub(crate) async fn add(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    form: NewCredential,
    connection: Option<&git_accounts::NewGitAccount>,
) -> Result<Saved, Error> {
    let scope = Scope::of(&grant);
    let placed = place::resolve(engine, principal, scope, form.placed, None).await?;
    let content = Content::new(engine, form.provider, &form.material, form.parameters)?;
    let (draft, secret) = content.named(&form.name, form.remarks);
    let operation = Operation {
        scope,
        id: OperationId::new(),
        credential: CredentialId::new(),
        kind: Kind::Create,
        prior_state: CredentialState::Creating,
        draft,
        changed: String::new(),
        actor: principal.name.clone(),
    };
    let (provider, now) = (form.provider, engine.clock.now());
    let row = NewRow { provider, operation: &operation, placed: &placed, now };
    let mut tx = engine.db.begin_as(&grant).await?;
    storage::credentials::insert(&mut tx, scope, &row).await.map_err(refused_row)?;
    if let Some(connection) = connection {
        let noted = git_accounts::insert(&mut tx, scope, operation.credential, connection).await;
        noted.map_err(connected_meanwhile)?;
    }
    let deadline = now.plus(store::DEADLINE);
    storage::credentials::begin(&mut tx, scope, &operation, now, deadline).await?;
    storage::credentials::stamp(&mut tx, scope, operation.credential).await?;
    let (action, label) = (AuditAction::CredentialCreateRequested, provider.facts().label);
    let told =
        (AuditTarget::Credential(operation.credential), operation.draft.name.as_str(), label);
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    let saved = store::to_the_end(engine, (principal, grant), operation, 0, secret).await?;
    if !placed.pattern.is_empty() {
        place::match_again(engine, scope).await;
    }
    let warning = place::conflict(engine, scope, saved.id).await;
    Ok(Saved { warning, ..saved })
}

/// Two tabs connected one account at the same time.
fn connected_meanwhile(error: storage::Error) -> Error {
    if error.is_duplicate() {
        Field::Account.problem("This account was connected meanwhile. Look at the list.").into()
    } else {
        error.into()
    }
}
