//! Changing what a credential is called, and what people note about it.

use domain::{
    Action, Principal, ServiceError,
    audit::{AuditAction, AuditTarget},
    credentials::{DescribeCredential, Saved},
};
use storage::{Scope, credentials::CredentialDraft, gitops::Touched};

use super::{overtaken, place, update::is_settled};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    destinations::{When, touch},
    error::{name_taken, taken},
};

/// Name and remarks lie in SQL alone, so one statement changes them.
pub(super) async fn describe(
    engine: &Engine,
    principal: &Principal,
    form: DescribeCredential,
) -> Result<Saved, Error> {
    let grant =
        allowed(engine, principal, Action::ManageCredentials, "change a credential").await?;
    let scope = Scope::of(&grant);
    let told = form.parse()?;
    let id = told.credential;
    let existing = storage::credentials::existing(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    is_settled(&existing, told.row_version)?;
    let saved = Saved { id, propagation: None, warning: None };
    let name = told.name.as_str();
    let is_renamed = name != existing.draft.name;
    if !is_renamed && told.remarks == existing.draft.remarks {
        return Ok(saved);
    }
    if storage::credentials::name_is_taken(&engine.db, scope, &told.name.key(), id).await? {
        return Err(taken().into());
    }
    let new = CredentialDraft {
        name: name.to_owned(),
        name_key: told.name.key(),
        remarks: told.remarks.clone(),
        ..existing.draft.clone()
    };
    let (version, now) = (told.row_version, engine.clock.now());
    let mut tx = engine.db.begin_as(&grant).await?;
    let changed =
        storage::credentials::describe(&mut tx, scope, id, version, &new, (&principal.name, now))
            .await;
    if changed.map_err(name_taken)? == 0 {
        drop(tx);
        return Err(overtaken(engine, scope, id).await?);
    }
    let detail =
        if is_renamed { format!("name was {}", existing.draft.name) } else { String::new() };
    storage::credentials::stamp(&mut tx, scope, id).await?;
    // Objects are named after credentials.
    if is_renamed {
        touch(&mut tx, scope, Touched::Credential(id), When::Settled, now).await?;
    }
    let action = AuditAction::CredentialDescribed;
    let told = (AuditTarget::Credential(id), name, detail);
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    // Names decide between patterns that match alike.
    if is_renamed && !existing.placed.pattern.is_empty() {
        place::match_again(engine, scope).await;
    }
    Ok(saved)
}
