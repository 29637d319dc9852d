//! T2: what ends an operation, for good or for nothing.

use std::time::Duration;

use domain::{
    Name, PropagationId, Scope,
    audit::{AuditAction, AuditActor},
    credentials::Saved,
};
use storage::{
    credentials::{Ended, Kind, Operation},
    jobs,
};

use super::audit;
use crate::{Engine, Error};

/// How long the secret of a credential that never came to be may still arrive in Vault.
pub(super) const LATE: Duration = Duration::from_mins(2);

/// Makes `version` the one that counts, queues its deliveries and writes it into the audit log, in
/// one transaction; `None` when somebody else ended the operation.
pub(super) async fn commit(
    engine: &Engine,
    operation: &Operation,
    version: u64,
    by: AuditActor,
) -> Result<Option<Saved>, Error> {
    let version = i64::try_from(version).map_err(|_| connectors::vault::VaultError::Malformed)?;
    let saved = match transaction(engine, operation, version, by.clone(), "").await {
        Err(Error::Storage(error)) if error.is_duplicate() => {
            // The name went to somebody else while the secret was on its way. The secret counts
            // more, so it is kept under the old name.
            let kept = under_the_old_name(engine, operation).await?;
            let remark = ", kept its old name: the new one was taken";
            transaction(engine, &kept, version, by, remark).await?
        }
        saved => saved?,
    };
    if saved.is_some() {
        engine.changes.tell(operation.organization);
        engine.changes.tell_workers();
    }
    Ok(saved)
}

async fn transaction(
    engine: &Engine,
    operation: &Operation,
    version: i64,
    by: AuditActor,
    remark: &str,
) -> Result<Option<Saved>, Error> {
    let scope = Scope::of_worker(operation.organization);
    let now = engine.clock.now();
    let mut tx = engine.db.begin().await?;
    if storage::credentials::settle(&mut tx, scope, operation.id, Ended::Applied).await? == 0
        || storage::credentials::commit(&mut tx, scope, operation, version, now).await? == 0
    {
        return Ok(None);
    }
    let id = operation.credential;
    let (action, propagation, detail) = match operation.kind {
        Kind::Create => {
            (AuditAction::CredentialCreated, None, format!("version {version}{remark}"))
        }
        Kind::Update => {
            let propagation = PropagationId::new();
            let actor = &operation.actor;
            let deliveries =
                storage::propagation::start(&mut tx, scope, propagation, id, version, actor, now)
                    .await?;
            let detail = format!("version {version}, {deliveries} repositories{remark}");
            (AuditAction::CredentialUpdated, (deliveries > 0).then_some(propagation), detail)
        }
    };
    audit(engine, &mut tx, scope, by, action, &operation.name, detail).await?;
    tx.commit().await?;
    Ok(Some(Saved { id, propagation }))
}

async fn under_the_old_name(engine: &Engine, operation: &Operation) -> Result<Operation, Error> {
    let scope = Scope::of_worker(operation.organization);
    let mut kept = operation.clone();
    if let Some(existing) =
        storage::credentials::existing(&engine.db, scope, operation.credential).await?
    {
        kept.name_key = Name::parse(&existing.name)?.key();
        kept.name = existing.name;
    }
    Ok(kept)
}

/// Ends an operation whose secret never counts, and gives the credential back as it was. The
/// secret of a credential that never came to be is destroyed in case it arrives late.
pub(super) async fn abort(
    engine: &Engine,
    operation: &Operation,
    by: AuditActor,
    reason: &str,
) -> Result<(), Error> {
    let scope = Scope::of_worker(operation.organization);
    let (id, now) = (operation.credential, engine.clock.now());
    let mut tx = engine.db.begin().await?;
    if storage::credentials::settle(&mut tx, scope, operation.id, Ended::Aborted).await? == 0 {
        return Ok(());
    }
    match operation.kind {
        Kind::Create => {
            storage::credentials::remove_unborn(&mut tx, scope, id, operation.id, now).await?;
            let late = now.plus(LATE);
            jobs::queue(&mut tx, scope, jobs::Kind::Destroy, id.uuid(), "aborted", late, now)
                .await?;
        }
        Kind::Update => {
            let prior = operation.prior_state;
            storage::credentials::give_back(&mut tx, scope, id, operation.id, prior).await?;
        }
    }
    let action = AuditAction::CredentialUpdateAborted;
    audit(engine, &mut tx, scope, by, action, &operation.name, reason.to_owned()).await?;
    tx.commit().await?;
    engine.changes.tell(operation.organization);
    Ok(())
}
