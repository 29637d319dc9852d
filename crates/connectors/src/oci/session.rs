//! Requests to one registry, answering its challenges.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{Cause, Secret};
use reqwest::{
    StatusCode,
    header::{ACCEPT, HeaderValue},
};
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use super::{
    Oci,
    challenge::{Challenge, best},
    plain,
    realm::{Realm, judge},
    tokens::{Age, Key, Token, Tokens},
};
use crate::{
    Failure,
    http::{Answer, Ask, Login, Outbound, Redirects, same_origin},
    repository::{LoginKey, Target},
    status::refusal,
};

const TOKEN_BYTES: usize = 256 * 1024;
/// The lifetime of a token whose server does not say it.
const DEFAULT_LIFETIME: u64 = 60;

/// An opened registry.
pub(super) struct Session<'a> {
    outbound: &'a Outbound,
    tokens: Arc<Tokens>,
    base: Url,
    login: Option<&'a Login>,
    login_key: Option<LoginKey>,
    challenge: Mutex<Option<Challenge>>,
}

/// Which answer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// Head and body.
    All,
    /// The head alone.
    Head,
}

impl<'a> Session<'a> {
    /// Asks the registry how it wants to be asked.
    pub(super) async fn open(
        outbound: &'a Outbound,
        oci: &Oci,
        target: &'a Target,
    ) -> Result<Self, Failure> {
        // A login that is not stored shares its tokens with nobody.
        let shared = target.login_key.is_some() || target.login.is_none();
        let tokens = if shared { Arc::clone(&oci.tokens) } else { Arc::default() };
        let (base, answer) = knock(outbound, oci, super::base(&target.url)).await?;
        let challenge = best(answer.headers());
        match answer.status() {
            status if status.is_success() => {}
            StatusCode::UNAUTHORIZED if challenge.is_some() => {}
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => {
                return Err(answer.failure(Cause::NotARegistry));
            }
            _ => return Err(refusal(answer, None).await),
        }
        Ok(Self {
            outbound,
            tokens,
            base,
            login: target.login.as_ref(),
            login_key: target.login_key,
            challenge: Mutex::new(challenge),
        })
    }

    pub(super) const fn base(&self) -> &Url {
        &self.base
    }

    pub(super) const fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// Whether tokens are asked for: then a login that opens nothing was still accepted.
    pub(super) fn uses_tokens(&self) -> bool {
        matches!(self.challenge(), Some(Challenge::Bearer { .. }))
    }

    /// Asks for `url`, which is at this registry; answers only success.
    pub(super) async fn get(
        &self,
        url: Url,
        scope: &str,
        accept: HeaderValue,
        want: Want,
        attempt: &'static str,
    ) -> Result<Answer, Failure> {
        let mut retried = false;
        loop {
            let (header, cached) = self.authorization(scope).await?;
            let ask =
                Ask::get(url.clone(), attempt).header(ACCEPT, accept.clone()).login(header.clone());
            let ask = if want == Want::Head { ask.head() } else { ask };
            let answer = self.outbound.send(ask).await?;
            if answer.status().is_success() {
                return Ok(answer);
            }
            // A challenge counts only if the registry itself makes it: another host must not
            // learn the login by asking for it.
            let own = same_origin(&answer.url, &self.base);
            let fresh = best(answer.headers())
                .filter(|_| own && answer.status() == StatusCode::UNAUTHORIZED);
            let changed = fresh.is_some() && fresh != self.challenge();
            if let Some(header) = header.filter(|_| cached == Age::Cached) {
                self.tokens.refused(self.key(scope), &header).await;
            }
            let worth_it =
                fresh.is_some() && (changed || (cached == Age::Cached && self.uses_tokens()));
            if retried || !worth_it {
                return Err(self.refused(answer, cached).await);
            }
            *self.challenge.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
            retried = true;
        }
    }

    /// A refusal; one that follows a fresh token means that the account may not, not that the
    /// password is wrong.
    async fn refused(&self, answer: Answer, age: Age) -> Failure {
        let failure = refusal(answer, self.login).await;
        let proven = self.uses_tokens() && age == Age::Fresh && self.has_login();
        match failure.cause {
            Cause::InvalidCredentials if proven => failure.told_as(Cause::InsufficientScope),
            _ => failure,
        }
    }

    fn challenge(&self) -> Option<Challenge> {
        self.challenge.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn key(&self, scope: &str) -> Key {
        Key {
            login: self.login_key,
            authority: self.base.authority().to_owned(),
            scopes: vec![scope.to_owned()],
        }
    }

    /// The `Authorization` header for a request of this scope.
    async fn authorization(&self, scope: &str) -> Result<(Option<HeaderValue>, Age), Failure> {
        match self.challenge() {
            None => Ok((None, Age::Fresh)),
            Some(Challenge::Basic) => Ok((self.login.and_then(Login::basic), Age::Fresh)),
            Some(Challenge::Bearer { realm, service }) => {
                let fetch = async || self.token(&realm, &service, scope).await;
                let (header, age) = self.tokens.get(self.key(scope), fetch).await?;
                Ok((Some(header), age))
            }
        }
    }

    async fn token(&self, realm: &str, service: &str, scope: &str) -> Result<Token, Failure> {
        const ATTEMPT: &str = "get a token";
        let refused = || {
            Failure::new(Cause::ForeignRealm, format!("{ATTEMPT} for {}", self.base.authority()))
        };
        let (mut url, own) = match judge(realm, &self.base) {
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
            let ghcr = self.base.host_str() == Some("ghcr.io");
            let failure = refusal(answer, self.login).await;
            // GHCR says DENIED to a wrong token as well.
            return Err(match failure.cause {
                Cause::InsufficientScope if ghcr => failure.told_as(Cause::InvalidCredentials),
                _ => failure,
            });
        }
        let unreadable = answer.failure(Cause::NotARegistry);
        let body = Zeroizing::new(answer.body(TOKEN_BYTES).await?);
        let Ok(grant) = serde_json::from_slice::<Grant>(&body) else { return Err(unreadable) };
        let token =
            [grant.token, grant.access_token].into_iter().flatten().find(|token| !token.is_empty());
        let Some(mut header) = token.and_then(|token| {
            HeaderValue::from_str(&Zeroizing::new(format!("Bearer {}", token.expose()))).ok()
        }) else {
            return Err(unreadable);
        };
        header.set_sensitive(true);
        let lifetime =
            grant.expires_in.filter(|seconds| *seconds > 0).unwrap_or(DEFAULT_LIFETIME).min(86_400);
        Ok(Token::new(header, std::time::Duration::from_secs(lifetime)))
    }
}

#[derive(Deserialize)]
struct Grant {
    token: Option<Secret>,
    access_token: Option<Secret>,
    expires_in: Option<u64>,
}

/// Asks for `/v2/` without a login: with TLS, or without where the operator allows it and the
/// registry speaks nothing else.
pub(super) async fn knock(
    outbound: &Outbound,
    oci: &Oci,
    base: Url,
) -> Result<(Url, Answer), Failure> {
    let knock = async |base: Url| {
        let mut url = base.clone();
        url.set_path("/v2/");
        let answer =
            outbound.send(Ask::get(url, "open the registry").redirects(Redirects::Refuse)).await?;
        Ok((base, answer))
    };
    let allowed = base.scheme() == "https" && outbound.may_be_plain(&base);
    let without_tls = plain(&base).filter(|_| allowed);
    match without_tls {
        None => knock(base).await,
        Some(plain) => {
            match knock(if oci.is_plain(&base) { plain.clone() } else { base.clone() }).await {
                // Perhaps the registry has learned TLS since.
                Err(_) if oci.is_plain(&base) => {
                    oci.forget_plain(&base);
                    knock(base).await
                }
                Err(failure) if failure.spoke_no_tls => {
                    let opened = knock(plain).await.map_err(|_: Failure| failure)?;
                    oci.remember_plain(&base);
                    Ok(opened)
                }
                opened => opened,
            }
        }
    }
}
