//! Google Artifact Registry and the legacy Container Registry: a key, or this server's own
//! identity, becomes an access token for an hour.
//!
//! Sources: RFC 7523 and Google, "Using OAuth 2.0 for Server to Server Applications" (JWT bearer);
//! RFC 8693 and Google, "Workload Identity Federation" (token exchange, then
//! `generateAccessToken`); the figures are those of F33.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use domain::{Cause, OrganizationId, Secret, Timestamp, assumed, credentials::ServiceAccountKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Owner,
    ambient::{self, GoogleIdentity},
    call::{Caller, ProviderCall, ProviderRefusal, unreadable},
    endpoints,
    exchange::{Exchanged, Keeping, TokenExchange},
    jwt, metadata,
};
use egress::{Failure, lenient, wire::bearer};

const ATTEMPT: &str = "get an access token of Google";
const TOKEN_HOST: &str = "oauth2.googleapis.com";
/// Fixed: the `token_uri` of a key file is whatever somebody wrote there.
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";
/// Enough to pull and to list, and nothing more.
const SCOPES: [&str; 2] = [
    "https://www.googleapis.com/auth/devstorage.read_only",
    "https://www.googleapis.com/auth/cloud-platform.read-only",
];
/// The user name of every access token.
const USERNAME: &str = "oauth2accesstoken";
/// How long tokens of 60 minutes are kept (F33).
const KEEPING: Keeping = Keeping::at_most(Duration::from_mins(40));

/// A service-account key, exchanged by a JWT that it signs.
pub(super) struct KeyExchange<'a> {
    pub(super) key: &'a ServiceAccountKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'static str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Token {
    access_token: Secret,
    #[serde(default, deserialize_with = "lenient::seconds")]
    expires_in: Option<u64>,
}

#[async_trait]
impl TokenExchange for KeyExchange<'_> {
    fn scope(&self) -> String {
        TOKEN_HOST.to_owned()
    }

    fn keeping(&self) -> Keeping {
        KEEPING
    }

    async fn exchange(&self, caller: &Caller<'_>) -> Result<Exchanged, Failure> {
        let now = caller.now.millis() / 1_000;
        let claims = Claims {
            iss: &self.key.client_email,
            scope: &SCOPES.join(" "),
            aud: AUDIENCE,
            iat: now,
            exp: now + 3_600,
        };
        let key_id = Some(self.key.private_key_id.as_str()).filter(|id| !id.is_empty());
        let assertion = jwt::rs256(key_id, &claims, &self.key.private_key)?;
        let instead = caller.settings.endpoints.google_token.as_ref();
        let url =
            endpoints::at(instead, TOKEN_HOST, &["token"]).ok_or_else(|| unreadable(ATTEMPT))?;
        let grant = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")];
        let call = ProviderCall::form(url, &grant, &[("assertion", &assertion)], ATTEMPT);
        let token: Token = caller.json(call.explain_refusals(cause_of_refusal)).await?;
        let life = Duration::from_secs(token.expires_in.unwrap_or(0));
        Ok(login(token.access_token, caller.now.plus(life)))
    }
}

/// Google says `invalid_grant` for nearly everything; the description tells the key from the clock.
fn cause_of_refusal(refusal: &ProviderRefusal<'_>) -> Option<Cause> {
    let key =
        ["invalid jwt signature", "account not found", "invalid_client", "unauthorized_client"];
    key.iter().any(|text| refusal.says(text)).then_some(Cause::InvalidCredentials)
}

/// This server's own identity, federated to a service account whose name follows a fixed rule.
pub(super) struct Workload {
    account: String,
}

impl Workload {
    pub(super) fn new(gcp_project: &str, owner: &Owner) -> Self {
        Self { account: email(owner.organization, &owner.project_name, gcp_project) }
    }

    /// This server's token at Google's STS.
    async fn federated(
        caller: &Caller<'_>,
        token_file: &Path,
        audience: &str,
    ) -> Result<Secret, Failure> {
        let subject = ambient::read_file(token_file).await?;
        let instead = caller.settings.endpoints.google_sts.as_ref();
        let url = endpoints::at(instead, "sts.googleapis.com", &["v1", "token"])
            .ok_or_else(|| unreadable(ATTEMPT))?;
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("audience", audience),
            ("scope", "https://www.googleapis.com/auth/cloud-platform"),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
        ];
        let call = ProviderCall::form(url, &fields, &[("subject_token", &subject)], ATTEMPT);
        let token: Token = caller.json(call).await?;
        Ok(token.access_token)
    }
}

fn email(organization: OrganizationId, project_name: &str, gcp_project: &str) -> String {
    let name = assumed::service_account(organization, project_name);
    format!("{name}@{gcp_project}.iam.gserviceaccount.com")
}

#[derive(Serialize)]
struct Wish {
    scope: [&'static str; 2],
    lifetime: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Granted {
    access_token: Secret,
    #[serde(default, deserialize_with = "lenient::text")]
    expire_time: String,
}

#[async_trait]
impl TokenExchange for Workload {
    fn scope(&self) -> String {
        self.account.clone()
    }

    fn keeping(&self) -> Keeping {
        KEEPING
    }

    async fn exchange(&self, caller: &Caller<'_>) -> Result<Exchanged, Failure> {
        let own =
            match caller.settings.ambient.google.as_ref().ok_or_else(ambient::not_turned_on)? {
                GoogleIdentity::Workload { token_file, audience } => {
                    Self::federated(caller, token_file, audience).await?
                }
                GoogleIdentity::Instance => {
                    caller.own.google.get(caller.now, metadata::of_google(caller)).await?
                }
            };
        let instead = caller.settings.endpoints.google_iam.as_ref();
        let method = format!("{}:generateAccessToken", self.account);
        let path = ["v1", "projects", "-", "serviceAccounts", &method];
        let url = endpoints::at(instead, "iamcredentials.googleapis.com", &path);
        let (Some(url), Some(login_header)) = (url, bearer(&own)) else {
            return Err(unreadable(ATTEMPT));
        };
        let wish = serde_json::to_vec(&Wish { scope: SCOPES, lifetime: "3600s" });
        let body = Zeroizing::new(wish.map_err(|_| unreadable(ATTEMPT))?);
        let call = ProviderCall::post(url, "application/json", body, ATTEMPT).login(login_header);
        let granted: Granted = caller.json(call).await?;
        let ends = Timestamp::parse_rfc3339(&granted.expire_time).unwrap_or(caller.now);
        Ok(login(granted.access_token, ends))
    }
}

fn login(token: Secret, expires_at: Timestamp) -> Exchanged {
    Exchanged { username: USERNAME.to_owned(), password: token, expires_at }
}
