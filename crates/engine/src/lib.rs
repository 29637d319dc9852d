//! What Hawser does: one folder per feature, one file per verb, and the background loops.
//!
//! The engine joins storage (SQL) and connectors (Vault, registries). It implements the service
//! traits of `domain`; pages, routes and workers have no other way in.

mod again;
mod audit;
mod bulk;
mod changes;
mod charts;
mod circuit_breaker;
mod clock;
mod connection_tests;
pub mod credentials;
mod destinations;
mod error;
mod exports;
mod gitops;
mod import;
pub mod jobs;
mod matching;
mod members;
mod notices;
mod overview;
mod projects;
pub mod propagation;
mod random;
pub mod repositories;
mod search;
mod secret_hash;
mod sessions;
mod snapshot;

use std::sync::Arc;

use domain::Timestamp;
use git_http::Git;
use github::Github;
use registries::Registries;
use storage::Db;
use token_exchange::Exchanges;
use vault::Vault;

pub use changes::Changes;
pub use clock::{Clock, ManualClock, SystemClock};
pub use error::Error;
pub use exports::{VaultPlace, VaultReach};
pub use registries::watched;
pub use sessions::SetUpLink;

/// The scope of an organization that nobody asks about.
#[cfg(test)]
fn some_scope() -> storage::Scope {
    let nobody = domain::Principal {
        user: domain::UserId::new(),
        name: String::new(),
        organization: domain::OrganizationId::from(uuid::Uuid::nil()),
        organization_name: String::new(),
        role: domain::Role::Viewer,
        address: None,
        epochs: domain::Epochs::default(),
    };
    storage::Scope::of(&nobody.may(domain::Action::View).unwrap())
}

/// Everything the use cases work with. Cheap to clone; every clone is the same engine.
#[derive(Clone)]
pub struct Engine {
    pub(crate) db: Db,
    pub(crate) vault: Vault,
    pub(crate) registries: Registries,
    pub(crate) exchanges: Exchanges,
    pub(crate) github: Option<Github>,
    pub(crate) clock: Arc<dyn Clock>,
    /// When this process began to work.
    pub(crate) started: Timestamp,
    pub(crate) changes: Changes,
    pub(crate) limits: Arc<sessions::Limits>,
    pub(crate) attempts: Arc<sessions::Attempts>,
    pub(crate) uses: Arc<credentials::Uses>,
    pub(crate) fingerprint_key: Arc<[u8; 32]>,
    pub(crate) replica: Arc<str>,
    pub(crate) longest: repositories::Longest,
    pub(crate) circuit_breaker: circuit_breaker::CircuitBreaker,
    pub(crate) matches: Arc<matching::Indexes>,
    pub(crate) vault_place: Arc<VaultPlace>,
    pub(crate) git: Git,
    /// The host that people reach this Hawser by, for the author of commits.
    pub(crate) host: Arc<str>,
    pub(crate) clusters: gitops::ClusterAccess,
    /// In which transaction all calls read; `None` is one for each call.
    snapshot: Option<Arc<snapshot::Snapshot>>,
}

impl Engine {
    /// Joins the parts. The key of fingerprints is made on the first start and kept in SQL.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new(
        db: Db,
        vault: Vault,
        registries: Registries,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let key = storage::settings::get_or_insert(
            &db,
            "fingerprint_key",
            &hex::encode(random::bytes::<32>()),
        )
        .await?;
        let mut fingerprint_key = [0; 32];
        hex::decode_to_slice(key, &mut fingerprint_key)
            .map_err(|_| Error::Setting("fingerprint_key"))?;
        let git = Git::new(registries.outbound().clone());
        Ok(Self {
            db,
            vault,
            exchanges: Exchanges::new(registries.outbound().clone()),
            github: None,
            registries,
            started: clock.now(),
            clock,
            changes: Changes::default(),
            limits: Arc::default(),
            attempts: Arc::default(),
            uses: Arc::default(),
            fingerprint_key: Arc::new(fingerprint_key),
            replica: hex::encode(random::bytes::<8>()).into(),
            longest: repositories::Longest::default(),
            circuit_breaker: circuit_breaker::CircuitBreaker::default(),
            matches: Arc::default(),
            vault_place: Arc::default(),
            git,
            host: "localhost".into(),
            clusters: gitops::ClusterAccess::default(),
            snapshot: None,
        })
    }

    /// The same engine, which exchanges tokens as the operator configured.
    #[must_use]
    pub fn exchanging_with(mut self, exchanges: Exchanges) -> Self {
        self.exchanges = exchanges;
        self
    }

    /// The same engine, whose exports say that the secrets lie there.
    #[must_use]
    pub fn keeping_secrets_in(mut self, place: VaultPlace) -> Self {
        self.vault_place = Arc::new(place);
        self
    }

    /// The same engine, whose commits are signed `hawser@host`.
    #[must_use]
    pub fn reached_at(mut self, host: &str) -> Self {
        self.host = host.into();
        self
    }

    /// The same engine, which keeps the objects of a Git repository in this folder while it works on
    /// one.
    #[must_use]
    pub fn working_in(mut self, folder: &std::path::Path) -> Self {
        self.git = self.git.in_folder(folder);
        self
    }

    /// The host of the GitHub that is known here.
    pub(crate) fn github_host(&self) -> String {
        self.github.as_ref().map_or_else(|| "github.com".to_owned(), Github::host)
    }

    /// The same engine, which connects accounts of this GitHub. What tokens are exchanged with has to
    /// name the same one ([`token_exchange::ExchangeSettings::github`]).
    #[must_use]
    pub fn connecting_to_github(mut self, github: Github) -> Self {
        self.github = Some(github);
        self
    }

    /// The client for addresses that people typed.
    #[must_use]
    pub fn outbound(&self) -> &egress::Outbound {
        self.registries.outbound()
    }

    /// Where browsers go to connect an account, as the policy of pages has to name it: scheme, host
    /// and port. `None` when the operator configured no GitHub.
    #[must_use]
    pub fn github_origin(&self) -> Option<String> {
        let github = self.github.as_ref()?;
        Some(github.settings().web.origin().ascii_serialization())
    }

    /// The same engine, which gives up a sync after this time whatever the kind of repository.
    #[must_use]
    pub const fn giving_up_after(mut self, longest: std::time::Duration) -> Self {
        self.longest = repositories::Longest { helm: longest, oci: longest };
        self
    }

    /// The same engine for one page: all that it reads is one state of the database, from the first read on.
    /// It holds a connection until it is dropped, so nothing outside may be asked meanwhile.
    #[must_use]
    pub fn of_one_page(&self) -> Self {
        Self { snapshot: Some(Arc::default()), ..self.clone() }
    }

    /// The same engine for a call that only reads, in one transaction, if the right is still there.
    pub(crate) async fn reading(&self, grant: &domain::Grant) -> Result<Self, Error> {
        let db = match &self.snapshot {
            Some(snapshot) => snapshot.read_as(&self.db, grant).await?,
            None => self.db.read_as(grant).await?,
        };
        Ok(Self { db, ..self.clone() })
    }

    /// Whether the database answers, and can be written.
    ///
    /// # Errors
    /// When it does not.
    pub async fn database_ready(&self) -> Result<(), Error> {
        Ok(self.db.ready().await?)
    }

    /// Looks at everything Hawser needs of Vault.
    pub async fn examine_vault(&self) -> vault::Examination {
        self.vault.examine().await
    }

    /// Whether Vault is active and accepts our login.
    ///
    /// # Errors
    /// When it is not, or does not.
    pub async fn vault_ready(&self) -> Result<(), Error> {
        Ok(self.vault.ready().await?)
    }
}
