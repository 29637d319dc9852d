//! One try to read a repository.

use std::time::Duration;

use connectors::{
    Failure,
    http::Login,
    repository::{Known, LoginKey, Target, Validators},
};
use domain::{
    Cause, CredentialId, RepositoryId, Scope, Timestamp,
    charts::FoundVersion,
    repositories::{LinkState, RepositoryKind, RepositoryUrl, SyncTrigger},
};
use storage::repositories::{Outcome, SyncTarget};
use tokio::time::Instant;

use super::{
    Logins, Store,
    login::Version,
    outcome::{Ended, outcome},
};
use crate::{Engine, Error, error::chain};

/// How a try to sync ended.
pub(crate) enum Tried {
    /// The repository was deleted.
    Gone,
    /// The credential that was to be proven is not linked any more, or suspended.
    OtherLink,
    /// The registry was asked, or there was a reason not to.
    Done(Box<Attempt>),
}

/// A sync that ended, not yet written down.
pub(crate) struct Attempt {
    pub(crate) outcome: Outcome,
    /// The whole new set of versions; `None` when nothing changed or it failed.
    pub(crate) versions: Option<Vec<FoundVersion>>,
    /// How long the host asked to be left alone.
    pub(crate) retry_after: Option<Duration>,
    /// The credential version that was used.
    pub(crate) used: Option<Version>,
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
            Tried::Gone | Tried::OtherLink => Ok(None),
            Tried::Done(attempt) => {
                let cause = attempt.outcome.cause;
                Store::default().direct(attempt).await?.commit(self).await?;
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
        loop {
            let Some(target) = storage::repositories::target(&self.db, scope, repository).await?
            else {
                return Ok(Tried::Gone);
            };
            let active = target.login.filter(|login| login.state == LinkState::Active);
            if proving
                .is_some_and(|credential| active.is_none_or(|login| login.credential != credential))
            {
                return Ok(Tried::OtherLink);
            }
            let version = active.map(|login| Version {
                organization: scope.organization(),
                credential: login.credential,
                vault_version: login.vault_version,
                epoch: login.epoch,
            });
            // A refused login counts only if it is still the newest: the credential may have been
            // updated while the registry was asked.
            if let Some((_, attempt)) = refused.take_if(|(used, _)| Some(*used) == version) {
                return Ok(Tried::Done(attempt));
            }
            let deadline = start + self.longest.of(target.kind);
            let asking = self.ask(scope, &target, version, logins);
            // Said like any other failure, so that the page and the history show it.
            let ended = tokio::time::timeout_at(deadline, asking).await.unwrap_or_else(|_| {
                log_timeout(scope, &target);
                Ended::Cause(Cause::Timeout)
            });
            let denied = ended.cause() == Some(Cause::InvalidCredentials);
            let attempt = Box::new(outcome(
                scope,
                &target,
                trigger,
                started_at,
                self.clock.now(),
                (ended, version),
            ));
            match version {
                Some(used) if denied => {
                    logins.forget(used);
                    self.registries.forget(used.credential);
                    refused = Some((used, attempt));
                }
                _ => return Ok(Tried::Done(attempt)),
            }
        }
    }

    /// Asks the registry, if there is nothing that forbids it.
    async fn ask(
        &self,
        scope: Scope,
        target: &SyncTarget,
        version: Option<Version>,
        logins: &Logins,
    ) -> Ended {
        if target.login.is_some_and(|login| login.state == LinkState::Suspended) {
            return Ended::Cause(Cause::LinkSuspended);
        }
        let Ok(url) = RepositoryUrl::parse(&target.url) else {
            return Ended::Cause(Cause::Internal);
        };
        let login = match version {
            Some(version) => match logins.get(self, version).await {
                Ok(login) => Some((login, version)),
                Err(cause) => return Ended::Cause(cause),
            },
            None => None,
        };
        let known = match self.known(scope, target).await {
            Ok(known) => known,
            Err(error) => {
                tracing::error!(error = %chain(&error), "the stored versions cannot be read");
                return Ended::Cause(Cause::Internal);
            }
        };
        let proven = login.as_ref().map(|(_, version)| (version.credential, version.vault_version));
        let asked = asked(target, url, login);
        match self.registries.sync(&asked, &validators(target), &known).await {
            Ok(synced) => Ended::Synced(synced, proven),
            Err(failure) => {
                log(scope, target, &failure);
                Ended::Failed(failure)
            }
        }
    }

    /// OCI registries tell each version apart, so what is stored need not be fetched again.
    async fn known(&self, scope: Scope, target: &SyncTarget) -> Result<Known, Error> {
        if target.kind != RepositoryKind::Oci {
            return Ok(Known::new());
        }
        let versions = storage::charts::known_versions(&self.db, scope, target.id).await?;
        Ok(versions
            .into_iter()
            .map(|found| ((found.chart.clone(), found.version.version.clone()), found))
            .collect())
    }
}

fn asked(target: &SyncTarget, url: RepositoryUrl, login: Option<(Login, Version)>) -> Target {
    let login_key = login.as_ref().map(|(_, version)| LoginKey {
        organization: version.organization,
        credential: version.credential,
        vault_version: version.vault_version,
    });
    Target {
        url,
        kind: target.kind,
        login: login.map(|(login, _)| login),
        login_key,
        chart_names: target.chart_names.clone(),
    }
}

fn validators(target: &SyncTarget) -> Validators {
    Validators {
        etag: target.etag.clone(),
        last_modified: target.last_modified.clone(),
        digest: target.digest.clone(),
    }
}

fn log(scope: Scope, target: &SyncTarget, failure: &Failure) {
    tracing::info!(
        organization = %scope.organization(),
        repository = %target.id,
        cause = failure.cause.code(),
        status = failure.status,
        error = %chain(failure),
        "a sync failed"
    );
}

fn log_timeout(scope: Scope, target: &SyncTarget) {
    tracing::warn!(
        organization = %scope.organization(),
        repository = %target.id,
        kind = target.kind.as_str(),
        "a sync took too long and was given up"
    );
}

/// When the sync after this one starts.
pub(super) fn next(target: &SyncTarget, now: Timestamp, ended: &Ended) -> Option<Timestamp> {
    super::outcome::next_sync(target.interval, target.failures, ended.cause(), ended.retry_after())
        .map(|wait| now.plus(wait))
}
