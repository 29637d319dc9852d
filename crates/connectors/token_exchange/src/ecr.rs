//! Amazon ECR: a key or a role becomes a password for 12 hours.
//!
//! Source: Amazon ECR API Reference, `GetAuthorizationToken`; the figures are those of F36 and F37.

#![expect(clippy::disallowed_methods, reason = "takes a login apart")]

use std::time::Duration;

use async_trait::async_trait;
use domain::{Cause, Secret, Timestamp, assumed, repositories::RepositoryUrl};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;
use zeroize::Zeroizing;

use super::{
    Owner,
    aws::{self, EcrEndpoint, EndpointAnswer},
    call::{Caller, ProviderCall, unreadable},
    endpoints,
    exchange::{Exchanged, Keeping, TokenExchange},
    sigv4,
    sigv4::{AwsKey, Purpose},
    sts,
};
use egress::{Failure, lenient};

const ATTEMPT: &str = "get a token of Amazon ECR";

/// How long tokens of ECR are kept (F36).
pub(super) const KEEPING: Keeping = Keeping::at_most(Duration::from_hours(10));

/// A login at one region of ECR.
pub(super) struct Ecr<'a> {
    identity: Identity<'a>,
    place: EcrEndpoint,
}

/// Who asks.
pub(super) enum Identity<'a> {
    /// The holder of an access key.
    AccessKey { id: &'a str, secret: &'a Secret },
    /// This server, as a role in somebody's account.
    Role { account: &'a str, owner: &'a Owner },
}

impl<'a> Ecr<'a> {
    /// `region` is what a person typed; a host of ECR knows better.
    pub(super) fn new(
        identity: Identity<'a>,
        region: Option<&str>,
        url: &RepositoryUrl,
    ) -> Result<Self, Failure> {
        let unknown = || Failure::new(Cause::RegionUnknown, "find the region of Amazon ECR");
        let place = match EcrEndpoint::of_host(url.host()) {
            EndpointAnswer::Place(place) => place,
            EndpointAnswer::Nothing => {
                region.and_then(EcrEndpoint::of_region).ok_or_else(unknown)?
            }
            // Nobody gets a token who pretends to be Amazon, whatever region was typed.
            EndpointAnswer::Imitation => return Err(unknown()),
        };
        Ok(Self { identity, place })
    }

    async fn key(&self, caller: &Caller<'_>) -> Result<AwsKey, Failure> {
        match self.identity {
            Identity::AccessKey { id, secret } => {
                Ok(AwsKey { id: id.to_owned(), secret: secret.clone(), session: None })
            }
            Identity::Role { account, owner } => {
                sts::assumed(caller, &self.place.region, account, owner).await
            }
        }
    }
}

#[async_trait]
impl TokenExchange for Ecr<'_> {
    fn scope(&self) -> String {
        match self.identity {
            Identity::AccessKey { .. } => self.place.api.clone(),
            Identity::Role { account, owner } => {
                let role = assumed::role_name(&owner.organization_name, &owner.project_name);
                format!("{} {account} {role}", self.place.api)
            }
        }
    }

    fn keeping(&self) -> Keeping {
        KEEPING
    }

    async fn exchange(&self, caller: &Caller<'_>) -> Result<Exchanged, Failure> {
        let key = self.key(caller).await?;
        let url = endpoints::at(caller.settings.endpoints.ecr.as_ref(), &self.place.api, &[]);
        let target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
        let service = Service { name: "ecr", region: &self.place.region, target };
        let answer: Answer = ask(caller, &key, url, &service, ATTEMPT).await?;
        let data = answer.data.into_iter().next();
        data.and_then(|data| data.open(caller.now)).ok_or_else(|| unreadable(ATTEMPT))
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "authorizationData", deserialize_with = "lenient::list")]
    data: Vec<Data>,
}

/// What both registries of Amazon answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    authorization_token: Secret,
    #[serde(default, deserialize_with = "lenient::number")]
    expires_at: Option<f64>,
}

impl Data {
    /// The token is `user:password` in base64; the password may hold further colons. One that does
    /// not say when it ends is used once.
    pub(super) fn open(self, now: Timestamp) -> Option<Exchanged> {
        let login = self.authorization_token.from_base64()?;
        let (username, password) = login.expose().split_once(':')?;
        Some(Exchanged {
            username: username.to_owned(),
            password: Secret::new(password.to_owned()),
            expires_at: self.expires_at.and_then(Timestamp::from_seconds).unwrap_or(now),
        })
    }
}

/// One of Amazon's JSON services.
pub(super) struct Service<'a> {
    pub(super) name: &'static str,
    pub(super) region: &'a str,
    pub(super) target: &'static str,
}

/// Signs and sends an empty request, as both `GetAuthorizationToken` take it.
pub(super) async fn ask<T: DeserializeOwned>(
    caller: &Caller<'_>,
    key: &AwsKey,
    url: Option<Url>,
    service: &Service<'_>,
    attempt: &'static str,
) -> Result<T, Failure> {
    const JSON: &str = "application/x-amz-json-1.1";
    let url = url.ok_or_else(|| Failure::new(Cause::RegionUnknown, attempt))?;
    let purpose = Purpose { region: service.region, service: service.name, now: caller.now };
    let headers = [("content-type", JSON), ("x-amz-target", service.target)];
    let body = b"{}";
    let signature = sigv4::sign(key, &purpose, &url, &headers, body)
        .ok_or_else(|| Failure::new(Cause::InvalidCredentials, attempt))?;
    let call = ProviderCall::post(url, JSON, Zeroizing::new(body.to_vec()), attempt)
        .header("x-amz-target", http::header::HeaderValue::from_static(service.target))
        .explain_refusals(aws::cause_of_refusal);
    caller.json(signature.put_on(call)).await
}
