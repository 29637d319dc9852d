//! Commit: what ends an operation, whether its version counts or it is aborted.

use std::time::Duration;

use domain::{
    PropagationId, Timestamp,
    audit::{AuditAction, AuditTarget},
    counted,
    credentials::Saved,
};
use storage::{
    Scope, Tx,
    credentials::{Kind, Operation, OperationEnd, OperationStep},
    gitops::Touched,
    jobs,
    propagation::Start,
};

use crate::{
    Engine, Error,
    again::again,
    audit::{self, By},
    destinations::{When, touch},
};

/// How long the secret of a credential that never came to be may still arrive in Vault.
pub(super) const LATE: Duration = Duration::from_mins(2);

/// A version that is to count from now on.
pub(super) struct Commit<'a> {
    pub(super) operation: &'a Operation,
    pub(super) version: i64,
    /// How far the operation must have come.
    pub(super) step: OperationStep,
    pub(super) by: By,
    /// Added to the line of the audit log.
    pub(super) remark: &'a str,
    /// The test that ends with it, which must still be ours and have been passed by every link.
    pub(super) job: Option<&'a jobs::ClaimedJob>,
}

/// Makes `version` the one that counts, queues its deliveries and writes it into the audit log, in
/// one transaction; `None` when somebody else ended the operation, or its test is not over.
pub(super) async fn commit(
    engine: &Engine,
    operation: &Operation,
    version: u64,
    by: By,
) -> Result<Option<Saved>, Error> {
    let version = i64::try_from(version).map_err(|_| vault::VaultError::Malformed)?;
    let step = OperationStep::Intent;
    count(engine, Commit { operation, version, step, by, remark: "", job: None }).await
}

/// As [`commit`], whatever the operation waits for.
pub(super) async fn count(engine: &Engine, commit: Commit<'_>) -> Result<Option<Saved>, Error> {
    let operation = commit.operation;
    let saved = match again(|| transaction(engine, &commit)).await {
        Err(Error::Storage(error)) if error.is_duplicate() => {
            // The name went to somebody else while the secret was on its way. The secret counts
            // more, so it is kept under the old name.
            let kept = under_the_old_name(engine, operation).await?;
            let remark = format!("{}, kept its old name: the new one was taken", commit.remark);
            let commit = Commit { operation: &kept, remark: &remark, ..commit };
            again(|| transaction(engine, &commit)).await?
        }
        saved => saved?,
    };
    if saved.is_some() {
        engine.registries.evict(operation.credential);
        engine.exchanges.evict(operation.credential);
        engine.changes.tell(operation.scope.organization());
        engine.changes.tell_workers();
    }
    Ok(saved)
}

async fn transaction(engine: &Engine, commit: &Commit<'_>) -> Result<Option<Saved>, Error> {
    let Commit { operation, version, step, .. } = *commit;
    let scope = operation.scope;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_work(scope).await?;
    let ended = OperationEnd::Applied(version);
    if storage::credentials::settle(&mut tx, scope, operation.id, step, ended, now).await? == 0
        || storage::credentials::commit(&mut tx, scope, operation, version, now).await? == 0
    {
        return Ok(None);
    }
    let id = operation.credential;
    if operation.draft.shape.is_connected() {
        // Whoever makes new tokens count, the recovery too: it is the old ones that GitHub refused.
        storage::gitops::git_accounts::mark_working(&mut tx, scope, id).await?;
    }
    let (propagation, reached) = match operation.kind {
        Kind::Create | Kind::Renewal => (None, String::new()),
        Kind::Update | Kind::Restore | Kind::Candidate => {
            deliver(&mut tx, scope, operation, version, now).await?
        }
    };
    // The credential is held now: a repository that was linked since the test has to pass it too.
    if let Some(job) = commit.job
        && (storage::credentials::is_untested(&mut tx, scope, id, operation.id).await?
            || !jobs::finish(&mut tx, jobs::Kind::Rotate, job).await?)
    {
        return Ok(None);
    }
    let action = match operation.kind {
        Kind::Renewal => AuditAction::GitConnectionRenewed,
        // Nobody types these, so a new one comes of connecting the account.
        _ if operation.draft.shape.is_connected() => AuditAction::GitConnected,
        Kind::Create => AuditAction::CredentialCreated,
        Kind::Update => AuditAction::CredentialUpdated,
        Kind::Restore => AuditAction::CredentialRolledBack,
        Kind::Candidate => AuditAction::CandidatePromoted,
    };
    let detail = format!("version {version}{reached}{}", commit.remark);
    storage::credentials::stamp(&mut tx, scope, id).await?;
    let told = (AuditTarget::Credential(id), operation.draft.name.as_str(), detail);
    audit::record(&mut tx, commit.by.clone(), scope, now, action, told).await?;
    tx.commit().await?;
    Ok(Some(Saved { id, propagation, warning: None }))
}

/// Queues the deliveries of a new version, to repositories and to the places that hold it; a pause
/// after refusals was about the old one. Answers where it goes, for the audit log.
async fn deliver(
    tx: &mut Tx,
    scope: Scope,
    operation: &Operation,
    version: i64,
    now: Timestamp,
) -> Result<(Option<PropagationId>, String), Error> {
    let (propagation, id) = (PropagationId::new(), operation.credential);
    let affected = touch(tx, scope, Touched::Credential(id), When::AtOnce, now).await?;
    let places: Vec<_> = affected.places().collect();
    let start = Start {
        propagation,
        credential: id,
        vault_version: version,
        by: &operation.actor,
        places: &places,
    };
    let deliveries = storage::propagation::start(tx, scope, &start, now).await?;
    storage::circuit_breaker::clear(tx, scope, id).await?;
    let repositories = counted(deliveries, "repository", "repositories");
    let reached = match places.len() {
        0 => format!(", {repositories}"),
        places => {
            let places = counted(places, "Git target or cluster", "Git targets and clusters");
            format!(", {repositories}, {places}")
        }
    };
    Ok(((deliveries > 0 || !places.is_empty()).then_some(propagation), reached))
}

async fn under_the_old_name(engine: &Engine, operation: &Operation) -> Result<Operation, Error> {
    let scope = operation.scope;
    let mut kept = operation.clone();
    if let Some(existing) =
        storage::credentials::existing(&engine.db, scope, operation.credential).await?
    {
        kept.draft.name_key = existing.draft.name_key;
        kept.draft.name = existing.draft.name;
    }
    Ok(kept)
}

/// Ends an operation whose secret never counts, and gives the credential back as it was. What
/// it wrote, or its credential that never came to be, is destroyed later, in case it arrives late.
pub(super) async fn abort(
    engine: &Engine,
    operation: &Operation,
    by: impl Into<By>,
    reason: &str,
) -> Result<(), Error> {
    let by = by.into();
    again(|| take_back(engine, operation, &by, reason)).await
}

async fn take_back(
    engine: &Engine,
    operation: &Operation,
    by: &By,
    reason: &str,
) -> Result<(), Error> {
    let scope = operation.scope;
    let (id, now) = (operation.credential, engine.clock.now());
    let mut tx = engine.db.begin_work(scope).await?;
    let (step, ended) = (OperationStep::Intent, OperationEnd::Aborted);
    if storage::credentials::settle(&mut tx, scope, operation.id, step, ended, now).await? == 0 {
        return Ok(());
    }
    if operation.kind == Kind::Create {
        storage::credentials::remove_unborn(&mut tx, scope, id, operation.id, now).await?;
        storage::gitops::git_accounts::remove(&mut tx, scope, id).await?;
        let late = now.plus(LATE);
        jobs::queue(&mut tx, scope, jobs::Kind::Destroy, id.uuid(), "aborted", late, now).await?;
        storage::credentials::stamp(&mut tx, scope, id).await?;
    } else {
        let prior = operation.prior_state;
        storage::credentials::give_back(&mut tx, scope, id, operation.id, prior).await?;
        let (late, target) = (now.plus(LATE), operation.id.uuid());
        jobs::queue(&mut tx, scope, jobs::Kind::Destroy, target, "aborted", late, now).await?;
    }
    let action = AuditAction::CredentialUpdateAborted;
    let told =
        (AuditTarget::Credential(operation.credential), operation.draft.name.as_str(), reason);
    audit::record(&mut tx, by.clone(), scope, now, action, told).await?;
    tx.commit().await?;
    engine.changes.tell(operation.scope.organization());
    Ok(())
}
