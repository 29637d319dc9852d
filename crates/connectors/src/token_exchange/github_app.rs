//! A GitHub App: its key becomes an installation token for an hour, limited to repositories.
//!
//! Source: GitHub Docs, "Generating a JSON Web Token (JWT) for a GitHub App" and "Create an
//! installation access token for an app".

use std::time::Duration;

use async_trait::async_trait;
use domain::{Cause, Secret, Timestamp};
use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    call::{Call, Caller, Refusal, bearer, unreadable},
    endpoints,
    exchange::{Exchanged, Keeping, TokenExchange},
    jwt,
};
use crate::Failure;

const ATTEMPT: &str = "get an installation token of GitHub";
/// The user name of every installation token.
const USERNAME: &str = "x-access-token";

/// One installation of an app.
pub(super) struct GithubApp<'a> {
    pub(super) app_id: &'a str,
    pub(super) installation: &'a str,
    pub(super) key: &'a Secret,
    /// Names without their owner; none means all that the installation may see.
    pub(super) repositories: &'a [String],
}

#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    exp: i64,
    iss: &'a str,
}

#[derive(Serialize)]
struct Wish<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    repositories: &'a [String],
    permissions: Permissions,
}

/// Enough to clone and to pull, and nothing more.
#[derive(Serialize)]
struct Permissions {
    contents: &'static str,
    packages: &'static str,
}

#[derive(Deserialize)]
struct Granted {
    token: Secret,
    expires_at: String,
}

#[async_trait]
impl TokenExchange for GithubApp<'_> {
    fn scope(&self) -> String {
        format!("{} {}", self.installation, self.repositories.join(" "))
    }

    fn keeping(&self) -> Keeping {
        Keeping::at_most(Duration::from_hours(1))
    }

    async fn exchange(&self, caller: &Caller<'_>) -> Result<Exchanged, Failure> {
        let now = caller.now.millis() / 1_000;
        // In the past against clocks that differ, and ten minutes at most in all.
        let claims = Claims { iat: now - 60, exp: now + 480, iss: self.app_id };
        let token = jwt::rs256(None, &claims, self.key)?;
        let instead = caller.settings.endpoints.github.as_ref();
        let path = ["app", "installations", self.installation, "access_tokens"];
        let url = endpoints::at(instead, "api.github.com", &path);
        let (Some(url), Some(login)) = (url, bearer(token.expose())) else {
            return Err(unreadable(ATTEMPT));
        };
        let permissions = Permissions { contents: "read", packages: "read" };
        let wish = serde_json::to_vec(&Wish { repositories: self.repositories, permissions });
        let body = Zeroizing::new(wish.map_err(|_| unreadable(ATTEMPT))?);
        let call = Call::post(url, "application/json", body, ATTEMPT)
            .header("accept", HeaderValue::from_static("application/vnd.github+json"))
            .header("x-github-api-version", HeaderValue::from_static("2022-11-28"))
            .login(login)
            .told(told);
        let granted: Granted = caller.json(call).await?;
        let expires_at = Timestamp::parse_rfc3339(&granted.expires_at).unwrap_or(caller.now);
        Ok(Exchanged { username: USERNAME.to_owned(), password: granted.token, expires_at })
    }
}

fn told(refusal: &Refusal<'_>) -> Option<Cause> {
    match refusal.status {
        // Our clock is wrong, not the key.
        401 if refusal.says("'expiration time'") || refusal.says("'issued at'") => None,
        401 => Some(Cause::InvalidCredentials),
        403 if refusal.header("x-ratelimit-remaining") == "0" || refusal.says("rate limit") => {
            Some(Cause::RateLimited)
        }
        403 if refusal.says("ip allow list") => Some(Cause::OrganizationRestricted),
        _ => None,
    }
}
