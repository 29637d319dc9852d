//! This server's own identities, which it has only where the operator turned them on.

use std::path::{Path, PathBuf};

use domain::{Cause, Secret};
use url::Url;

use crate::Failure;

/// The identities that shapes without a key may use.
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
}

/// Who this server is at Google Cloud: a workload identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoogleIdentity {
    /// The file with the token of this server's own issuer (a JWT).
    pub token_file: PathBuf,
    /// The provider that trusts the issuer:
    /// `//iam.googleapis.com/projects/…/workloadIdentityPools/…/providers/…`.
    pub audience: String,
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

/// The failure of a shape whose identity is not turned on.
pub(crate) fn disabled() -> Failure {
    Failure::new(Cause::AmbientDisabled, "use an identity of this server")
}

/// The text of a file, without white space around it.
pub(crate) async fn read(path: &Path) -> Result<Secret, Failure> {
    const ATTEMPT: &str = "read a file of this server's identity";
    let text = tokio::fs::read_to_string(path).await.map(Secret::new);
    // The path stays out: failures are shown to people.
    let text = text.map_err(|error| {
        Failure::new(Cause::Internal, ATTEMPT).because(error.kind().to_string())
    })?;
    let trimmed = Secret::new(text.expose().trim().to_owned());
    if trimmed.is_empty() || trimmed.expose().len() > Secret::MAX_BYTES {
        return Err(Failure::new(Cause::Internal, ATTEMPT).because("it is empty or too large"));
    }
    Ok(trimmed)
}
