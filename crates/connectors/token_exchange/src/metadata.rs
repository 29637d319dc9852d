//! This server's own identity at the metadata service of its cloud.
//!
//! Sources: Amazon EC2 User Guide, "Retrieve IAM role credentials" and "Configure the IMDS"; AWS SDKs
//! Reference, "Container credential provider"; Google Cloud, "Access tokens for applications",
//! `instance/service-accounts/default/token`.

#![expect(clippy::disallowed_methods, reason = "reads the name of a role from an answer")]

use std::path::{Path, PathBuf};

use domain::{Cause, Secret, Timestamp};
use http::header::HeaderValue;
use serde::Deserialize;
use url::Url;

use super::{
    ambient,
    call::{Caller, ProviderCall, unreadable},
    endpoints,
    sigv4::AwsKey,
};
use egress::{Failure, Metadata, lenient, wire};

const AT_AWS: &str = "ask the metadata service of AWS";
const AT_GOOGLE: &str = "ask the metadata service of Google";
/// How long a session of IMDS (version 2) lives, in seconds; it is used at once and never again.
const SESSION: &str = "60";

/// Where a container finds its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The address of its credential service.
    pub uri: ContainerUri,
    /// The file with what is sent as `Authorization`; EKS has one, ECS need not.
    pub token_file: Option<PathBuf>,
}

/// Where a container of AWS asks for its keys: what ECS and EKS put into
/// `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerUri {
    service: Metadata,
    /// Path and query.
    path: String,
}

/// An address that is not the credential service of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "has to be at http://169.254.170.2/ (ECS), http://169.254.170.23/ or http://[fd00:ec2::23]/ (EKS)"
)]
pub struct BadContainerUri;

impl ContainerUri {
    /// Reads the address.
    ///
    /// # Errors
    /// When it is none of the services that AWS documents.
    pub fn parse(text: &str) -> Result<Self, BadContainerUri> {
        let url = Url::parse(text).map_err(|_| BadContainerUri)?;
        let service = Metadata::of(&url).filter(|service| *service != Metadata::Instance);
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Ok(Self { service: service.ok_or(BadContainerUri)?, path })
    }
}

/// A key of AWS until it ends.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    access_key_id: String,
    secret_access_key: Secret,
    token: Secret,
    #[serde(default, deserialize_with = "lenient::text")]
    expiration: String,
}

impl Keys {
    /// A key that does not say when it ends is used once.
    fn open(self, now: Timestamp) -> (AwsKey, Timestamp) {
        let ends = Timestamp::parse_rfc3339(&self.expiration).unwrap_or(now);
        let key = AwsKey {
            id: self.access_key_id,
            secret: self.secret_access_key,
            session: Some(self.token),
        };
        (key, ends)
    }
}

/// The key of the role of this machine (IMDS, version 2), and when it ends.
pub(super) async fn of_instance(caller: &Caller<'_>) -> Result<(AwsKey, Timestamp), Failure> {
    const ROLES: &str = "latest/meta-data/iam/security-credentials/";
    let instead = caller.settings.endpoints.aws_metadata.as_ref();
    let at = |path: &str| url(instead, Metadata::Instance, path);
    let seconds = HeaderValue::from_static(SESSION);
    let open = ProviderCall::put(at("latest/api/token").ok_or_else(|| unreadable(AT_AWS))?, AT_AWS)
        .header("x-aws-ec2-metadata-token-ttl-seconds", seconds);
    let session = text(caller, service(open, instead)).await?;
    let ask = async |path: &str| {
        let url = at(path).ok_or_else(|| unreadable(AT_AWS))?;
        let session = wire::header(&session).ok_or_else(|| unreadable(AT_AWS))?;
        let call = ProviderCall::get(url, AT_AWS).header("x-aws-ec2-metadata-token", session);
        Ok::<_, Failure>(service(call, instead))
    };
    let roles = text(caller, ask(ROLES).await?).await?;
    // A machine has one role, or none.
    let role = roles.expose().lines().next().unwrap_or_default().trim().to_owned();
    let named = !role.is_empty()
        && role.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b));
    if !named {
        return Err(unreadable(AT_AWS));
    }
    let keys: Keys = caller.json(ask(&format!("{ROLES}{role}")).await?).await.map_err(ours)?;
    Ok(keys.open(caller.now))
}

/// The key of the role of this container, and when it ends.
pub(super) async fn of_container(
    caller: &Caller<'_>,
    uri: &ContainerUri,
    token_file: Option<&Path>,
) -> Result<(AwsKey, Timestamp), Failure> {
    let instead = caller.settings.endpoints.aws_container.as_ref();
    let url = url(instead, uri.service, &uri.path).ok_or_else(|| unreadable(AT_AWS))?;
    let mut call = ProviderCall::get(url, AT_AWS);
    if let Some(file) = token_file {
        let token = ambient::read_file(file).await?;
        call = call.login(wire::header(&token).ok_or_else(|| unreadable(AT_AWS))?);
    }
    let keys: Keys = caller.json(service(call, instead)).await.map_err(ours)?;
    Ok(keys.open(caller.now))
}

#[derive(Deserialize)]
struct Token {
    access_token: Secret,
    #[serde(default, deserialize_with = "lenient::seconds")]
    expires_in: Option<u64>,
}

/// The access token of the service account of this machine, and when it ends.
pub(super) async fn of_google(caller: &Caller<'_>) -> Result<(Secret, Timestamp), Failure> {
    const PATH: &str = "computeMetadata/v1/instance/service-accounts/default/token?scopes=https://www.googleapis.com/auth/cloud-platform";
    let instead = caller.settings.endpoints.google_metadata.as_ref();
    let url = url(instead, Metadata::Instance, PATH).ok_or_else(|| unreadable(AT_GOOGLE))?;
    // Both ways: it keeps pages in a browser from asking, and other services from answering.
    let call = ProviderCall::get(url, AT_GOOGLE)
        .header("metadata-flavor", HeaderValue::from_static("Google"))
        .answering("metadata-flavor", "Google");
    let token: Token = caller.json(service(call, instead)).await.map_err(ours)?;
    let life = std::time::Duration::from_secs(token.expires_in.unwrap_or(0));
    Ok((token.access_token, caller.now.plus(life)))
}

/// `path` at a service, or below the address that the operator named instead of it.
fn url(instead: Option<&Url>, service: Metadata, path: &str) -> Option<Url> {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    let root = match instead {
        Some(url) => url.clone(),
        None => Url::parse(service.root()).ok()?,
    };
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let mut url = endpoints::at(Some(&root), "", &parts)?;
    url.set_query(query);
    Some(url)
}

/// What the operator named instead of a service is reached by the ordinary rules.
fn service(call: ProviderCall, instead: Option<&Url>) -> ProviderCall {
    if instead.is_some() { call } else { call.at_metadata() }
}

async fn text(caller: &Caller<'_>, call: ProviderCall) -> Result<Secret, Failure> {
    let bytes = caller.bytes(call).await.map_err(ours)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| unreadable(AT_AWS))?;
    Ok(Secret::new(text.trim().to_owned()))
}

/// Whatever it is, a person cannot mend it: the identity of this server is the operator's.
fn ours(failure: Failure) -> Failure {
    failure.told_as(Cause::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_ssrf_06_a_container_asks_only_where_aws_answers() {
        let eks = ContainerUri::parse("http://169.254.170.23/v1/credentials").unwrap();
        let asked = url(None, eks.service, &eks.path).unwrap();
        assert_eq!(asked.as_str(), "http://169.254.170.23/v1/credentials");
        let ecs = ContainerUri::parse("http://169.254.170.2/v2/credentials/id?a=b").unwrap();
        let asked = url(None, ecs.service, &ecs.path).unwrap();
        assert_eq!(asked.as_str(), "http://169.254.170.2/v2/credentials/id?a=b");
        assert!(ContainerUri::parse("http://[fd00:ec2::23]/v1/credentials").is_ok());
        for bad in [
            "",
            "http://169.254.169.254/latest/",
            "http://169.254.170.2:81/",
            "https://169.254.170.2/",
            "http://u@169.254.170.2/",
            "http://127.0.0.1/",
            "http://credentials.example/",
        ] {
            assert_eq!(ContainerUri::parse(bad), Err(BadContainerUri), "{bad}");
        }
    }
}
