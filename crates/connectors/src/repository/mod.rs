//! Chart registries of both kinds behind one door.

mod detect;

use std::{collections::HashMap, sync::Arc};

use domain::{
    CredentialId, OrganizationId,
    charts::FoundVersion,
    repositories::{RepositoryKind, RepositoryUrl},
};
use tokio::sync::Semaphore;

use crate::{
    Failure,
    helm::Helm,
    http::{Login, Outbound},
    oci::{Oci, Registry},
};

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
pub type Known = HashMap<(String, String), FoundVersion>;

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
}

impl Registries {
    /// Reads registries through `outbound`.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, oci: Arc::default(), parsing: Arc::new(Semaphore::new(PARSED_AT_ONCE)) }
    }

    /// Reads all chart versions, or learns that nothing changed.
    ///
    /// # Errors
    /// Why the registry could not be used; never a part of the set.
    pub async fn sync(
        &self,
        target: &Target,
        validators: &Validators,
        known: &Known,
    ) -> Result<Synced, Failure> {
        match target.kind {
            RepositoryKind::Helm => {
                let synced = self.helm(target).sync(validators, &self.parsing).await;
                match synced {
                    Err(failure) => Err(self.other_kind(target, failure).await),
                    synced => synced,
                }
            }
            RepositoryKind::Oci => match self.registry(target).sync(validators, known).await {
                Err(failure) => Err(self.other_kind(target, failure).await),
                synced => synced,
            },
        }
    }

    /// Checks that the login may read, with as little traffic as that takes.
    ///
    /// # Errors
    /// Why it may not.
    pub async fn prove(&self, target: &Target) -> Result<(), Failure> {
        match target.kind {
            RepositoryKind::Helm => self.helm(target).prove().await,
            RepositoryKind::Oci => self.registry(target).prove().await,
        }
    }

    /// Forgets the tokens that were got with a credential.
    pub fn forget(&self, credential: CredentialId) {
        self.oci.forget(credential);
    }

    fn helm<'a>(&'a self, target: &'a Target) -> Helm<'a> {
        Helm { outbound: &self.outbound, url: target.url.web(), login: target.login.as_ref() }
    }

    fn registry<'a>(&'a self, target: &'a Target) -> Registry<'a> {
        Registry { outbound: &self.outbound, oci: &self.oci, target }
    }
}
