//! Tokens from the realm of a registry.

use std::time::Duration;

use domain::{Cause, Secret};
use reqwest::header::HeaderValue;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    realm::{Realm, judge},
    session::Session,
    tokens::Token,
};
use crate::{
    Failure,
    http::{Ask, Login, Redirects},
    status::refusal,
};

const TOKEN_BYTES: usize = 256 * 1024;
/// The lifetime of a token whose server does not say it.
const DEFAULT_LIFETIME: u64 = 60;
const ATTEMPT: &str = "get a token";

/// A token and how long it lives.
pub(super) struct Granted {
    pub(super) token: Secret,
    lifetime: Duration,
    /// The answer holds no token that can be sent.
    unusable: Failure,
}

#[derive(Deserialize)]
struct Grant {
    token: Option<Secret>,
    access_token: Option<Secret>,
    expires_in: Option<u64>,
}

impl Session<'_> {
    /// A token for requests of this scope.
    pub(super) async fn token(
        &self,
        realm: &str,
        service: &str,
        scope: &str,
    ) -> Result<Token, Failure> {
        let Granted { token, lifetime, unusable } = self.grant(realm, service, scope).await?;
        let text = Zeroizing::new(format!("Bearer {}", token.expose()));
        let Ok(mut header) = HeaderValue::from_str(&text) else { return Err(unusable) };
        header.set_sensitive(true);
        Ok(Token::new(header, lifetime))
    }

    /// Asks the realm for a token, with the login where the realm may have it.
    pub(super) async fn grant(
        &self,
        realm: &str,
        service: &str,
        scope: &str,
    ) -> Result<Granted, Failure> {
        let refused = || {
            Failure::new(Cause::ForeignRealm, format!("{ATTEMPT} for {}", self.base().authority()))
        };
        let (mut url, own) = match judge(realm, self.base()) {
            Realm::Own(url) => (url, true),
            Realm::Foreign(url) if self.login.is_none() => (url, false),
            Realm::Foreign(_) | Realm::Refused => return Err(refused()),
        };
        {
            let mut query = url.query_pairs_mut();
            if !service.is_empty() {
                query.append_pair("service", service);
            }
            query.append_pair("scope", scope).append_pair("client_id", "hawser");
        }
        let ask = Ask::get(url, ATTEMPT).redirects(Redirects::Refuse);
        let ask =
            if own { ask.login(self.login.and_then(Login::basic)) } else { ask.public_only() };
        let answer = self.outbound.send(ask).await?;
        if !answer.status().is_success() {
            let ghcr = self.base().host_str() == Some("ghcr.io");
            let failure = refusal(answer, self.login).await;
            // GHCR says DENIED to a wrong token as well.
            return Err(match failure.cause {
                Cause::InsufficientScope if ghcr => failure.told_as(Cause::InvalidCredentials),
                _ => failure,
            });
        }
        let unusable = answer.failure(Cause::NotARegistry);
        let body = Zeroizing::new(answer.body(TOKEN_BYTES).await?);
        let Ok(grant) = serde_json::from_slice::<Grant>(&body) else { return Err(unusable) };
        let token =
            [grant.token, grant.access_token].into_iter().flatten().find(|token| !token.is_empty());
        let Some(token) = token else { return Err(unusable) };
        let seconds =
            grant.expires_in.filter(|seconds| *seconds > 0).unwrap_or(DEFAULT_LIFETIME).min(86_400);
        Ok(Granted { token, lifetime: Duration::from_secs(seconds), unusable })
    }
}
