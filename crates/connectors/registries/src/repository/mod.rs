//! Chart registries of both kinds behind one door.

mod detect;
mod examine;
mod without_login;

pub use crate::registry_types::{KnownVersions, Synced, Target, Validators};
pub use examine::{Examined, TokenMaker, watched};

use std::sync::Arc;

use domain::{
    CredentialId, Timestamp,
    connection_tests::Quota,
    repositories::{RepositoryKind, Transport},
};
use tokio::sync::Semaphore;
use url::Url;

use crate::{
    helm::Helm,
    oci::{Oci, Registry},
};
use egress::{Failure, Outbound};
use examine::Makers;

/// Indexes that are parsed at once: each takes a processor and its memory.
const PARSED_AT_ONCE: usize = 2;

/// Reads chart registries. Cheap to clone; clones share connections and tokens.
#[derive(Clone)]
pub struct Registries {
    outbound: Outbound,
    oci: Arc<Oci>,
    parsing: Arc<Semaphore>,
    makers: Arc<Makers>,
}

impl Registries {
    /// Reads registries through `outbound`.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self {
            outbound,
            oci: Arc::default(),
            parsing: Arc::new(Semaphore::new(PARSED_AT_ONCE)),
            makers: Arc::default(),
        }
    }

    /// The same, with another GitHub than `github.com`: the authority of its container registry and
    /// the root of its API.
    #[must_use]
    pub fn with_github(mut self, registry: impl Into<String>, api: Url) -> Self {
        let makers = Arc::make_mut(&mut self.makers);
        (makers.github.registry, makers.github.api) = (registry.into(), Some(api));
        self
    }

    /// The same, with another GitLab than `gitlab.com`: the authority of its container registry and
    /// the root of its API, such as `https://gitlab.com/api/v4/`.
    #[must_use]
    pub fn with_gitlab(mut self, registry: impl Into<String>, api: Url) -> Self {
        let makers = Arc::make_mut(&mut self.makers);
        (makers.gitlab.registry, makers.gitlab.api) = (registry.into(), Some(api));
        self
    }

    /// Reads all chart versions, or learns that nothing changed.
    ///
    /// # Errors
    /// Why the registry could not be used; never a part of the set.
    pub async fn sync(
        &self,
        target: &Target,
        validators: &Validators,
        known: &KnownVersions,
    ) -> Result<Synced, Failure> {
        let outbound = self.outbound.on(&target.egress, target.login.as_ref())?;
        let synced = match target.kind {
            RepositoryKind::Helm => helm(&outbound, target).sync(validators, &self.parsing).await,
            RepositoryKind::Oci => self.registry(&outbound, target).sync(validators, known).await,
        };
        match synced {
            Err(failure) => Err(self.other_kind(&outbound, target, failure).await),
            Ok(synced) => Ok(without_login::synced(synced, target)),
        }
    }

    /// Checks that the login may read, with as little traffic as that takes.
    ///
    /// # Errors
    /// Why it may not.
    pub async fn prove(&self, target: &Target) -> Result<(), Failure> {
        let outbound = self.outbound.on(&target.egress, target.login.as_ref())?;
        match target.kind {
            RepositoryKind::Helm => helm(&outbound, target).prove().await,
            RepositoryKind::Oci => self.registry(&outbound, target).prove().await,
        }
    }

    /// Walks the way to a registry stage by stage, with the same client as [`Self::sync`]. The
    /// stages are told whatever happens; `now` dates what headers tell.
    pub async fn examine(&self, target: &Target, now: Timestamp) -> Examined {
        without_login::examined(examine::examine(self, target, now).await, target)
    }

    /// The limit of requests that the registry told last to this login.
    #[must_use]
    pub fn quota(&self, target: &Target) -> Option<Quota> {
        self.oci.quota(target)
    }

    /// What the registry spoke when it was asked last.
    #[must_use]
    pub fn transport(&self, target: &Target) -> Transport {
        match target.kind {
            // Its URL says it.
            RepositoryKind::Helm => Transport::Tls,
            RepositoryKind::Oci => self.oci.transport(&target.url),
        }
    }

    /// The client that registries are read with.
    #[must_use]
    pub const fn outbound(&self) -> &Outbound {
        &self.outbound
    }

    /// Forgets the tokens that were got with a credential.
    pub fn evict(&self, credential: CredentialId) {
        self.oci.evict(credential);
    }

    fn registry<'a>(&'a self, outbound: &'a Outbound, target: &'a Target) -> Registry<'a> {
        Registry { outbound, oci: &self.oci, target }
    }
}

fn helm<'a>(outbound: &'a Outbound, target: &'a Target) -> Helm<'a> {
    Helm { outbound, url: target.url.web(), login: target.login.as_ref() }
}
