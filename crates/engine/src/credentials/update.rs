//! Changing what a credential is made of.

use domain::{
    Action, AuthMethod, Field, Grant, OperationId, Principal, Secret, ServiceError,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    credentials::{
        CredentialChange, CredentialState, ExpirySource, Parameters, SaveMode, Saved,
        UpdateCredential, material,
    },
};
use storage::{
    Scope,
    credentials::{Existing, Kind, Operation},
};
use vault::VaultError;

use super::{
    content::Content,
    is_under_way, overtaken, path, stale, store,
    uses::{self, ReadKind, SecretRead, Use},
};
use crate::{
    Engine, Error,
    again::again,
    audit::{self, allowed, person},
};

pub(super) async fn update(
    engine: &Engine,
    principal: &Principal,
    form: UpdateCredential,
) -> Result<Saved, Error> {
    let grant =
        allowed(engine, principal, Action::ManageCredentials, "change a credential").await?;
    let scope = Scope::of(&grant);
    let change = form.clone().parse()?;
    let existing = storage::credentials::existing(&engine.db, scope, change.credential)
        .await?
        .ok_or(ServiceError::NotFound)?;
    is_settled(&existing, change.row_version)?;
    let Some(password) = password(engine, principal, grant, &change, &existing).await? else {
        return Ok(Saved { id: change.credential, propagation: None, warning: None });
    };
    is_typed(&existing)?;
    let shape = change.shape.unwrap_or(existing.draft.shape);
    let (material, parameters) = material(
        existing.provider,
        shape.as_str(),
        &username(&change, &existing, shape),
        password,
        change.parameters.clone(),
    );
    let material = material.map_err(ServiceError::Invalid)?;
    form.confirmed(existing.provider, existing.draft.shape)?;
    let content = Content::new(engine, existing.provider, &material, parameters)?;
    let kind = match (change.mode, existing.state) {
        // Nothing is in use that a candidate could be tested beside.
        (SaveMode::AtOnce, _) | (_, CredentialState::Lost) => Kind::Update,
        (SaveMode::Candidate, _) => Kind::Candidate,
    };
    let warning = forgotten_day(&existing, &content);
    let changed = content.changed(&existing);
    let (draft, secret) = content.of_existing(&existing);
    let operation = Operation {
        scope,
        id: OperationId::new(),
        credential: change.credential,
        kind,
        prior_state: existing.state,
        draft,
        changed,
        actor: principal.name.clone(),
    };
    intend(engine, principal, grant, &operation, &existing).await?;
    let saved =
        store::to_the_end(engine, (principal, grant), operation, existing.vault_version, secret)
            .await?;
    Ok(Saved { warning, ..saved })
}

/// Refuses a change of what somebody else changed, or of what is being changed.
pub(super) fn is_settled(existing: &Existing, row_version: i64) -> Result<(), Error> {
    let settled = matches!(existing.state, CredentialState::Active | CredentialState::Lost);
    if existing.row_version == row_version && is_under_way(existing) {
        return Err(ServiceError::UnderWay.into());
    }
    if existing.row_version == row_version && existing.state == CredentialState::Rotating {
        let message =
            "Another new secret is already waiting. Promote or discard it, then save again.";
        return Err(Field::Password.problem(message).into());
    }
    if existing.row_version != row_version || !settled {
        return Err(stale(existing.changed_by.clone()));
    }
    Ok(())
}

/// Refuses to change by hand what comes of connecting an account: GitHub's tokens work once, and are
/// revoked there when the account is disconnected.
pub(super) fn is_typed(existing: &Existing) -> Result<(), Error> {
    if existing.draft.shape.is_connected() {
        let message =
            "This is a connected account. Connect it again to renew it, or disconnect it.";
        return Err(Field::Password.problem(message).into());
    }
    Ok(())
}

/// Prepare: takes the credential and writes the intent down. The row version and the open operation
/// let exactly one of two people go on (I-04).
pub(super) async fn intend(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    operation: &Operation,
    existing: &Existing,
) -> Result<(), Error> {
    again(|| write_down(engine, principal, grant, operation, existing)).await
}

async fn write_down(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    operation: &Operation,
    existing: &Existing,
) -> Result<(), Error> {
    let scope = Scope::of(&grant);
    let now = engine.clock.now();
    let (id, version) = (operation.credential, existing.row_version);
    let mut tx = engine.db.begin_as(&grant).await?;
    if storage::credentials::take(&mut tx, scope, id, version, operation.id).await? == 0 {
        drop(tx);
        return Err(overtaken(engine, scope, operation.credential).await?);
    }
    let deadline = now.plus(store::DEADLINE);
    storage::credentials::begin(&mut tx, scope, operation, now, deadline).await?;
    let action = AuditAction::CredentialUpdateRequested;
    let detail = operation.changed.clone();
    let told =
        (AuditTarget::Credential(operation.credential), existing.draft.name.as_str(), detail);
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    Ok(tx.commit().await?)
}

/// What a version is to be made of besides the public fields; `None` when nothing of it changes.
async fn password(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    change: &CredentialChange,
    existing: &Existing,
) -> Result<Option<Secret>, Error> {
    let shape = change.shape.unwrap_or(existing.draft.shape);
    if shape.is_ambient() {
        let same = shape == existing.draft.shape && !is_reshaped(change, existing);
        return Ok((!same).then(Secret::default));
    }
    if let Some(password) = &change.password {
        return Ok(Some(password.clone()));
    }
    if shape != existing.draft.shape {
        let message = "Another way to authenticate needs its own password, token or key.";
        return Err(Field::Password.problem(message).into());
    }
    if is_reshaped(change, existing) {
        return stored(engine, principal, grant, change, existing).await.map(Some);
    }
    Ok(None)
}

/// Whether the public fields of the content differ from what is stored.
fn is_reshaped(change: &CredentialChange, existing: &Existing) -> bool {
    let parameters: Parameters = change.parameters.clone().of(existing.draft.shape);
    parameters != existing.draft.parameters
        || username(change, existing, existing.draft.shape) != existing.draft.username
}

/// The user name that the form means. An auth method without that field has it from its key; a provider
/// that fixes the user name fills in an empty one, as when the credential was made.
fn username(change: &CredentialChange, existing: &Existing, shape: AuthMethod) -> String {
    let has_field = shape.facts().fields.iter().any(|known| known.field == Field::Username);
    match (has_field, change.username.as_str()) {
        (false, _) if shape == existing.draft.shape => existing.draft.username.clone(),
        (false, _) => String::new(),
        (true, "") if shape == AuthMethod::Password => {
            existing.provider.facts().fixed_username.to_owned()
        }
        (true, typed) => typed.to_owned(),
    }
}

/// A day that was typed for the old secret goes with it; somebody has to type the new one.
fn forgotten_day(existing: &Existing, content: &Content) -> Option<String> {
    let (at, source) = existing.placed.expires?;
    let forgotten = source == ExpirySource::Typed
        && content.is_new_secret(existing)
        && content.expires_at.is_none();
    forgotten.then(|| {
        format!("Set the expiry date of the new secret: {} was set for the old one.", at.day())
    })
}

/// The password of the version that counts, to be stored again beside other public fields.
async fn stored(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    change: &CredentialChange,
    existing: &Existing,
) -> Result<Secret, Error> {
    let version = u64::try_from(existing.vault_version).ok().filter(|version| *version > 0);
    let sealed = match version {
        Some(version) => {
            engine.vault.read(&path(Scope::of(&grant), change.credential), version).await
        }
        None => Err(VaultError::NotFound),
    };
    match sealed {
        Ok(sealed) => {
            let (credential, version) = (change.credential, existing.vault_version);
            let remark = ", to store it with other fields";
            let read = SecretRead { credential, name: &existing.draft.name, version, remark };
            let used = Use::of(principal, grant, ReadPurpose::Update);
            uses::audit_read(engine, Scope::of(&grant), read, &used, ReadKind::Look).await?;
            Ok(sealed.password)
        }
        Err(VaultError::NotFound) => Err(Field::Password
            .problem("Vault does not hold the password any more. Type it again.")
            .into()),
        Err(error) => Err(error.into()),
    }
}
