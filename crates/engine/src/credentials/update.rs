//! Changing a credential.

use connectors::vault::VaultError;
use domain::{
    Action, Actor, Field, OperationId, Scope, Secret, ServiceError,
    audit::AuditAction,
    credentials::{CredentialChange, CredentialState, Saved, UpdateCredential},
};
use storage::credentials::{Description, Existing, Kind, Operation};

use super::{audit, fingerprint, name_taken, path, person, store, taken};
use crate::{
    Engine, Error,
    audit::{allowed, note},
};

pub(super) async fn update(
    engine: &Engine,
    actor: &Actor,
    form: UpdateCredential,
) -> Result<Saved, Error> {
    let scope = allowed(engine, actor, Action::ManageCredentials, "change a credential").await?;
    let change = form.parse()?;
    let existing = storage::credentials::existing(&engine.db, scope, change.credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let settled = matches!(existing.state, CredentialState::Active | CredentialState::Lost);
    if existing.row_version != change.row_version || !settled {
        return Err(stale(existing.changed_by));
    }
    let name_key = change.name.key();
    if storage::credentials::name_is_taken(&engine.db, scope, &name_key, change.credential).await? {
        return Err(taken().into());
    }
    let username = username(&change, &existing);
    if change.password.is_none() && username == existing.username {
        return describe(engine, actor, scope, &change, &existing).await;
    }
    let password = match &change.password {
        Some(password) => password.clone(),
        None => stored(engine, actor, scope, &change, &existing).await?,
    };
    let operation = Operation {
        organization: scope.organization(),
        id: OperationId::new(),
        credential: change.credential,
        kind: Kind::Update,
        prior_state: existing.state,
        name: change.name.to_string(),
        name_key,
        description: change.description.to_string(),
        username,
        fingerprint: fingerprint(engine, &password)?,
        actor: actor.name.clone(),
    };
    intend(engine, actor, scope, &operation, &existing).await?;
    store::to_the_end(engine, operation, existing.vault_version, password).await
}

/// T1: takes the credential and writes the intent down. The row version and the open operation
/// let exactly one of two people go on (I-04).
async fn intend(
    engine: &Engine,
    actor: &Actor,
    scope: Scope,
    operation: &Operation,
    existing: &Existing,
) -> Result<(), Error> {
    let now = engine.clock.now();
    let (id, version) = (operation.credential, existing.row_version);
    let mut tx = engine.db.begin().await?;
    if storage::credentials::take(&mut tx, scope, id, version, operation.id).await? == 0 {
        drop(tx);
        return Err(overtaken(engine, scope, operation.credential).await?);
    }
    let deadline = now.plus(store::DEADLINE);
    storage::credentials::begin(&mut tx, scope, operation, now, deadline).await?;
    let detail = match (
        operation.username == existing.username,
        operation.fingerprint == existing.fingerprint,
    ) {
        (true, true) => "the same secret again",
        (true, false) => "new secret",
        (false, true) => "new user name",
        (false, false) => "new user name and secret",
    };
    let action = AuditAction::CredentialUpdateRequested;
    audit(engine, &mut tx, scope, person(actor), action, &existing.name, detail.to_owned()).await?;
    Ok(tx.commit().await?)
}

/// Name and remark lie in SQL alone, so one statement changes them and no registry hears of it.
async fn describe(
    engine: &Engine,
    actor: &Actor,
    scope: Scope,
    change: &CredentialChange,
    existing: &Existing,
) -> Result<Saved, Error> {
    let id = change.credential;
    let saved = Saved { id, propagation: None };
    let (name, description) = (change.name.as_str(), change.description.as_str());
    if name == existing.name && description == existing.description {
        return Ok(saved);
    }
    let new = Description { name, name_key: &change.name.key(), description, actor: &actor.name };
    let (version, now) = (change.row_version, engine.clock.now());
    let mut tx = engine.db.begin().await?;
    let changed = storage::credentials::describe(&mut tx, scope, id, version, &new, now).await;
    if changed.map_err(name_taken)? == 0 {
        drop(tx);
        return Err(overtaken(engine, scope, id).await?);
    }
    let detail =
        if name == existing.name { String::new() } else { format!("name was {}", existing.name) };
    let action = AuditAction::CredentialDescribed;
    audit(engine, &mut tx, scope, person(actor), action, name, detail).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(saved)
}

/// A provider that fixes the user name fills in an empty one, as when the credential was made.
fn username(change: &CredentialChange, existing: &Existing) -> String {
    let typed = change.username.as_str();
    if typed.is_empty() {
        existing.provider.facts().fixed_username.to_owned()
    } else {
        typed.to_owned()
    }
}

/// The password of the version that counts, to be stored again beside a new user name.
async fn stored(
    engine: &Engine,
    actor: &Actor,
    scope: Scope,
    change: &CredentialChange,
    existing: &Existing,
) -> Result<Secret, Error> {
    let version = u64::try_from(existing.vault_version).ok().filter(|version| *version > 0);
    let sealed = match version {
        Some(version) => engine.vault.read(&path(scope, change.credential), version).await,
        None => Err(VaultError::NotFound),
    };
    match sealed {
        Ok(sealed) => {
            let detail = format!("version {}, for its new user name", existing.vault_version);
            note(engine, actor, AuditAction::SecretRead, &existing.name, &detail).await?;
            Ok(sealed.password)
        }
        Err(VaultError::NotFound) => Err(Field::Password
            .problem("Vault does not hold the password any more. Type it again.")
            .into()),
        Err(error) => Err(error.into()),
    }
}

async fn overtaken(
    engine: &Engine,
    scope: Scope,
    id: domain::CredentialId,
) -> Result<Error, Error> {
    let existing = storage::credentials::existing(&engine.db, scope, id).await?;
    Ok(existing
        .map_or_else(|| ServiceError::NotFound.into(), |existing| stale(existing.changed_by)))
}

fn stale(changed_by: String) -> Error {
    ServiceError::Stale { changed_by }.into()
}
