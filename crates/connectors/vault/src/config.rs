use std::{path::PathBuf, time::Duration};

use domain::Secret;
use url::Url;
use zeroize::Zeroizing;

use super::VaultError;

const CONNECT: Duration = Duration::from_secs(2);
const TOTAL: Duration = Duration::from_secs(10);

/// How to reach Vault. It holds no secret: those lie in the two files.
#[derive(Debug, Clone)]
pub struct VaultConfig {
    /// Its address, such as `https://vault.example.com:8200`.
    pub address: Url,
    /// The mount of the KV store (version 2), such as `secret`.
    pub mount: String,
    /// The namespace, where Vault has some.
    pub namespace: Option<String>,
    /// The authority that signed Vault's certificate, in PEM; `None` takes those of the system.
    pub ca_pem: Option<Vec<u8>>,
    /// The file with the role id. Read again at every login.
    pub role_id: PathBuf,
    /// The file with the secret id. Read again at every login.
    pub secret_id: PathBuf,
    /// The mount of the `AppRole` method, usually `approle`.
    pub approle_mount: String,
}

impl VaultConfig {
    /// The HTTP client for Vault and nothing else: no redirects, since they would carry the token.
    #[expect(
        clippy::disallowed_methods,
        reason = "Vault has a client of its own with a fixed address, so no address is judged"
    )]
    pub(super) fn http(&self) -> Result<reqwest::Client, VaultError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT)
            .timeout(TOTAL);
        if self.address.scheme() == "http" {
            // Without TLS there is no need for root certificates to be installed.
            builder = builder.tls_certs_only(Vec::new());
        } else if let Some(pem) = &self.ca_pem {
            let certificates = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|_| VaultError::Configuration("the CA certificate is not PEM"))?;
            builder = builder.tls_certs_only(certificates);
        }
        builder.build().map_err(|_| VaultError::Configuration("the TLS client cannot be built"))
    }

    pub(super) fn check(&self) -> Result<(), VaultError> {
        let is_path = |text: &str| {
            let text = text.trim_matches('/');
            !text.is_empty()
                && text.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/' | b'.')
                })
                && !text.contains("..")
        };
        if !matches!(self.address.scheme(), "http" | "https") || self.address.host().is_none() {
            return Err(VaultError::Configuration("the address is no http or https URL"));
        }
        if !is_path(&self.mount) || !is_path(&self.approle_mount) {
            return Err(VaultError::Configuration("a mount is no path"));
        }
        if self.namespace.as_deref().is_some_and(|namespace| !is_path(namespace)) {
            return Err(VaultError::Configuration("the namespace is no path"));
        }
        Ok(())
    }

    /// The role id and secret id, as the files hold them now.
    pub(super) async fn app_role(&self) -> Result<(Secret, Secret), VaultError> {
        let read = async |path: &PathBuf, missing| {
            let text = tokio::fs::read_to_string(path)
                .await
                .map(Zeroizing::new)
                .map_err(|_| VaultError::Configuration(missing))?;
            Ok::<_, VaultError>(Secret::new(text.trim().to_owned()))
        };
        let role = read(&self.role_id, "the file with the role id cannot be read").await?;
        let secret = read(&self.secret_id, "the file with the secret id cannot be read").await?;
        Ok((role, secret))
    }
}
