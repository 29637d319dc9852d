//! A GitHub App: its key becomes an installation token for an hour, limited to repositories.
//!
//! Source: GitHub Docs, "Generating a JSON Web Token (JWT) for a GitHub App" and "Create an
//! installation access token for an app".

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use domain::{
    Cause, Secret, Timestamp,
    repositories::{RepositoryKind, RepositoryUrl},
};
use http::header::HeaderValue;
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use super::{
    ExchangeSettings,
    call::{Caller, ProviderCall, ProviderRefusal, unreadable},
    endpoints,
    exchange::{Exchanged, Keeping, TokenExchange},
    jwt,
};
use egress::{Failure, lenient, wire::bearer};

const ATTEMPT: &str = "get an installation token of GitHub";
/// The user name of every installation token.
pub(super) const USERNAME: &str = "x-access-token";

/// One installation of an app.
pub(super) struct GithubApp<'a> {
    pub(super) app_id: &'a str,
    pub(super) installation: &'a str,
    pub(super) key: &'a Secret,
    /// Names without their owner; none means all that the installation may see.
    pub(super) repositories: &'a [String],
    /// What the host needs.
    pub(super) needed: Permission,
}

/// What a token opens. GitHub refuses to give what the app was not granted, so nothing
/// is asked for that the host does not need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// The files of Git repositories, to read them.
    Contents,
    /// Packages, to read them.
    Packages,
    /// The files and pull requests of Git repositories, to write them.
    Push,
    /// The files alone, to write them, for an app that may not open pull requests.
    PushFiles,
}

impl Permission {
    /// GitHub itself and the host of the operator's own GitHub serve files; every other host, and
    /// OCI wherever it is, serves packages.
    pub(super) fn needed_at(settings: &ExchangeSettings, url: &RepositoryUrl) -> Self {
        let own = settings.endpoints.github.as_ref().and_then(Url::host_str);
        let own = own.map(|api| api.strip_prefix("api.").unwrap_or(api));
        let host = url.host().trim_end_matches('.');
        let is_git =
            matches!(host, "github.com" | "raw.githubusercontent.com") || own == Some(host);
        if is_git && url.implied_kind() != Some(RepositoryKind::Oci) {
            Self::Contents
        } else {
            Self::Packages
        }
    }

    /// As GitHub spells the permissions and their levels.
    fn wished(self) -> BTreeMap<&'static str, &'static str> {
        match self {
            Self::Contents => BTreeMap::from([("contents", "read")]),
            Self::Packages => BTreeMap::from([("packages", "read")]),
            Self::Push => BTreeMap::from([("contents", "write"), ("pull_requests", "write")]),
            Self::PushFiles => BTreeMap::from([("contents", "write")]),
        }
    }
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
    permissions: BTreeMap<&'static str, &'static str>,
}

#[derive(Deserialize)]
struct Granted {
    token: Secret,
    #[serde(default, deserialize_with = "lenient::text")]
    expires_at: String,
}

#[async_trait]
impl TokenExchange for GithubApp<'_> {
    fn scope(&self) -> String {
        let names = self.repositories.join(" ");
        format!("{} {:?} {names}", self.installation, self.needed)
    }

    fn keeping(&self) -> Keeping {
        Keeping::at_most(Duration::from_hours(1))
    }

    async fn exchange(&self, caller: &Caller<'_>) -> Result<Exchanged, Failure> {
        let made = self.token(caller, self.needed).await;
        // The app may lack the right to open pull requests, which a push alone does not need.
        match made {
            Err(failure) if failure.status == Some(422) && self.needed == Permission::Push => {
                self.token(caller, Permission::PushFiles).await
            }
            made => made,
        }
    }
}

impl GithubApp<'_> {
    async fn token(&self, caller: &Caller<'_>, needed: Permission) -> Result<Exchanged, Failure> {
        let now = caller.now.millis() / 1_000;
        // In the past against clocks that differ, and ten minutes at most in all.
        let claims = Claims { iat: now - 60, exp: now + 480, iss: self.app_id };
        let token = jwt::rs256(None, &claims, self.key)?;
        let instead = caller.settings.endpoints.github.as_ref();
        let path = ["app", "installations", self.installation, "access_tokens"];
        let url = endpoints::at(instead, "api.github.com", &path);
        let (Some(url), Some(login)) = (url, bearer(&token)) else {
            return Err(unreadable(ATTEMPT));
        };
        let permissions = needed.wished();
        let wish = serde_json::to_vec(&Wish { repositories: self.repositories, permissions });
        let body = Zeroizing::new(wish.map_err(|_| unreadable(ATTEMPT))?);
        let call = ProviderCall::post(url, "application/json", body, ATTEMPT)
            .header("accept", HeaderValue::from_static("application/vnd.github+json"))
            .header("x-github-api-version", HeaderValue::from_static("2022-11-28"))
            .login(login)
            .explain_refusals(cause_of_refusal);
        let granted: Granted = caller.json(call).await?;
        let expires_at = Timestamp::parse_rfc3339(&granted.expires_at).unwrap_or(caller.now);
        Ok(Exchanged { username: USERNAME.to_owned(), password: granted.token, expires_at })
    }
}

fn cause_of_refusal(refusal: &ProviderRefusal<'_>) -> Option<Cause> {
    match refusal.status {
        // Our clock is wrong, not the key.
        401 if refusal.says("'expiration time'") || refusal.says("'issued at'") => None,
        401 => Some(Cause::InvalidCredentials),
        403 if refusal.header("x-ratelimit-remaining") == "0" || refusal.says("rate limit") => {
            Some(Cause::RateLimited)
        }
        403 if refusal.says("ip allow list") => Some(Cause::OrganizationRestricted),
        // The key is right, but the installation lacks the permission or a named repository.
        422 => Some(Cause::InsufficientScope),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Endpoints, *};

    #[test]
    fn a_host_gets_only_the_permission_that_it_needs() {
        let needed = |endpoints: &str, url: &str| {
            let endpoints = Endpoints::parse(endpoints).unwrap();
            let settings = ExchangeSettings { endpoints, ..ExchangeSettings::default() };
            Permission::needed_at(&settings, &RepositoryUrl::parse(url).unwrap())
        };
        let (server, cloud) =
            ("github=https://ghe.example/api/v3", "github=https://api.acme.ghe.example");
        for (endpoints, url) in [
            ("", "https://github.com/acme/charts"),
            ("", "https://GitHub.com./acme/charts"),
            ("", "https://raw.githubusercontent.com/acme/charts/main"),
            (server, "https://ghe.example/acme/charts"),
            (cloud, "https://acme.ghe.example/acme/charts"),
        ] {
            assert_eq!(needed(endpoints, url), Permission::Contents, "{url}");
        }
        for (endpoints, url) in [
            ("", "oci://ghcr.io/acme/charts"),
            ("", "https://ghcr.io/acme/charts"),
            ("", "https://charts.example.com"),
            ("", "https://ghe.example/acme/charts"),
            ("", "https://github.com.evil.example/acme"),
            (server, "oci://containers.ghe.example/acme"),
            (server, "oci://ghe.example/acme"),
        ] {
            assert_eq!(needed(endpoints, url), Permission::Packages, "{url}");
        }
    }
}
