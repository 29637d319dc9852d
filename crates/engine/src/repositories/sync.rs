//! One try to read a repository.

use std::time::Duration;

use domain::{
    Cause, CredentialId, RepositoryId, Timestamp,
    audit::ReadPurpose,
    charts::FoundVersion,
    connection_tests::Quota,
    repositories::{LinkState, RepositoryKind, SyncTrigger},
};
use storage::{
    Scope,
    repositories::{SyncOutcome, SyncTarget},
};
use tokio::time::Instant;

use super::{
    Logins, ResultBatch,
    ask::RegistryAnswer,
    automatic::{Followed, follow},
    login::CommittedVersion,
    outcome::{SyncEnd, left_alone_until, next_sync, outcome},
};
use crate::{Engine, Error, circuit_breaker::LoginObservation, credentials::Use};

/// How often a repository may change while it is synced before the sync is put off.
const CHANGES: u32 = 3;

/// How a try to sync ended.
pub(crate) enum Tried {
    /// The repository was deleted.
    Gone,
    /// The credential that was to be proven is not linked any more, or suspended.
    OtherLink,
    /// The registry has no requests left for it now; it is due again later.
    PutOff,
    /// The registry was asked, or there was a reason not to.
    Done(Box<Attempt>),
}

/// A sync that ended, not yet written down.
pub(crate) struct Attempt {
    pub(crate) outcome: SyncOutcome,
    /// The whole new set of versions; `None` when nothing changed or it failed.
    pub(crate) versions: Option<Vec<FoundVersion>>,
    /// How long the host asked to be left alone.
    pub(crate) retry_after: Option<Duration>,
    /// The credential version that was used.
    pub(crate) used: Option<CommittedVersion>,
    /// What the host said about the credential.
    pub(crate) observation: Option<LoginObservation>,
}

/// How long a registry may take for one sync. OCI registries are asked for each version by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Longest {
    pub(crate) helm: Duration,
    pub(crate) oci: Duration,
}

impl Default for Longest {
    fn default() -> Self {
        Self { helm: Duration::from_mins(5), oci: Duration::from_mins(20) }
    }
}

impl Longest {
    const fn of(self, kind: RepositoryKind) -> Duration {
        match kind {
            RepositoryKind::Helm => self.helm,
            RepositoryKind::Oci => self.oci,
        }
    }
}

impl Engine {
    /// Syncs one repository now and writes the result down; answers why it failed, if it did.
    ///
    /// # Errors
    /// When the database fails. A failing registry is an answer, not an error.
    pub async fn sync_repository(
        &self,
        scope: Scope,
        repository: RepositoryId,
        trigger: SyncTrigger,
    ) -> Result<Option<Cause>, Error> {
        match self.try_sync(scope, repository, trigger, None, &Logins::default()).await? {
            Tried::Gone | Tried::OtherLink | Tried::PutOff => Ok(None),
            Tried::Done(attempt) => {
                let cause = attempt.outcome.cause;
                ResultBatch::default().direct(attempt).await?.commit(self).await?;
                Ok(cause)
            }
        }
    }

    /// Reads a repository with its login. With `proving`, only if exactly this credential is
    /// linked to it and in force.
    pub(crate) async fn try_sync(
        &self,
        scope: Scope,
        repository: RepositoryId,
        trigger: SyncTrigger,
        proving: Option<CredentialId>,
        logins: &Logins,
    ) -> Result<Tried, Error> {
        let (started_at, start) = (self.clock.now(), Instant::now());
        let mut refused = None;
        let mut changes = 0;
        loop {
            let Some(target) = storage::repositories::target(&self.db, scope, repository).await?
            else {
                return Ok(Tried::Gone);
            };
            if target.is_automatic
                && changes < CHANGES
                && follow(self, scope, &target, proving).await? == Followed::Changed
            {
                changes += 1;
                continue;
            }
            let version = in_force(scope, &target);
            if proving.is_some_and(|credential| {
                version.is_none_or(|version| version.credential != credential)
            }) {
                return Ok(Tried::OtherLink);
            }
            // A refused login counts only if it is still the newest: the credential may have been
            // updated while the registry was asked.
            if let Some((_, attempt)) = refused.take_if(|(used, _)| Some(*used) == version) {
                return Ok(Tried::Done(attempt));
            }
            if trigger == SyncTrigger::Interval
                && let Some(until) = self.put_off(&target, version)
            {
                let (id, epoch) = (target.id, target.epoch);
                storage::circuit_breaker::put_off(&self.db, scope, id, epoch, until).await?;
                return Ok(Tried::PutOff);
            }
            let deadline = start + self.longest.of(target.kind);
            let used = Use::of_hawser(match trigger {
                SyncTrigger::Delivery => ReadPurpose::Delivery,
                _ => ReadPurpose::Sync,
            });
            let with = (version, logins, &used);
            let asked = self.ask_in_time(scope, &target, with, deadline).await;
            let denied = asked.ended.cause() == Some(Cause::InvalidCredentials);
            let attempt = Box::new(outcome(
                scope,
                &target,
                trigger,
                started_at,
                self.clock.now(),
                (asked, version),
            ));
            match version {
                Some(used) if denied => {
                    logins.evict(used);
                    self.registries.evict(used.credential);
                    refused = Some((used, attempt));
                }
                _ => return Ok(Tried::Done(attempt)),
            }
        }
    }

    /// A registry that takes too long is said like any other failure, so that the page and the
    /// history show it.
    async fn ask_in_time(
        &self,
        scope: Scope,
        target: &SyncTarget,
        (version, logins, used): (Option<CommittedVersion>, &Logins, &Use),
        deadline: Instant,
    ) -> RegistryAnswer {
        let asking = self.ask(scope, target, version, logins, used);
        tokio::time::timeout_at(deadline, asking).await.unwrap_or_else(|_| {
            tracing::warn!(
                organization = %scope.organization(),
                repository = %target.id,
                kind = target.kind.as_str(),
                "aborted a sync that took too long"
            );
            RegistryAnswer::not(Cause::Timeout)
        })
    }
}

/// The credential version that is sent, if any.
fn in_force(scope: Scope, target: &SyncTarget) -> Option<CommittedVersion> {
    let login = target.login.as_ref().filter(|login| login.state == LinkState::Active)?;
    Some(CommittedVersion {
        scope,
        credential: login.credential,
        vault_version: login.vault_version,
        epoch: login.epoch,
    })
}

/// When the sync after this one starts.
pub(super) fn next(
    target: &SyncTarget,
    now: Timestamp,
    ended: &SyncEnd,
    quota: Option<Quota>,
) -> Option<Timestamp> {
    let wait = next_sync(target.interval, target.failures, ended.cause(), ended.retry_after())?;
    let alone = quota.and_then(|quota| left_alone_until(quota, now));
    Some(alone.map_or(now.plus(wait), |until| until.max(now.plus(wait))))
}
