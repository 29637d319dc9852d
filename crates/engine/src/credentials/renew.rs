//! Renewing the tokens of a connected account: the same three steps as any other write, taken by one
//! of all replicas, and without deliveries, because the tokens open the same as before.

use std::time::Duration;

use domain::{
    CredentialId, OperationId, Secret, ServiceError, audit::AuditActor,
    credentials::CredentialState,
};
use storage::{
    Scope,
    credentials::{CredentialDraft, Kind, Operation},
};

use super::{
    commit::abort,
    store::{self, settled},
    write::{WriteOutcome, write},
};
use crate::{Engine, Error, error::chain, random};

/// Between two looks at what another replica renews.
pub(crate) const PAUSE: Duration = Duration::from_millis(250);
/// How long Vault is tried with tokens that cannot be had a second time. Together with the question
/// to GitHub it stays below the deadline after which the recovery decides.
const PATIENCE: Duration = Duration::from_secs(18);

/// Whose turn it is to renew.
pub(crate) enum Turn {
    /// Ours: nobody else renews until the operation ends.
    Ours(Box<Operation>),
    /// A newer version counts already.
    Newer,
    /// Somebody is writing a version right now.
    Busy,
}

/// Prepare: takes the credential for a renewal of the version that was `seen`. The row version lets
/// exactly one of all replicas go on.
pub(crate) async fn take_turn(
    engine: &Engine,
    scope: Scope,
    id: CredentialId,
    seen: i64,
) -> Result<Turn, Error> {
    let existing = storage::credentials::existing(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    if existing.vault_version != seen {
        return Ok(Turn::Newer);
    }
    if existing.state != CredentialState::Active {
        return Ok(Turn::Busy);
    }
    let operation = Operation {
        scope,
        id: OperationId::new(),
        credential: id,
        kind: Kind::Renewal,
        prior_state: existing.state,
        draft: CredentialDraft {
            // The tokens are not known yet, and will be like no others.
            fingerprint: hex::encode(random::bytes::<8>()),
            expires_at: None,
            ..existing.draft
        },
        changed: "renewed".to_owned(),
        actor: "Hawser".to_owned(),
    };
    let now = engine.clock.now();
    let mut tx = engine.db.begin_work(scope).await?;
    let row_version = existing.row_version;
    if storage::credentials::take(&mut tx, scope, id, row_version, operation.id).await? == 0 {
        return Ok(Turn::Busy);
    }
    let deadline = now.plus(store::DEADLINE);
    storage::credentials::begin(&mut tx, scope, &operation, now, deadline).await?;
    tx.commit().await?;
    Ok(Turn::Ours(Box::new(operation)))
}

/// What became of renewed tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RenewalResult {
    /// They count, or the recovery makes them count.
    Yes,
    /// They may lie in Vault; the recovery decides.
    Unknown,
    /// They do not and never will: the credential was deleted, or Vault did not take them.
    No,
}

/// Writes to Vault and commits. Tokens that Vault does not take are lost, so it is asked for longer than usual.
pub(crate) async fn store_renewed(
    engine: &Engine,
    operation: &Operation,
    committed: i64,
    secret: &Secret,
) -> Result<RenewalResult, Error> {
    let committed = u64::try_from(committed).unwrap_or(0);
    let by = AuditActor::Hawser.into();
    let trying = async {
        loop {
            match write(engine, operation, (&by, None), committed, secret.clone()).await {
                WriteOutcome::Refused(Error::Vault(error)) if error.may_pass() => {
                    tokio::time::sleep(PAUSE).await;
                }
                outcome => return outcome,
            }
        }
    };
    let outcome = tokio::time::timeout(PATIENCE, trying).await;
    match outcome {
        Ok(WriteOutcome::Written(version)) => {
            match settled(engine, operation, version, AuditActor::Hawser).await {
                Ok(Some(_)) => Ok(RenewalResult::Yes),
                Ok(None) => overtaken(engine, operation).await,
                Err(error) => {
                    tracing::error!(error = %chain(&error), "failed to commit renewed tokens; recovery will");
                    Ok(RenewalResult::Unknown)
                }
            }
        }
        Ok(WriteOutcome::Unknown) | Err(_) => Ok(RenewalResult::Unknown),
        Ok(WriteOutcome::Foreign | WriteOutcome::Missing | WriteOutcome::Refused(_)) => {
            give_up(engine, operation, "Vault did not take the renewed tokens").await;
            Ok(RenewalResult::No)
        }
    }
}

/// Gives the credential back as it was. What cannot be given up now is given up by the recovery.
pub(crate) async fn give_up(engine: &Engine, operation: &Operation, reason: &str) {
    if let Err(error) = abort(engine, operation, AuditActor::Hawser, reason).await {
        tracing::error!(error = %chain(&error), "failed to abort a renewal; will retry");
    }
}

/// The recovery was quicker, or the credential was deleted.
async fn overtaken(engine: &Engine, operation: &Operation) -> Result<RenewalResult, Error> {
    let scope = operation.scope;
    let (credential, id) = (operation.credential, operation.id);
    let standing = storage::credentials::standing(&engine.db, scope, credential, id).await?;
    Ok(match standing {
        Some(storage::credentials::OperationState::Applied) => RenewalResult::Yes,
        _ => RenewalResult::No,
    })
}
