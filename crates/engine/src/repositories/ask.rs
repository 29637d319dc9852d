//! Asking a registry, if there is nothing that forbids it.

use domain::{
    Cause, Timestamp,
    connection_tests::Quota,
    repositories::{LinkState, RepositoryKind, RepositoryUrl, Transport},
};
use egress::{EgressProfile, Failure, Freshness, Login};
use registries::{KnownVersions, Target, Validators};
use storage::{Scope, circuit_breaker::CredentialAtHost, repositories::SyncTarget};

use super::{
    Logins,
    login::{CommittedVersion, Ready, Unready},
    outcome::{SyncEnd, left_alone_until},
};
use crate::{
    Engine, Error,
    circuit_breaker::{LoginObservation, login_outcome},
    credentials::Use,
    error::chain,
};

/// What asking a registry brought.
pub(crate) struct RegistryAnswer {
    pub(super) ended: SyncEnd,
    /// The limit of requests, as the registry told it last.
    pub(super) quota: Option<Quota>,
    /// What the registry spoke.
    pub(super) transport: Transport,
    /// What the host said about the credential.
    pub(super) observation: Option<LoginObservation>,
}

impl RegistryAnswer {
    /// It was not asked.
    pub(super) const fn not(cause: Cause) -> Self {
        Self {
            ended: SyncEnd::Cause(cause),
            quota: None,
            transport: Transport::Tls,
            observation: None,
        }
    }

    const fn failed(failure: Failure) -> Self {
        Self {
            ended: SyncEnd::Failed(failure),
            quota: None,
            transport: Transport::Tls,
            observation: None,
        }
    }
}

impl Engine {
    /// Asks the registry with this version of its credential.
    pub(super) async fn ask(
        &self,
        scope: Scope,
        target: &SyncTarget,
        version: Option<CommittedVersion>,
        logins: &Logins,
        used: &Use,
    ) -> RegistryAnswer {
        let Ok(url) = RepositoryUrl::parse(&target.url) else {
            return RegistryAnswer::not(Cause::Internal);
        };
        let Some(linked) = &target.login else {
            return self.read(scope, target, url, None).await;
        };
        let Some(version) = version.filter(|_| linked.state == LinkState::Active) else {
            return RegistryAnswer::not(Cause::LinkSuspended);
        };
        if linked.is_paused {
            return RegistryAnswer::not(Cause::CredentialPaused);
        }
        let Some(pass) =
            self.circuit_breaker.permit(version, &target.origin, linked.refusals).await
        else {
            return RegistryAnswer::not(Cause::CredentialPaused);
        };
        let mut asked = self.ask_with(scope, target, url, (version, logins), used).await;
        if let Some(told) = login_outcome(asked.ended.cause()) {
            pass.hears(told);
            asked.observation = Some(LoginObservation {
                place: CredentialAtHost {
                    scope: version.scope,
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
        (version, logins): (CommittedVersion, &Logins),
        used: &Use,
    ) -> RegistryAnswer {
        let egress = EgressProfile { ca: target.ca.clone(), proxy: target.proxy.clone() };
        let ready = match logins.get(self, version, (&url, &egress), used).await {
            Ok(ready) => ready,
            Err(unready) => return not_ready(scope, target, unready),
        };
        let login = Some((&ready.login, version));
        let asked = self.read(scope, target, url.clone(), login).await;
        if !is_worth_an_exchange(&ready.login, asked.ended.cause()) {
            return asked;
        }
        self.exchange_anew(&ready, version);
        match logins.get(self, version, (&url, &egress), used).await {
            Ok(ready) => self.read(scope, target, url, Some((&ready.login, version))).await,
            Err(unready) => not_ready(scope, target, unready),
        }
    }

    /// Forgets an exchanged login that a registry refused.
    pub(crate) fn exchange_anew(&self, ready: &Ready, version: CommittedVersion) {
        self.exchanges.refused(&ready.stored.owner, &ready.login);
        self.registries.evict(version.credential);
    }

    async fn read(
        &self,
        scope: Scope,
        target: &SyncTarget,
        url: RepositoryUrl,
        login: Option<(&Login, CommittedVersion)>,
    ) -> RegistryAnswer {
        let known = match self.known(scope, target).await {
            Ok(known) => known,
            Err(error) => {
                tracing::error!(error = %chain(&error), "failed to read stored versions");
                return RegistryAnswer::not(Cause::Internal);
            }
        };
        let proven = login.map(|(_, version)| (version.credential, version.vault_version));
        let registry = registry(target, url, login);
        let ended = match self.registries.sync(&registry, &validators(target), &known).await {
            Ok(synced) => SyncEnd::Synced(synced, proven),
            Err(failure) => {
                log(scope, target, &failure);
                SyncEnd::Failed(failure)
            }
        };
        let transport = self.registries.transport(&registry);
        RegistryAnswer { ended, quota: self.quota(&registry), transport, observation: None }
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
        version: Option<CommittedVersion>,
    ) -> Option<Timestamp> {
        if target.login.is_some() && version.is_none() {
            return None;
        }
        let url = RepositoryUrl::parse(&target.url).ok()?;
        let registry =
            Target { login_key: version.map(CommittedVersion::key), ..registry(target, url, None) };
        left_alone_until(self.quota(&registry)?, self.clock.now())
    }

    /// OCI registries tell each version apart, so what is stored need not be fetched again.
    async fn known(&self, scope: Scope, target: &SyncTarget) -> Result<KnownVersions, Error> {
        if target.kind != RepositoryKind::Oci {
            return Ok(KnownVersions::new());
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
    login: Option<(&Login, CommittedVersion)>,
) -> Target {
    Target {
        url,
        kind: target.kind,
        login: login.map(|(login, _)| login.clone()),
        login_key: login.map(|(_, version)| version.key()),
        chart_names: target.chart_names.clone(),
        egress: EgressProfile { ca: target.ca.clone(), proxy: target.proxy.clone() },
    }
}

fn not_ready(scope: Scope, target: &SyncTarget, unready: Unready) -> RegistryAnswer {
    match unready {
        Unready::Unread(cause) => RegistryAnswer::not(cause),
        Unready::NotExchanged(failure) => {
            log(scope, target, &failure);
            RegistryAnswer::failed(failure)
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
        cause = failure.cause.as_str(),
        status = failure.status,
        error = %chain(failure),
        "failed to sync a repository"
    );
}
