//! This server's own identities, which it has only where the operator turned them on.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use domain::{Cause, Secret, Timestamp};
use tokio::sync::Mutex;
use url::Url;

use super::{metadata::Container, sigv4::AwsKey};
use egress::Failure;

/// How long before its end a key or token is not used any more.
const MARGIN: Duration = Duration::from_mins(5);

/// The identities that auth methods without a key may use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ambient {
    /// At AWS.
    pub aws: Option<AwsIdentity>,
    /// At Google Cloud.
    pub google: Option<GoogleIdentity>,
}

/// Who this server is at AWS. Files are read at each exchange, so that they can be rotated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwsIdentity {
    /// An access key.
    AccessKey {
        /// The file with its id.
        id_file: PathBuf,
        /// The file with its secret.
        secret_file: PathBuf,
    },
    /// A web identity, as EKS gives it to service accounts (IRSA).
    WebIdentity {
        /// The file with the token.
        token_file: PathBuf,
        /// The ARN of the role that it stands for.
        role: String,
    },
    /// The role of the machine that this server runs on, from its metadata service (IMDS, version 2).
    Instance,
    /// The role of the container that this server runs in, as ECS and EKS Pod Identity give it.
    Container(Container),
}

/// Who this server is at Google Cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoogleIdentity {
    /// A workload identity.
    Workload {
        /// The file with the token of this server's own issuer (a JWT).
        token_file: PathBuf,
        /// The provider that trusts the issuer:
        /// `//iam.googleapis.com/projects/…/workloadIdentityPools/…/providers/…`.
        audience: String,
    },
    /// The service account of the machine that this server runs on, from its metadata service.
    Instance,
}

/// What metadata services gave to this server, in memory until shortly before it ends. Of many that
/// ask at once, one asks the service.
#[derive(Default)]
pub(super) struct Own {
    pub(super) aws: Expiring<AwsKey>,
    pub(super) google: Expiring<Secret>,
}

/// Something with an end.
pub(super) struct Expiring<T>(Mutex<Option<(T, Timestamp)>>);

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> Expiring<T> {
    /// What is kept, or what `fetch` gives with its end.
    pub(super) async fn get(
        &self,
        now: Timestamp,
        fetch: impl Future<Output = Result<(T, Timestamp), Failure>>,
    ) -> Result<T, Failure> {
        let mut kept = self.0.lock().await;
        if let Some((value, _)) = kept.as_ref().filter(|(_, ends)| now < ends.minus(MARGIN)) {
            return Ok(value.clone());
        }
        *kept = None;
        let (value, ends) = fetch.await?;
        *kept = Some((value.clone(), ends));
        Ok(value)
    }

    /// Forgets it: it was refused.
    pub(super) async fn evict(&self) {
        *self.0.lock().await = None;
    }
}

/// GitHub as people and Git reach it, and this server's own app there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GithubHome {
    /// Its address, in place of `https://github.com`.
    pub web: Option<Url>,
    /// The operator's app, for credentials that are installations of it.
    pub app: Option<GithubIdentity>,
}

/// Who this server is at GitHub: an app. The key is read at each exchange, so that it can be rotated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubIdentity {
    /// The app's number or client id.
    pub app_id: String,
    /// The file with its private key in PEM.
    pub key_file: PathBuf,
}

/// The failure of an auth method whose identity is not turned on.
#[must_use]
pub fn not_turned_on() -> Failure {
    Failure::new(Cause::AmbientDisabled, "use an identity of this server")
}

/// The text of a file of such an identity, without white space around it.
///
/// # Errors
/// When there is none, or none that could be a secret; the path is not told.
pub async fn read_file(path: &Path) -> Result<Secret, Failure> {
    const ATTEMPT: &str = "read a file of this server's identity";
    let text = tokio::fs::read_to_string(path).await.map(Secret::new);
    // The path stays out: failures are shown to people.
    let text = text.map_err(|error| {
        Failure::new(Cause::Internal, ATTEMPT).because(error.kind().to_string())
    })?;
    let trimmed = text.trimmed();
    if trimmed.is_empty() || trimmed.len() > Secret::MAX_BYTES {
        return Err(Failure::new(Cause::Internal, ATTEMPT).because("it is empty or too large"));
    }
    Ok(trimmed)
}
