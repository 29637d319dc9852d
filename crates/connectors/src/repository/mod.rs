//! Chart registries of both kinds behind one door.

mod detect;
mod examine;
mod without_login;

pub(crate) use examine::Finding;
pub use examine::{Examined, TokenMaker, watched};

use std::{collections::HashMap, sync::Arc};

use domain::{
    CredentialId, OrganizationId, Timestamp,
    charts::{FoundVersion, LeftOut},
    connection_tests::Quota,
    repositories::{RepositoryKind, RepositoryUrl, Transport},
};
use tokio::sync::Semaphore;
use url::Url;

use crate::{
    Failure,
    helm::Helm,
    http::{EgressProfile, Login, Outbound},
    oci::{Oci, Registry},
};
use examine::Makers;

/// Indexes that are parsed at once: each takes a processor and its memory.
const PARSED_AT_ONCE: usize = 2;

/// A repository and the login that opens it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it is.
    pub url: RepositoryUrl,
    /// How it speaks.
    pub kind: RepositoryKind,
    /// The login, if a credential is linked.
    pub login: Option<Login>,
    /// Which stored version of a credential the login is; `None` for one that is not stored.
    pub login_key: Option<LoginKey>,
    /// Names of charts that a person typed, for registries that cannot list them.
    pub chart_names: Vec<String>,
    /// The egress profile to it.
    pub egress: EgressProfile,
}

/// The credential version behind a login: tokens are cached for exactly this one (F19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the ids name what they are")]
pub struct LoginKey {
    pub organization: OrganizationId,
    pub credential: CredentialId,
    pub vault_version: i64,
}

/// What tells whether a repository changed since the last sync.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Validators {
    /// The `ETag` of the index.
    pub etag: Option<String>,
    /// The `Last-Modified` of the index.
    pub last_modified: Option<String>,
    /// SHA-256 of the index, or of the list of tags.
    pub digest: Option<String>,
}

/// The versions already stored, by chart and version.
pub type KnownVersions = HashMap<(String, String), FoundVersion>;

/// What a sync found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Synced {
    /// Nothing changed.
    Unchanged {
        /// To send the next time.
        validators: Validators,
    },
    /// The whole set of versions.
    Charts {
        /// Every version of every chart.
        versions: Vec<FoundVersion>,
        /// What there is besides, and why it is no version of a chart.
        left_out: LeftOut,
        /// To send the next time.
        validators: Validators,
    },
}

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
