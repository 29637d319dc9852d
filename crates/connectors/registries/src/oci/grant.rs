//! Tokens from the realm of a registry.

use std::time::Duration;

use domain::{Cause, Secret};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    realm::{Realm, judge, service as service_of},
    scope::Scope,
    session::Session,
    tokens::Token,
};
use egress::{Ask, Failure, Login, Redirects, RefusedService, lenient, status::refusal, wire};

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
    #[serde(default, deserialize_with = "lenient::secret")]
    token: Option<Secret>,
    #[serde(default, deserialize_with = "lenient::secret")]
    access_token: Option<Secret>,
    #[serde(default, deserialize_with = "lenient::seconds")]
    expires_in: Option<u64>,
}

impl Session<'_> {
    /// A token for requests of this scope.
    pub(super) async fn token(
        &self,
        realm: &str,
        service: &str,
        scope: &Scope,
    ) -> Result<Token, Failure> {
        let Granted { token, lifetime, unusable } = self.grant(realm, service, scope).await?;
        let Some(header) = wire::bearer(&token) else { return Err(unusable) };
        Ok(Token::new(header, lifetime))
    }

    /// The token services at other hosts that people allowed the login for.
    pub(super) fn token_services(&self) -> &[String] {
        self.login.map_or(&[], |login| &login.token_services)
    }

    /// Asks the realm for a token, with the login where the realm may have it. A realm that refuses
    /// this scope may still take the login, and then the account may not read what is asked for.
    pub(super) async fn grant(
        &self,
        realm: &str,
        service: &str,
        scope: &Scope,
    ) -> Result<Granted, Failure> {
        let failure = match self.ask_realm(realm, service, scope).await {
            Err(failure) if self.leaves_doubt(&failure) => failure,
            granted => return granted,
        };
        // As `docker login` asks: whose login it is, and nothing else.
        match self.ask_realm(realm, service, &Scope::default()).await {
            Ok(_) => Err(failure.told_as(Cause::InsufficientScope)),
            // GHCR says DENIED to a wrong token as well.
            Err(refusal) if refusal.cause == Cause::InsufficientScope => {
                Err(if self.base().host_str() == Some("ghcr.io") {
                    failure.told_as(Cause::InvalidCredentials)
                } else {
                    failure
                })
            }
            Err(refusal) if refusal.cause == Cause::InvalidCredentials => Err(refusal),
            Err(_) => Err(failure),
        }
    }

    /// Whether a refusal of the realm may be one of the scope and not of the login. A wrong password
    /// is not tried twice, so a plain 401 is doubted only where the login was taken a short time ago,
    /// and at Azure, which says it of scopes too.
    fn leaves_doubt(&self, failure: &Failure) -> bool {
        let host = self.base().host_str().unwrap_or_default();
        let is_azure = [".azurecr.io", ".azurecr.cn", ".azurecr.us"]
            .iter()
            .any(|domain| host.ends_with(domain));
        match failure.cause {
            Cause::InsufficientScope => self.has_login(),
            Cause::InvalidCredentials => self.has_login() && (is_azure || self.was_taken()),
            _ => false,
        }
    }

    async fn ask_realm(
        &self,
        realm: &str,
        service: &str,
        scope: &Scope,
    ) -> Result<Granted, Failure> {
        let refused = || {
            let service = service_of(realm);
            let whose =
                service.as_ref().map(|service| format!(", which gets its tokens from {service}"));
            let registry = self.base().authority();
            let attempt = format!("{ATTEMPT} for {registry}{}", whose.unwrap_or_default());
            let mut failure = Failure::new(Cause::ForeignRealm, attempt);
            failure.refused_service = service.map(RefusedService).map(Box::new);
            failure
        };
        let (mut url, own) = match judge(realm, self.base(), self.token_services()) {
            Realm::Own(url) => (url, true),
            Realm::Foreign(url) if self.login.is_none() => (url, false),
            Realm::Foreign(_) | Realm::Refused => return Err(refused()),
        };
        {
            let mut query = url.query_pairs_mut();
            if !service.is_empty() {
                query.append_pair("service", service);
            }
            for scope in scope.texts() {
                query.append_pair("scope", &scope);
            }
            query.append_pair("client_id", "hawser");
        }
        let ask = Ask::get(url, ATTEMPT).redirects(Redirects::SameOrigin);
        let ask =
            if own { ask.login(self.login.and_then(Login::basic)) } else { ask.public_only() };
        let answer = self.outbound.send(ask).await?;
        if !answer.status().is_success() {
            return Err(refusal(answer, self.login).await);
        }
        let unusable = answer.failure(Cause::NotARegistry);
        let body = Zeroizing::new(answer.body(TOKEN_BYTES).await?);
        let Ok(grant) = serde_json::from_slice::<Grant>(&body) else { return Err(unusable) };
        let Some(token) = grant.token.or(grant.access_token) else { return Err(unusable) };
        let seconds =
            grant.expires_in.filter(|seconds| *seconds > 0).unwrap_or(DEFAULT_LIFETIME).min(86_400);
        Ok(Granted { token, lifetime: Duration::from_secs(seconds), unusable })
    }
}
