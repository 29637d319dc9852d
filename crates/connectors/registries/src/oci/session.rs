//! Requests to one registry, answering its challenges.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use domain::{Cause, connection_tests::Quota};
use http::{
    StatusCode,
    header::{ACCEPT, HeaderValue},
};
use url::Url;

use super::{
    Oci,
    challenge::{Challenge, RequestChallenge, best, request_challenge},
    ping::ping,
    quotas::{Quotas, quota},
    scope::Scope,
    tokens::{Age, TokenKey, Tokens},
};
use crate::registry_types::Target;
use egress::{
    Ask, Failure, HttpAnswer, Login, LoginKey, Outbound, Redirects, same_origin, status::refusal,
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
    /// Scopes that the registry said were not enough, with those that were.
    wider: Mutex<HashMap<Scope, Scope>>,
    /// A request with user name and password was answered.
    password_worked: AtomicBool,
    quotas: &'a Quotas,
    /// A login that is not stored shares what it learns with nobody.
    shared: bool,
    quota: Mutex<Option<Quota>>,
}

/// What a request shows of the login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nothing.
    Nothing,
    /// The user name and password.
    Password,
    /// A token that was granted for it.
    Token(Age),
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
        let (base, answer) = ping(outbound, oci, super::base(&target.url)).await?;
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
            wider: Mutex::default(),
            password_worked: AtomicBool::new(false),
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
    fn remember_limit(&self, answer: &HttpAnswer) {
        let Some(told) = quota(|name| answer.text(name)) else { return };
        *self.quota.lock().unwrap_or_else(PoisonError::into_inner) = Some(told.quota);
        if self.shared {
            self.quotas.remember(self.base.authority(), self.login_key, told);
        }
    }

    pub(super) const fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// Asks for `url`, which is at this registry; answers only success.
    pub(super) async fn get(
        &self,
        url: Url,
        scope: &Scope,
        accept: HeaderValue,
        want: Want,
        attempt: &'static str,
    ) -> Result<HttpAnswer, Failure> {
        let asked = scope;
        let mut scope = self.widened(asked);
        let (mut has_renewed, mut has_widened) = (false, false);
        loop {
            let (header, shown) = self.authorization(&scope).await?;
            let ask =
                Ask::get(url.clone(), attempt).header(ACCEPT, accept.clone()).login(header.clone());
            let ask = if want == Want::Head { ask.head() } else { ask };
            let answer = self.outbound.send(ask).await?;
            // A store behind a redirect has limits of its own.
            let own = same_origin(&answer.url, &self.base);
            if own {
                self.remember_limit(&answer);
            }
            let status = answer.status();
            if status.is_success() {
                if own && shown == Shown::Password && want == Want::All {
                    self.password_worked.store(true, Relaxed);
                }
                return Ok(answer);
            }
            if let Some(header) = header.filter(|_| own && may_be_of_the_token(status)) {
                self.tokens.refused(self.key(&scope), &header);
            }
            // A challenge counts only if the registry itself makes it: another host must not
            // learn the login by asking for it.
            let Some(told) = own.then(|| self.challenge_of(&answer)).flatten() else {
                return Err(self.refused(answer, shown).await);
            };
            let is_wider = matches!(told.challenge, Challenge::Bearer { .. })
                && !has_widened
                && !scope.covers(&told.scope);
            let is_new = Some(&told.challenge) != self.challenge().as_ref();
            let is_worth_it =
                is_wider || !has_renewed && (is_new || shown == Shown::Token(Age::Cached));
            // What a HEAD is refused with says nothing about how the registry wants to be asked.
            if !is_worth_it || (is_new && want == Want::Head) {
                return Err(self.refused(answer, shown).await);
            }
            drop(answer);
            *self.challenge.lock().unwrap_or_else(PoisonError::into_inner) = Some(told.challenge);
            if is_wider {
                scope = scope.with(&told.scope);
                self.widen(asked, &scope);
                has_widened = true;
            } else {
                has_renewed = true;
            }
        }
    }

    /// How a refusing answer of the registry wants to be asked instead. One that does not say it,
    /// though it wants a login, gets the user name and password.
    fn challenge_of(&self, answer: &HttpAnswer) -> Option<RequestChallenge> {
        let told = request_challenge(answer.headers());
        match answer.status() {
            StatusCode::UNAUTHORIZED => told.or_else(|| {
                let basic = self.has_login().then_some(Challenge::Basic);
                let challenge = self.challenge().or(basic)?;
                Some(RequestChallenge {
                    challenge,
                    scope: Scope::default(),
                    is_insufficient: false,
                })
            }),
            StatusCode::FORBIDDEN => told.filter(|told| told.is_insufficient),
            _ => None,
        }
    }

    /// A refusal. The login is wrong only if nothing else took it: a token that was granted for it,
    /// or a password that worked a moment ago, may not read this.
    async fn refused(&self, answer: HttpAnswer, shown: Shown) -> Failure {
        let failure = refusal(answer, self.login).await;
        if failure.cause != Cause::InvalidCredentials {
            return failure;
        }
        let is_right = match shown {
            Shown::Token(_) => self.has_login(),
            Shown::Password => self.password_worked.load(Relaxed) && self.opens_root().await,
            Shown::Nothing => false,
        };
        if is_right { failure.told_as(Cause::InsufficientScope) } else { failure }
    }

    /// Whether the root, which the registry shows to nobody without a login, opens with this one.
    async fn opens_root(&self) -> bool {
        if self.opened_with != StatusCode::UNAUTHORIZED {
            return false;
        }
        let mut root = self.base.clone();
        root.set_path("/v2/");
        let ask = Ask::get(root, "check the login").redirects(Redirects::SameOrigin);
        let answer = self.outbound.send(ask.login(self.login.and_then(Login::basic))).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    /// The scope to ask for, which is wider than `asked` where the registry said so before.
    fn widened(&self, asked: &Scope) -> Scope {
        let wider = self.wider.lock().unwrap_or_else(PoisonError::into_inner);
        wider.get(asked).unwrap_or(asked).clone()
    }

    fn widen(&self, asked: &Scope, scope: &Scope) {
        let mut wider = self.wider.lock().unwrap_or_else(PoisonError::into_inner);
        wider.insert(asked.clone(), scope.clone());
    }

    /// How the registry wants to be asked.
    pub(super) fn challenge(&self) -> Option<Challenge> {
        self.challenge.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn key(&self, scope: &Scope) -> TokenKey {
        TokenKey {
            login: self.login_key,
            authority: self.base.authority().to_owned(),
            scope: scope.clone(),
        }
    }

    /// Whether its token service took this login a short time ago.
    pub(super) fn was_taken(&self) -> bool {
        self.tokens.has_one_of(self.login_key, self.base.authority())
    }

    /// The `Authorization` header for a request of this scope, and what it shows.
    pub(super) async fn authorization(
        &self,
        scope: &Scope,
    ) -> Result<(Option<HeaderValue>, Shown), Failure> {
        match self.challenge() {
            None => Ok((None, Shown::Nothing)),
            Some(Challenge::Basic) => {
                let header = self.login.and_then(Login::basic);
                let shown = if header.is_some() { Shown::Password } else { Shown::Nothing };
                Ok((header, shown))
            }
            Some(Challenge::Bearer { realm, service }) => {
                let fetch = async || self.token(&realm, &service, scope).await;
                let (header, age) = self.tokens.get(self.key(scope), fetch).await?;
                Ok((Some(header), Shown::Token(age)))
            }
        }
    }
}

/// Whether an answer may mean that a token is not taken any more: Amazon's public gallery says 400
/// of an expired one, see <https://github.com/aws/containers-roadmap/issues/2835>.
fn may_be_of_the_token(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 401 | 403)
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
    use egress::{AllowList, EgressProfile};

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
        let outbound = Outbound::new(allow).unwrap();
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
            egress: EgressProfile::default(),
        };
        let session = Session::open(&outbound, &oci, &target).await.unwrap();
        let scope = Scope::pull("web");
        session.authorization(&scope).await.unwrap();
        let get = async || {
            let mut url = session.base().clone();
            url.set_path("/v2/web/manifests/1.0.0");
            let accept = HeaderValue::from_static("*/*");
            session.get(url, &scope, accept, Want::All, "read").await.map(drop)
        };
        // More than a host has places, and all are refused. Without an end this would wait for ever, so that
        // the time only ends a failing test.
        let all = futures::future::join_all((0..32).map(|_| get()));
        let all = tokio::time::timeout(std::time::Duration::from_mins(1), all).await.unwrap();
        assert!(all.iter().all(Result::is_ok));
    }
}
