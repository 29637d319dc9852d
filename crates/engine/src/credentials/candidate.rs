//! What a person does with a candidate: looks at it, promotes it, discards it.

use std::time::Duration;

use domain::{
    Action, CredentialId, Field, Grant, Principal, ServiceError,
    access::parse_id,
    audit::{AuditAction, AuditTarget, ReadPurpose},
    credentials::{Candidate, CandidateLine, CandidateState, Saved, VersionRef},
};
use storage::{
    Scope,
    credentials::{OperationEnd, OperationStep, Staged},
    jobs,
};
use vault::VaultError;

use super::{
    commit::{Commit, count},
    path,
    rotate::read,
    stale,
    uses::{self, ReadKind, Use},
};
use crate::{
    Engine, Error,
    audit::{self, allowed, person},
    error::chain,
};

/// When a job destroys a discarded candidate that Vault did not destroy at once.
const AGAIN: Duration = Duration::from_mins(1);
/// The lines a page shows, the refused ones first.
const LINES: u32 = 200;

pub(super) async fn look(
    engine: &Engine,
    scope: Scope,
    id: CredentialId,
) -> Result<Option<Candidate>, Error> {
    let Some(staged) = storage::credentials::candidate(&engine.db, scope, id).await? else {
        return Ok(None);
    };
    let operation = staged.operation.id;
    // Asked first: when the test is over, every line is written.
    let testing = storage::credentials::is_testing(&engine.db, scope, id).await?;
    let lines =
        storage::credentials::candidate_lines(&engine.db, scope, id, operation, LINES).await?;
    Ok(Some(Candidate {
        vault_version: staged.vault_version,
        at: staged.at,
        by: staged.operation.actor,
        state: if testing { CandidateState::Testing } else { CandidateState::Refused },
        lines: lines
            .into_iter()
            .map(|line| CandidateLine {
                repository: line.repository,
                name: line.name,
                passed: line.passed,
                cause: line.cause,
            })
            .collect(),
    }))
}

/// Makes the candidate the version that counts, whatever its test says. It must still lie in Vault.
pub(super) async fn promote(
    engine: &Engine,
    principal: &Principal,
    form: &VersionRef,
) -> Result<Saved, Error> {
    let grant =
        allowed(engine, principal, Action::ManageCredentials, "promote a candidate").await?;
    let scope = Scope::of(&grant);
    let staged = named(engine, scope, form).await?;
    is_there(engine, principal, grant, &staged).await?;
    let commit = Commit {
        operation: &staged.operation,
        version: staged.vault_version,
        step: OperationStep::Staged,
        by: person(principal),
        remark: ", by hand",
        job: None,
    };
    count(engine, commit).await?.ok_or_else(|| stale("Somebody else".to_owned()))
}

/// Whether Vault holds the candidate, as the operation wrote it.
pub(super) async fn is_there(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    staged: &Staged,
) -> Result<(), Error> {
    let version = u64::try_from(staged.vault_version).map_err(|_| VaultError::Malformed)?;
    let sealed =
        engine.vault.read(&path(Scope::of(&grant), staged.operation.credential), version).await;
    if !matches!(sealed, Err(VaultError::NotFound)) {
        let used = Use::of(principal, grant, ReadPurpose::Promotion);
        uses::audit_read(engine, Scope::of(&grant), read(staged), &used, ReadKind::Look).await?;
    }
    match sealed {
        Ok(sealed) if sealed.operation == staged.operation.id => Ok(()),
        Ok(_) | Err(VaultError::NotFound) => Err(Field::Credential
            .problem("Vault does not hold this candidate any more. Discard it and store it again.")
            .into()),
        Err(error) => Err(error.into()),
    }
}

/// Tests a candidate once more where it was refused, for what is wrong may have been the registry's.
/// The circuit breaker of a host that refused it three times stays closed for its while (F18).
pub(super) async fn test_again(
    engine: &Engine,
    principal: &Principal,
    form: &VersionRef,
) -> Result<Saved, Error> {
    let grant = allowed(engine, principal, Action::ManageCredentials, "test a candidate").await?;
    let scope = Scope::of(&grant);
    engine.limits.connection_test(principal.user)?;
    let staged = named(engine, scope, form).await?;
    let (operation, now) = (&staged.operation, engine.clock.now());
    let id = operation.credential;
    let mut tx = engine.db.begin_as(&grant).await?;
    if storage::credentials::lock_operation(&mut tx, scope, id, operation.id).await? == 0 {
        return Err(stale("Somebody else".to_owned()));
    }
    storage::credentials::test_again(&mut tx, scope, operation.id).await?;
    jobs::queue(&mut tx, scope, jobs::Kind::Rotate, id.uuid(), "again", now, now).await?;
    let (action, detail) =
        (AuditAction::ConnectionTested, format!("version {} again", staged.vault_version));
    let told = (AuditTarget::Credential(id), operation.draft.name.as_str(), detail);
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    engine.changes.tell_workers();
    Ok(Saved { id, propagation: None, warning: None })
}

/// Ends the candidate; the version that counts stays. SQL comes first: what it has given up is never
/// used. A job sees to it that Vault destroys it, even when it does not answer now.
pub(super) async fn discard(
    engine: &Engine,
    principal: &Principal,
    form: &VersionRef,
) -> Result<Saved, Error> {
    let grant =
        allowed(engine, principal, Action::ManageCredentials, "discard a candidate").await?;
    let scope = Scope::of(&grant);
    let staged = named(engine, scope, form).await?;
    let (operation, now) = (&staged.operation, engine.clock.now());
    let (id, prior) = (operation.credential, operation.prior_state);
    let mut tx = engine.db.begin_as(&grant).await?;
    let (step, ended) = (OperationStep::Staged, OperationEnd::Aborted);
    if storage::credentials::settle(&mut tx, scope, operation.id, step, ended, now).await? == 0
        || storage::credentials::give_back(&mut tx, scope, id, operation.id, prior).await? == 0
    {
        return Err(stale("Somebody else".to_owned()));
    }
    let later = now.plus(AGAIN);
    let target = operation.id.uuid();
    jobs::queue(&mut tx, scope, jobs::Kind::Destroy, target, "discarded", later, now).await?;
    let (action, detail) =
        (AuditAction::CandidateDiscarded, format!("version {}", staged.vault_version));
    let told = (AuditTarget::Credential(id), operation.draft.name.as_str(), detail);
    audit::record(&mut tx, person(principal), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    destroy(engine, scope, &staged).await;
    Ok(Saved { id, propagation: None, warning: None })
}

async fn destroy(engine: &Engine, scope: Scope, staged: &Staged) {
    let id = staged.operation.credential;
    engine.registries.evict(id);
    engine.exchanges.evict(id);
    let version = u64::try_from(staged.vault_version).unwrap_or_default();
    if let Err(error) = engine.vault.destroy_version(&path(scope, id), version).await {
        tracing::warn!(
            credential = %id,
            version,
            error = %chain(&error),
            "failed to destroy a discarded candidate; a job will"
        );
    }
}

/// The candidate that the form names, if the person saw the credential as it is now.
async fn named(engine: &Engine, scope: Scope, form: &VersionRef) -> Result<Staged, Error> {
    let id: CredentialId = parse_id(Field::Credential, &form.credential)?;
    let existing = storage::credentials::existing(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let staged = storage::credentials::candidate(&engine.db, scope, id).await?;
    staged
        .filter(|staged| {
            form.row_version == existing.row_version.to_string()
                && form.vault_version == staged.vault_version.to_string()
        })
        .ok_or_else(|| stale(existing.changed_by))
}
