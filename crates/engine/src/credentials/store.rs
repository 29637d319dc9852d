//! The write to Vault and the commit, carried to the end even when the person closes the page.

use std::time::Duration;

use domain::{Grant, Principal, Secret, ServiceError, credentials::Saved};
use storage::credentials::{Kind, Operation, OperationState, OperationStep};
use tracing::Instrument as _;

use super::{
    commit::{abort, commit},
    stage::stage,
    write::{WriteOutcome, write},
};
use crate::{
    Engine, Error,
    audit::{By, person},
    error::chain,
};

/// How long the request keeps an operation to itself; after that the recovery decides.
pub(super) const DEADLINE: Duration = Duration::from_secs(30);

/// Writes the secret of an operation that was prepared, and commits it.
pub(super) async fn to_the_end(
    engine: &Engine,
    (principal, grant): (&Principal, Grant),
    operation: Operation,
    committed: i64,
    password: Secret,
) -> Result<Saved, Error> {
    let committed = u64::try_from(committed).unwrap_or(0);
    let work = store(engine.clone(), (person(principal), grant), operation, committed, password)
        .in_current_span();
    tokio::spawn(work).await.unwrap_or_else(|panic| {
        tracing::error!(error = %panic, "failed to store a secret: its task panicked");
        Err(ServiceError::BeingChecked.into())
    })
}

async fn store(
    engine: Engine,
    (by, grant): (By, Grant),
    operation: Operation,
    committed: u64,
    password: Secret,
) -> Result<Saved, Error> {
    match write(&engine, &operation, (&by, Some(grant)), committed, password).await {
        WriteOutcome::Written(version) => match settled(&engine, &operation, version, by).await {
            Ok(Some(saved)) => Ok(saved),
            Ok(None) => too_late(&engine, &operation).await,
            Err(error) => {
                tracing::error!(error = %chain(&error), "failed to commit a stored secret; recovery will");
                Err(ServiceError::BeingChecked.into())
            }
        },
        WriteOutcome::Foreign => {
            give_up(&engine, &operation, by, "Vault holds a version that Hawser did not write")
                .await;
            let changed_by = "Somebody with access to Vault".to_owned();
            Err(ServiceError::Stale { changed_by }.into())
        }
        WriteOutcome::Missing => {
            give_up(&engine, &operation, by, "Vault does not hold the secret that counts").await;
            let why = "Vault holds nothing of this credential, whose secret was stored: it may be another Vault than before.";
            Err(ServiceError::NeedsOperator { why: why.to_owned() }.into())
        }
        WriteOutcome::Refused(error) => {
            let reason = match error {
                Error::Storage(storage::Error::NoLongerAllowed) => "the right to do it was gone",
                _ => "Vault did not take it",
            };
            give_up(&engine, &operation, by, reason).await;
            Err(error)
        }
        WriteOutcome::Unknown => Err(ServiceError::BeingChecked.into()),
    }
}

/// What makes a written secret count: the commit, or for a candidate its test.
pub(super) async fn settled(
    engine: &Engine,
    operation: &Operation,
    version: u64,
    by: impl Into<By>,
) -> Result<Option<Saved>, Error> {
    match operation.kind {
        Kind::Candidate => stage(engine, operation, version, by.into()).await,
        Kind::Create | Kind::Update | Kind::Restore | Kind::Renewal => {
            commit(engine, operation, version, by.into()).await
        }
    }
}

/// What cannot be given up now is given up by the recovery.
async fn give_up(engine: &Engine, operation: &Operation, by: By, reason: &str) {
    if let Err(error) = abort(engine, operation, by, reason).await {
        tracing::error!(error = %chain(&error), "failed to abort an operation; will retry");
    }
}

/// The recovery, or a deletion, was quicker.
async fn too_late(engine: &Engine, operation: &Operation) -> Result<Saved, Error> {
    let scope = operation.scope;
    let (credential, id) = (operation.credential, operation.id);
    match storage::credentials::standing(&engine.db, scope, credential, id).await? {
        Some(OperationState::Applied | OperationState::Open(OperationStep::Staged)) => {
            Ok(Saved { id: credential, propagation: None, warning: None })
        }
        _ if storage::credentials::existing(&engine.db, scope, credential).await?.is_none() => {
            Err(ServiceError::NotFound.into())
        }
        _ => Err(ServiceError::Unavailable { what: "Vault".to_owned() }.into()),
    }
}
