//! Vault (or OpenBao): the only place that holds secrets.
//!
//! A client of its own with a fixed address and no redirects. Nothing that Vault answers is ever
//! logged or put into an error; errors are told apart by status.

mod breaker;
mod call;
mod client;
mod config;
mod error;
mod examine;
pub mod managed;
mod policy;
mod secret;
mod session;

pub use config::VaultConfig;
pub use error::{Distrust, Unavailable, VaultError};
pub use examine::{CheckResult, CheckStep, Examination, Finding};
pub use policy::{Right, policy};
pub use secret::{Newest, SecretEnvelope, SecretPath};

use std::sync::Arc;

use breaker::Breaker;
use call::{Effect, Reply, VaultCall};
use domain::{CredentialId, OrganizationId};
use session::Session;

/// What Vault keeps when nobody set a number.
const KEPT: u64 = 10;

/// A Vault. Cheap to clone; clones share connections and the login.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    mount: String,
    session: Session,
    breaker: Breaker,
}

impl Vault {
    /// Prepares the client. Nothing is sent: the first use logs in, so Vault may be down now.
    ///
    /// # Errors
    /// When the configuration cannot work: a malformed certificate, mount or namespace.
    // It reads nothing yet, but a caller should not have to change when it does.
    #[expect(clippy::unused_async, reason = "part of the contract with the server")]
    pub async fn connect(config: VaultConfig) -> Result<Self, VaultError> {
        let mount = config.mount.trim_matches('/').to_owned();
        let session = Session::new(config)?;
        Ok(Self(Arc::new(Inner { mount, session, breaker: Breaker::default() })))
    }

    /// Whether Vault is unsealed, the login works and the mount is a KV store of version 2.
    ///
    /// # Errors
    /// What is missing.
    pub async fn ready(&self) -> Result<(), VaultError> {
        let reply = self.0.session.probe(&self.config()).await?;
        // Version 1 has no configuration; writing there would lose the check-and-set.
        if reply.has("/data/max_versions") { Ok(()) } else { Err(VaultError::Malformed) }
    }

    /// Stores a new version if `cas` is the newest one now (0: there is none), and answers the
    /// number of the new version.
    ///
    /// # Errors
    /// [`VaultError::CheckAndSet`] when somebody wrote meanwhile; [`VaultError::Unknown`] when the
    /// answer got lost and the version may be there.
    pub async fn write(
        &self,
        path: &SecretPath,
        cas: u64,
        sealed: &SecretEnvelope,
    ) -> Result<u64, VaultError> {
        if sealed.organization != path.organization || sealed.credential != path.credential {
            return Err(VaultError::Binding);
        }
        let call = VaultCall::post(self.data(path), &sealed.write(cas), Effect::Writes)
            .needs(Right::WriteSecrets);
        let reply = self.call(&call).await?;
        reply.number("/data/version").ok_or(VaultError::Malformed)
    }

    /// Reads exactly this version.
    ///
    /// # Errors
    /// [`VaultError::NotFound`] when it was never there or is destroyed; [`VaultError::Binding`]
    /// when the secret belongs to something else (INV-4).
    pub async fn read(
        &self,
        path: &SecretPath,
        version: u64,
    ) -> Result<SecretEnvelope, VaultError> {
        let call = VaultCall::get(self.data(path))
            .query(format!("version={version}"))
            .needs(Right::ReadSecrets);
        let mut reply = self.call(&call).await?;
        if reply.number("/data/metadata/version") != Some(version) {
            return Err(VaultError::Malformed);
        }
        SecretEnvelope::open(path, reply.take_value("/data/data"))
    }

    /// The number of the newest version whose content is there, without reading it; `None` when there is
    /// no secret, or the content of the newest version is gone.
    ///
    /// # Errors
    /// When Vault does not answer.
    pub async fn newest_number(&self, path: &SecretPath) -> Result<Option<u64>, VaultError> {
        match self.call(&VaultCall::get(self.metadata(path))).await {
            Ok(metadata) => {
                let newest = metadata.number("/data/current_version");
                let newest = newest.ok_or(VaultError::Malformed)?;
                let kept = metadata.kept_versions().ok_or(VaultError::Malformed)?;
                Ok(kept.contains(&newest).then_some(newest))
            }
            Err(VaultError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The newest version and the operation that wrote it; `None` when there is no such secret.
    ///
    /// # Errors
    /// When Vault does not answer.
    pub async fn newest(&self, path: &SecretPath) -> Result<Option<Newest>, VaultError> {
        let metadata = match self.call(&self.about(path)).await {
            Err(VaultError::NotFound) => return Ok(None),
            metadata => metadata?,
        };
        let version = metadata.number("/data/current_version").ok_or(VaultError::Malformed)?;
        if version == 0 {
            return Ok(None);
        }
        match self.read(path, version).await {
            Ok(sealed) => {
                Ok(Some(Newest { version, operation: Some(sealed.operation), destroyed: false }))
            }
            Err(VaultError::NotFound) => {
                Ok(Some(Newest { version, operation: None, destroyed: true }))
            }
            // Written by hand: there is a version, and no operation of ours.
            Err(VaultError::Malformed | VaultError::Binding) => {
                Ok(Some(Newest { version, operation: None, destroyed: false }))
            }
            Err(error) => Err(error),
        }
    }

    /// The versions whose content is still there, oldest first; none when there is no such secret.
    ///
    /// # Errors
    /// When Vault does not answer.
    pub async fn versions(&self, path: &SecretPath) -> Result<Vec<u64>, VaultError> {
        match self.call(&self.about(path)).await {
            Ok(metadata) => metadata.kept_versions().ok_or(VaultError::Malformed),
            Err(VaultError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// How many versions of a secret Vault keeps, destroyed ones included: one write more drops the
    /// oldest for good. Where the secret and the mount differ, the smaller number.
    /// <https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#max_versions>
    ///
    /// # Errors
    /// When Vault does not answer.
    pub async fn kept(&self, path: &SecretPath) -> Result<u64, VaultError> {
        let secret = match self.call(&self.about(path)).await {
            Err(VaultError::NotFound) => None,
            metadata => metadata?.number("/data/max_versions"),
        };
        let config = self.call(&self.config()).await?;
        let mount = config.number("/data/max_versions").ok_or(VaultError::Malformed)?;
        // 0 stands for what is not set.
        let set = [secret.unwrap_or_default(), mount].into_iter().filter(|number| *number > 0);
        Ok(set.min().unwrap_or(KEPT))
    }

    /// Removes a secret with all its versions; what is gone already counts as removed.
    ///
    /// # Errors
    /// When Vault does not answer or refuses.
    pub async fn destroy_all(&self, path: &SecretPath) -> Result<(), VaultError> {
        match self.call(&VaultCall::delete(self.metadata(path)).needs(Right::DestroySecrets)).await
        {
            Ok(_) | Err(VaultError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Destroys one version for good.
    ///
    /// # Errors
    /// When Vault does not answer or refuses.
    pub async fn destroy_version(&self, path: &SecretPath, version: u64) -> Result<(), VaultError> {
        let body = serde_json::json!({ "versions": [version] });
        let call =
            VaultCall::post(format!("{}/destroy/{path}", self.0.mount), &body, Effect::Writes)
                .needs(Right::DestroyVersions);
        match self.call(&call).await {
            Ok(_) | Err(VaultError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The credentials of an organization that Vault holds anything of.
    ///
    /// # Errors
    /// When Vault does not answer or refuses.
    pub async fn list_credentials(
        &self,
        organization: OrganizationId,
    ) -> Result<Vec<CredentialId>, VaultError> {
        let folder = SecretPath::folder(organization);
        let call = VaultCall::list(format!("{}/metadata/{folder}", self.0.mount))
            .needs(Right::ListSecrets);
        match self.call(&call).await {
            Ok(reply) => Ok(reply.texts("/data/keys").filter_map(|key| key.parse().ok()).collect()),
            Err(VaultError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn data(&self, path: &SecretPath) -> String {
        format!("{}/data/{path}", self.0.mount)
    }

    fn config(&self) -> VaultCall {
        VaultCall::get(format!("{}/config", self.0.mount)).needs(Right::ReadConfig)
    }

    fn about(&self, path: &SecretPath) -> VaultCall {
        VaultCall::get(self.metadata(path)).needs(Right::ReadMetadata)
    }

    fn metadata(&self, path: &SecretPath) -> String {
        format!("{}/metadata/{path}", self.0.mount)
    }

    async fn call(&self, call: &VaultCall) -> Result<Reply, VaultError> {
        self.0.breaker.check()?;
        let result = self.0.session.call(call).await;
        self.0.breaker.record(result.as_ref().err());
        result
    }
}
