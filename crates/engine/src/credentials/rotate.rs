//! The test of a candidate at every linked repository; what the workers call.

use std::time::Duration;

use domain::{
    Cause, CredentialId, RepositoryId, ServiceError,
    audit::{AuditActor, ReadPurpose},
    credentials::SecretMaterial,
    repositories::{LinkState, RepositoryUrl},
};
use egress::{EgressProfile, Freshness};
use futures::{StreamExt, TryStreamExt};
use registries::Target;
use storage::{
    Scope,
    credentials::{OperationStep, Staged, Tested},
    jobs::{self, ClaimedJob},
    repositories::SyncTarget,
};
use token_exchange::Owner;
use vault::VaultError;

use super::{
    commit::{Commit, count},
    path,
    secret_for_use::{opened, owner, reach},
    uses::{self, ReadKind, SecretRead, Use},
};
use crate::{
    Engine, Error, circuit_breaker::login_outcome, error::chain, repositories::CommittedVersion,
};

/// Repositories that are asked at the same time.
const TOGETHER: usize = 8;
/// The longest one repository may take.
const LONGEST: Duration = Duration::from_mins(1);
/// After so many tries a failure that might have passed counts like any other.
const TRIES: i64 = 6;
/// Repositories that were linked while the test ran are tested too, so often.
const ROUNDS: u32 = 3;

/// A candidate, ready to be shown to registries.
struct Trial<'a> {
    engine: &'a Engine,
    work: &'a ClaimedJob,
    scope: Scope,
    staged: &'a Staged,
    material: SecretMaterial,
    owner: Owner,
    version: CommittedVersion,
}

impl Engine {
    /// Tests the candidate of a credential at all active links that it has not passed yet, and
    /// promotes it when it has passed them all. Answers why it is to be tried again, if it is.
    ///
    /// # Errors
    /// When Vault or the database do not answer, so that the job is tried again.
    pub(crate) async fn test_candidate(&self, work: &ClaimedJob) -> Result<Option<Cause>, Error> {
        let scope = work.scope;
        let id = CredentialId::from(work.target);
        let Some(staged) = storage::credentials::candidate(&self.db, scope, id).await? else {
            return self.end_test(work).await;
        };
        let trial = match trial(self, work, scope, &staged).await {
            Ok(trial) => trial,
            // Vault answered, and there is nothing to test: a person has to look.
            Err(Error::Vault(
                error @ (VaultError::NotFound | VaultError::Binding | VaultError::Malformed),
            )) => {
                tracing::error!(credential = %id, error = %chain(&error), "candidate version is missing in Vault");
                return self.end_test(work).await;
            }
            Err(error) => return Err(error),
        };
        let mut lines = trial.lines().await?;
        for round in 0..ROUNDS {
            let open: Vec<RepositoryId> = lines
                .iter()
                .filter(|line| is_open(line, round))
                .map(|line| line.repository)
                .collect();
            if open.is_empty() {
                break;
            }
            futures::stream::iter(open)
                .map(|repository| trial.test_repository(repository))
                .buffer_unordered(TOGETHER)
                .try_collect::<()>()
                .await?;
            lines = trial.lines().await?;
        }
        trial.conclude(&lines).await
    }

    /// The test is over; what became of it stands in its lines.
    async fn end_test(&self, work: &ClaimedJob) -> Result<Option<Cause>, Error> {
        let mut tx = self.db.begin_work(work.scope).await?;
        jobs::finish(&mut tx, jobs::Kind::Rotate, work).await?;
        tx.commit().await?;
        self.changes.tell(work.scope.organization());
        Ok(None)
    }
}

/// Whether a repository is to be asked in this round: in the first one, those whose failure may have
/// passed as well.
fn is_open(line: &Tested, round: u32) -> bool {
    line.passed.is_none() || (round == 0 && line.cause.is_some_and(Cause::may_pass))
}

async fn trial<'a>(
    engine: &'a Engine,
    work: &'a ClaimedJob,
    scope: Scope,
    staged: &'a Staged,
) -> Result<Trial<'a>, Error> {
    let id = staged.operation.credential;
    let version = u64::try_from(staged.vault_version).map_err(|_| VaultError::Malformed)?;
    let sealed = engine.vault.read(&path(scope, id), version).await?;
    let used = Use::of_hawser(ReadPurpose::RotationTest);
    uses::audit_read(engine, scope, read(staged), &used, ReadKind::Look).await?;
    if sealed.operation != staged.operation.id {
        return Err(VaultError::Binding.into());
    }
    let committed = storage::credentials::committed(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let reach = reach(engine, scope, id).await?;
    let owner = owner(scope, id, &committed, staged.vault_version, reach);
    let version = CommittedVersion {
        scope,
        credential: id,
        vault_version: staged.vault_version,
        epoch: committed.epoch,
    };
    Ok(Trial { engine, work, scope, staged, material: opened(sealed)?, owner, version })
}

/// As the audit log names the candidate.
pub(super) fn read(staged: &Staged) -> SecretRead<'_> {
    let Staged { operation, vault_version, .. } = staged;
    let (credential, version) = (operation.credential, *vault_version);
    SecretRead { credential, name: &operation.draft.name, version, remark: ", a candidate" }
}

impl Trial<'_> {
    async fn lines(&self) -> Result<Vec<Tested>, Error> {
        let operation = &self.staged.operation;
        let (db, id) = (&self.engine.db, operation.credential);
        let all = u32::MAX;
        Ok(storage::credentials::candidate_lines(db, self.scope, id, operation.id, all).await?)
    }

    /// Asks one repository and writes down how it went. One that is not linked any more does not
    /// count.
    async fn test_repository(&self, repository: RepositoryId) -> Result<(), Error> {
        let (db, id) = (&self.engine.db, self.staged.operation.credential);
        let target = storage::repositories::target(db, self.scope, repository).await?;
        let linked = target.filter(|target| {
            target
                .login
                .as_ref()
                .is_some_and(|login| login.credential == id && login.state == LinkState::Active)
        });
        let Some(target) = linked else { return Ok(()) };
        let cause =
            tokio::time::timeout(LONGEST, self.ask(&target)).await.unwrap_or(Some(Cause::Timeout));
        let (operation, now) = (self.staged.operation.id, self.engine.clock.now());
        storage::credentials::note_test(db, self.work, operation, repository, cause, now).await?;
        self.engine.changes.tell(self.work.scope.organization());
        Ok(())
    }

    /// Why the registry did not take the candidate, if it did not. A host that refused it three times
    /// is not asked again, so that no account is locked (F18).
    async fn ask(&self, target: &SyncTarget) -> Option<Cause> {
        let Ok(url) = RepositoryUrl::parse(&target.url) else { return Some(Cause::Internal) };
        let Some(pass) = self.engine.circuit_breaker.permit(self.version, &target.origin, 0).await
        else {
            return Some(Cause::InvalidCredentials);
        };
        // No host is shown it before the log says so.
        let used = Use::of_hawser(ReadPurpose::RotationTest).at(&target.origin);
        let noted =
            uses::audit_read(self.engine, self.scope, read(self.staged), &used, ReadKind::Look);
        if let Err(error) = noted.await {
            tracing::error!(error = %chain(&error), "failed to audit a read of a candidate");
            return Some(Cause::Internal);
        }
        let mut asked = self.show(target, &url).await;
        // A refused token from the cache is worth a new exchange.
        if asked == (Some(Cause::InvalidCredentials), Freshness::Cached) {
            asked = self.show(target, &url).await;
        }
        if let Some(told) = login_outcome(asked.0) {
            pass.hears(told);
        }
        asked.0
    }

    async fn show(&self, target: &SyncTarget, url: &RepositoryUrl) -> (Option<Cause>, Freshness) {
        let (engine, owner, now) = (self.engine, &self.owner, self.engine.clock.now());
        let egress = EgressProfile { ca: target.ca.clone(), proxy: target.proxy.clone() };
        let login = match engine.exchanges.login(&self.material, owner, url, &egress, now).await {
            Ok(login) => login,
            Err(failure) => return (Some(failure.cause), Freshness::Exchanged),
        };
        let asked = Target {
            url: url.clone(),
            kind: target.kind,
            login: Some(login.clone()),
            login_key: owner.key,
            chart_names: target.chart_names.clone(),
            egress,
        };
        let cause = engine.registries.prove(&asked).await.err().map(|failure| failure.cause);
        if cause == Some(Cause::InvalidCredentials) {
            engine.exchanges.refused(owner, &login);
        }
        (cause, login.freshness)
    }

    /// Promotes what passed everywhere, tries again what may pass, and leaves the rest to a person.
    async fn conclude(&self, lines: &[Tested]) -> Result<Option<Cause>, Error> {
        if lines.iter().all(|line| line.passed == Some(true)) {
            let remark =
                if lines.is_empty() { ", no repository uses it" } else { ", passed everywhere" };
            let commit = Commit {
                operation: &self.staged.operation,
                version: self.staged.vault_version,
                step: OperationStep::Staged,
                by: AuditActor::Hawser.into(),
                remark,
                job: Some(self.work),
            };
            return match count(self.engine, commit).await? {
                Some(_) => Ok(None),
                // One was linked at the last moment: the next try tests it.
                None if self.lines().await?.iter().any(|line| line.passed != Some(true)) => {
                    Ok(Some(Cause::Timeout))
                }
                None => self.engine.end_test(self.work).await,
            };
        }
        let passing = lines.iter().find_map(|line| match (line.passed, line.cause) {
            (None, _) => Some(Cause::Timeout),
            (_, cause) => cause.filter(|cause| cause.may_pass()),
        });
        match passing.filter(|_| self.work.attempts < TRIES) {
            Some(cause) => Ok(Some(cause)),
            None => self.engine.end_test(self.work).await,
        }
    }
}
