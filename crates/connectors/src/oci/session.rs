//! Requests to one registry, answering its challenges.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{Cause, connections::Quota};
use reqwest::{
    StatusCode,
    header::{ACCEPT, HeaderValue},
};
use url::Url;

use super::{
    Oci,
    challenge::{Challenge, best},
    knock::knock,
    quotas::{Quotas, quota},
    tokens::{Age, Key, Tokens},
};
use crate::{
    Failure,
    http::{Answer, Ask, Login, Outbound, same_origin},
    repository::{LoginKey, Target},
    status::refusal,
};

/// An opened registry.
pub(super) struct Session<'a> {
    pub(super) outbound: &'a Outbound,
    tokens: Arc<Tokens>,
    base: Url,
    pub(super) login: Option<&'a Login>,
    login_key: Option<LoginKey>,
    /// What it answered when it was opened.
    opened_with: StatusCode,
    challenge: Mutex<Option<Challenge>>,
    quotas: &'a Quotas,
    /// A login that is not stored shares what it learns with nobody.
    shared: bool,
    quota: Mutex<Option<Quota>>,
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
        oci: &'a Oci,
        target: &'a Target,
    ) -> Result<Self, Failure> {
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
            opened_with: answer.status(),
            challenge: Mutex::new(challenge),
            quotas: &oci.quotas,
            shared,
            quota: Mutex::default(),
        })
    }

    pub(super) const fn base(&self) -> &Url {
        &self.base
    }

    /// The status that the registry was opened with.
    pub(super) const fn opened_with(&self) -> StatusCode {
        self.opened_with
    }

    /// The limit of requests that the last answer told.
    pub(super) fn quota(&self) -> Option<Quota> {
        *self.quota.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the limit of requests that an answer tells. The first answer does not count: it is
    /// given to nobody in particular.
    fn note(&self, answer: &Answer) {
        let Some(told) = quota(|name| answer.text(name)) else { return };
        *self.quota.lock().unwrap_or_else(PoisonError::into_inner) = Some(told.quota);
        if self.shared {
            self.quotas.remember(self.base.authority(), self.login_key, told);
        }
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
            // A store behind a redirect has limits of its own.
            let own = same_origin(&answer.url, &self.base);
            if own {
                self.note(&answer);
            }
            if answer.status().is_success() {
                return Ok(answer);
            }
            // A challenge counts only if the registry itself makes it: another host must not
            // learn the login by asking for it.
            let fresh = best(answer.headers())
                .filter(|_| own && answer.status() == StatusCode::UNAUTHORIZED);
            let changed = fresh.is_some() && fresh != self.challenge();
            if let Some(header) = header.filter(|_| cached == Age::Cached) {
                self.tokens.refused(self.key(scope), &header);
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

    /// How the registry wants to be asked.
    pub(super) fn challenge(&self) -> Option<Challenge> {
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
    pub(super) async fn authorization(
        &self,
        scope: &str,
    ) -> Result<(Option<HeaderValue>, Age), Failure> {
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
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use axum::{
        Router,
        extract::Request,
        http::header::{AUTHORIZATION, WWW_AUTHENTICATE},
        response::{IntoResponse as _, Response},
    };
    use domain::{
        CredentialId, OrganizationId, Secret,
        repositories::{RepositoryKind, RepositoryUrl},
    };

    use super::*;
    use crate::http::{AllowList, Road};

    /// A registry whose first token opens nothing, as one that forgot its tokens.
    async fn forgetful() -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let challenge = format!("Bearer realm=\"http://{authority}/token\"");
        let issued = Arc::new(AtomicUsize::new(0));
        let answer = move |request: &Request| -> Response {
            if request.uri().path() == "/token" {
                let number = issued.fetch_add(1, SeqCst);
                return format!("{{\"token\":\"t{number}\"}}").into_response();
            }
            match request.headers().get(AUTHORIZATION) {
                Some(login) if login != "Bearer t0" => "{}".into_response(),
                _ => {
                    let headers = [(WWW_AUTHENTICATE, challenge.clone())];
                    (StatusCode::UNAUTHORIZED, headers).into_response()
                }
            }
        };
        let answer = Arc::new(answer);
        let router = Router::new().fallback(move |request: Request| {
            let answer = Arc::clone(&answer);
            async move { answer(&request) }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        authority
    }

    #[tokio::test]
    async fn refused_requests_do_not_keep_the_place_that_a_new_token_needs() {
        let authority = forgetful().await;
        let allow = AllowList::parse(&authority).unwrap();
        let outbound = Outbound::new(allow).unwrap().with_one_place();
        let (oci, login) = (Oci::default(), Login::stored("ann".into(), Secret::new("x".into())));
        let target = Target {
            url: RepositoryUrl::parse(&format!("http://{authority}/web")).unwrap(),
            kind: RepositoryKind::Oci,
            login: Some(login),
            login_key: Some(LoginKey {
                organization: OrganizationId::new(),
                credential: CredentialId::new(),
                vault_version: 1,
            }),
            chart_names: Vec::new(),
            road: Road::default(),
        };
        let session = Session::open(&outbound, &oci, &target).await.unwrap();
        let scope = "repository:web:pull";
        session.authorization(scope).await.unwrap();
        let get = async || {
            let mut url = session.base().clone();
            url.set_path("/v2/web/manifests/1.0.0");
            let accept = HeaderValue::from_static("*/*");
            session.get(url, scope, accept, Want::All, "read").await.map(drop)
        };
        // Without an end this would wait for ever, so that the time only ends a failing test.
        let both = async { tokio::join!(get(), get()) };
        let (one, other) =
            tokio::time::timeout(std::time::Duration::from_mins(1), both).await.unwrap();
        assert!(one.is_ok() && other.is_ok());
    }
}
