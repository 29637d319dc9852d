//! Asking a registry, if there is nothing that forbids it.

use connectors::{
    Failure,
    http::{Freshness, Login, Road},
    repository::{Known, Target, Validators},
};
use domain::{
    Cause, Scope, Timestamp,
    connections::Quota,
    repositories::{LinkState, RepositoryKind, RepositoryUrl, Transport},
};
use storage::{guards::Place, repositories::SyncTarget};

use super::{
    Logins,
    login::{Ready, Unready, Version},
    outcome::{Ended, left_alone_until},
};
use crate::{
    Engine, Error,
    credentials::Use,
    error::chain,
    guards::{Verdict, told},
};

/// What asking a registry brought.
pub(crate) struct Asked {
    pub(super) ended: Ended,
    /// The limit of requests, as the registry told it last.
    pub(super) quota: Option<Quota>,
    /// What the registry spoke.
    pub(super) transport: Transport,
    /// What the host said about the credential.
    pub(super) verdict: Option<Verdict>,
}

impl Asked {
    /// It was not asked.
    pub(super) const fn not(cause: Cause) -> Self {
        Self { ended: Ended::Cause(cause), quota: None, transport: Transport::Tls, verdict: None }
    }

    const fn failed(failure: Failure) -> Self {
        Self {
            ended: Ended::Failed(failure),
            quota: None,
            transport: Transport::Tls,
            verdict: None,
        }
    }
}

impl Engine {
    /// Asks the registry with this version of its credential.
    pub(super) async fn ask(
        &self,
        scope: Scope,
        target: &SyncTarget,
        version: Option<Version>,
        logins: &Logins,
        used: &Use,
    ) -> Asked {
        let Ok(url) = RepositoryUrl::parse(&target.url) else {
            return Asked::not(Cause::Internal);
        };
        let Some(linked) = &target.login else {
            return self.read(scope, target, url, None).await;
        };
        let Some(version) = version.filter(|_| linked.state == LinkState::Active) else {
            return Asked::not(Cause::LinkSuspended);
        };
        if linked.is_paused {
            return Asked::not(Cause::CredentialPaused);
        }
        let Some(pass) = self.guards.enter(version, &target.origin, linked.refusals).await else {
            return Asked::not(Cause::CredentialPaused);
        };
        let mut asked = self.ask_with(scope, target, url, (version, logins), used).await;
        if let Some(told) = told(asked.ended.cause()) {
            pass.hears(told);
            asked.verdict = Some(Verdict {
                place: Place {
                    organization: version.organization,
                    credential: version.credential,
                    origin: target.origin.clone(),
                },
                name: linked.name.clone(),
                refusals: linked.refusals,
                told,
            });
        }
        asked
    }

    /// A login that was exchanged earlier and is refused now is exchanged once more: providers end
    /// tokens before their time.
    async fn ask_with(
        &self,
        scope: Scope,
        target: &SyncTarget,
        url: RepositoryUrl,
        (version, logins): (Version, &Logins),
        used: &Use,
    ) -> Asked {
        let road = Road { ca: target.ca.clone(), proxy: target.proxy.clone() };
        let ready = match logins.get(self, version, (&url, &road), used).await {
            Ok(ready) => ready,
            Err(unready) => return not_ready(scope, target, unready),
        };
        let login = Some((&ready.login, version));
        let asked = self.read(scope, target, url.clone(), login).await;
        if !is_worth_an_exchange(&ready.login, asked.ended.cause()) {
            return asked;
        }
        self.exchange_anew(&ready, version);
        match logins.get(self, version, (&url, &road), used).await {
            Ok(ready) => self.read(scope, target, url, Some((&ready.login, version))).await,
            Err(unready) => not_ready(scope, target, unready),
        }
    }

    /// Forgets an exchanged login that a registry refused.
    pub(crate) fn exchange_anew(&self, ready: &Ready, version: Version) {
        self.exchanges.refused(&ready.stored.owner, &ready.login);
        self.registries.forget(version.credential);
    }

    async fn read(
        &self,
        scope: Scope,
        target: &SyncTarget,
        url: RepositoryUrl,
        login: Option<(&Login, Version)>,
    ) -> Asked {
        let known = match self.known(scope, target).await {
            Ok(known) => known,
            Err(error) => {
                tracing::error!(error = %chain(&error), "the stored versions cannot be read");
                return Asked::not(Cause::Internal);
            }
        };
        let proven = login.map(|(_, version)| (version.credential, version.vault_version));
        let registry = registry(target, url, login);
        let ended = match self.registries.sync(&registry, &validators(target), &known).await {
            Ok(synced) => Ended::Synced(synced, proven),
            Err(failure) => {
                log(scope, target, &failure);
                Ended::Failed(failure)
            }
        };
        let transport = self.registries.transport(&registry);
        Asked { ended, quota: self.quota(&registry), transport, verdict: None }
    }

    /// What the registry told last of its limit, unless that time is over.
    fn quota(&self, registry: &Target) -> Option<Quota> {
        let now = self.clock.now();
        let quota = self.registries.quota(registry)?;
        quota.resets_at.is_none_or(|end| end > now).then_some(quota)
    }

    /// Until when the registry has no requests left for what nobody waits for. Another repository
    /// with the same login may have used them up.
    pub(super) fn put_off(
        &self,
        target: &SyncTarget,
        version: Option<Version>,
    ) -> Option<Timestamp> {
        if target.login.is_some() && version.is_none() {
            return None;
        }
        let url = RepositoryUrl::parse(&target.url).ok()?;
        let registry =
            Target { login_key: version.map(Version::key), ..registry(target, url, None) };
        left_alone_until(self.quota(&registry)?, self.clock.now())
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

/// Whether a refused login is only too old.
pub(crate) fn is_worth_an_exchange(login: &Login, cause: Option<Cause>) -> bool {
    login.freshness == Freshness::Cached
        && matches!(cause, Some(Cause::InvalidCredentials | Cause::TokenExpired))
}

/// A repository as the connectors see it.
pub(crate) fn registry(
    target: &SyncTarget,
    url: RepositoryUrl,
    login: Option<(&Login, Version)>,
) -> Target {
    Target {
        url,
        kind: target.kind,
        login: login.map(|(login, _)| login.clone()),
        login_key: login.map(|(_, version)| version.key()),
        chart_names: target.chart_names.clone(),
        road: Road { ca: target.ca.clone(), proxy: target.proxy.clone() },
    }
}

fn not_ready(scope: Scope, target: &SyncTarget, unready: Unready) -> Asked {
    match unready {
        Unready::Unread(cause) => Asked::not(cause),
        Unready::NotExchanged(failure) => {
            log(scope, target, &failure);
            Asked::failed(failure)
        }
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
