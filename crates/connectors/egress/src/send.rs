use std::time::Duration;

use domain::{Cause, Redactor};
use reqwest::{
    Method, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use tokio::time::{Instant, timeout_at};
use url::Url;
use zeroize::Zeroizing;

use super::{
    Outbound,
    classify::{ProxyMode, failure},
    client_pool::Shows,
    concurrency_limit::HostPermit,
    login::secret_of,
    outbound::Trust,
    proxy_target_check::NetworkSide,
    redirect::{Hop, hop, named, same_origin},
    resolve::ReachableAddresses,
};
use crate::{Failure, wire};

/// The most redirects that are followed.
const HOPS: usize = 5;

/// Whether redirects are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// Up to five, without the login as soon as the origin changes.
    Follow,
    /// Within the origin alone, which keeps the login: what is asked for is at home there.
    SameOrigin,
    /// None: the login must not go anywhere else.
    Refuse,
}

/// A request for something: GET and HEAD of a registry, which Hawser never changes, POST of a form
/// or document to a token endpoint or webhook, PUT to a metadata service, PATCH and DELETE at the API
/// server of a cluster.
#[must_use]
pub struct Ask {
    url: Url,
    method: Method,
    body: Option<Zeroizing<Vec<u8>>>,
    headers: HeaderMap,
    login: Option<HeaderValue>,
    redirects: Redirects,
    trust: Trust,
    shows: Shows,
    total: Duration,
    attempt: &'static str,
}

impl Ask {
    /// Asks for `url`; `attempt` ends the sentence "could not …".
    pub fn get(url: Url, attempt: &'static str) -> Self {
        Self {
            url,
            method: Method::GET,
            body: None,
            headers: HeaderMap::new(),
            login: None,
            redirects: Redirects::Follow,
            trust: Trust::AllowList,
            shows: Shows::Certificate,
            total: Duration::from_secs(30),
            attempt,
        }
    }

    /// Posts a document; redirects are not followed, because the document may hold a secret.
    pub fn post(
        url: Url,
        content_type: HeaderValue,
        body: Zeroizing<Vec<u8>>,
        attempt: &'static str,
    ) -> Self {
        let ask = Self { method: Method::POST, body: Some(body), ..Self::get(url, attempt) };
        ask.header(CONTENT_TYPE, content_type).redirects(Redirects::Refuse)
    }

    /// Posts a document by which something is deleted, as some providers have it.
    pub fn delete(
        url: Url,
        content_type: HeaderValue,
        body: Zeroizing<Vec<u8>>,
        attempt: &'static str,
    ) -> Self {
        Self::post(url, content_type, body, attempt).method(Method::DELETE)
    }

    /// Puts nothing there, as a session of a metadata service is opened.
    pub fn put(url: Url, attempt: &'static str) -> Self {
        Self { method: Method::PUT, ..Self::get(url, attempt) }.redirects(Redirects::Refuse)
    }

    /// At a metadata service, which is on this machine's own link and answers at once.
    pub const fn metadata(mut self) -> Self {
        self.trust = Trust::Metadata;
        self.shows = Shows::Nothing;
        self.redirects = Redirects::Refuse;
        self.total = Duration::from_secs(5);
        self
    }

    /// Asks for the head alone.
    pub fn head(self) -> Self {
        self.method(Method::HEAD)
    }

    /// By another method.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// A header that may go to every origin.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The `Authorization` header; it goes to the origin of the URL and nowhere else.
    pub fn login(mut self, login: Option<HeaderValue>) -> Self {
        self.login = login;
        self
    }

    /// Whether redirects are followed.
    pub const fn redirects(mut self, redirects: Redirects) -> Self {
        self.redirects = redirects;
        self
    }

    /// At public addresses alone, whatever the operator allows.
    pub const fn public_only(mut self) -> Self {
        self.trust = Trust::PublicOnly;
        self.shows = Shows::Nothing;
        self
    }

    /// Not at the repository's own host: a client certificate is not shown there.
    pub const fn elsewhere(mut self) -> Self {
        self.shows = Shows::Nothing;
        self
    }

    /// How long all of it may take; 30 seconds unless this says otherwise.
    pub const fn total(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }

    /// A redirect that is not followed, with where it points. Whoever redirects names what he likes, so
    /// the login is taken out of it.
    fn led(&self, attempt: &str, response: &Response, from: &Url) -> Failure {
        let attempt = match named(response.headers(), from) {
            Some(target) => {
                format!("{attempt}: it redirects to {}", self.redactor().redact(&target))
            }
            None => attempt.to_owned(),
        };
        Failure::new(Cause::RedirectRefused, attempt).with_status(response.status().as_u16())
    }

    fn redactor(&self) -> Redactor {
        Redactor::of(secret_of(self.login.as_ref()).as_ref())
    }

    /// The host of an address that somebody named. Whoever redirects names what he likes.
    fn host_of(&self, url: &Url) -> String {
        let host = url.host_str().unwrap_or_default();
        if self.url.host_str() == Some(host) {
            return host.to_owned();
        }
        self.redactor().redact(host)
    }

    fn request(&self, url: &Url, login: Option<&HeaderValue>) -> reqwest::Request {
        let mut request = reqwest::Request::new(self.method.clone(), url.clone());
        request.headers_mut().clone_from(&self.headers);
        if let Some(body) = &self.body {
            *request.body_mut() = Some(wire::body(body.clone()));
        }
        if let Some(login) = login {
            request.headers_mut().insert(AUTHORIZATION, login.clone());
        }
        request
    }
}

/// Status and headers of an answer; the body is still to be read.
pub struct HttpAnswer {
    /// Where it came from, after redirects.
    pub url: Url,
    /// A redirect led elsewhere, so the login was left out.
    pub login_dropped: bool,
    pub(super) response: Response,
    pub(super) deadline: Instant,
    pub(super) attempt: String,
    _place: HostPermit,
}

impl HttpAnswer {
    /// Its status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Its headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The text of a header; empty when it is missing or no text.
    #[must_use]
    pub fn text(&self, name: impl reqwest::header::AsHeaderName) -> &str {
        self.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// A failure of this request.
    #[must_use]
    pub fn failure(&self, cause: Cause) -> Failure {
        Failure::new(cause, self.attempt.clone()).with_status(self.status().as_u16())
    }
}

impl Outbound {
    /// Sends a request and waits for the head of the answer.
    pub async fn send(&self, ask: Ask) -> Result<HttpAnswer, Failure> {
        let mut url = ask.url.clone();
        let mut login = ask.login.clone();
        let mut trust = ask.trust;
        let mut shows = ask.shows;
        let mut deadline = None;
        for hops in 0..=HOPS {
            let attempt = format!("{} at {}", ask.attempt, ask.host_of(&url));
            let refused = |cause| Failure::new(cause, attempt.clone());
            let reach = self.reach(&url, trust).ok_or_else(|| {
                refused(if hops == 0 { Cause::BlockedAddress } else { Cause::RedirectRefused })
            })?;
            let place = self
                .limit()
                .acquire(url.authority())
                .await
                .ok_or_else(|| refused(Cause::Timeout))?;
            // Time spent in the queue is ours, not the host's.
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + ask.total);
            let sent = self.exchange(ask.request(&url, login.as_ref()), reach, shows, &attempt);
            let (response, side) = match timeout_at(deadline, sent).await {
                Err(_) => return Err(refused(Cause::Timeout)),
                Ok(sent) => sent?,
            };
            let status = response.status();
            let next = match (hop(status, response.headers(), &url), ask.redirects) {
                (Hop::None, _) => {
                    let login_dropped = ask.login.is_some() && login.is_none();
                    return Ok(HttpAnswer {
                        url,
                        login_dropped,
                        response,
                        deadline,
                        attempt,
                        _place: place,
                    });
                }
                // What is posted may hold a secret, and goes nowhere else.
                (Hop::SameOrigin(_), _) if ask.body.is_some() => {
                    return Err(ask.led(&attempt, &response, &url));
                }
                (Hop::Refused, _)
                | (_, Redirects::Refuse)
                | (Hop::OtherOrigin(_), Redirects::SameOrigin) => {
                    return Err(ask.led(&attempt, &response, &url));
                }
                (Hop::SameOrigin(next), _) => next,
                (Hop::OtherOrigin(next), Redirects::Follow) => {
                    login = None;
                    shows = Shows::Nothing;
                    // A public host may not lead to what the operator allowed to people.
                    if side == NetworkSide::Outside {
                        trust = Trust::PublicOnly;
                    }
                    next
                }
            };
            debug_assert!(
                login.is_none() || same_origin(&next, &ask.url),
                "the login stays at its origin"
            );
            url = next;
        }
        Err(Failure::new(
            Cause::RedirectRefused,
            format!("{}: more than {HOPS} redirects", ask.attempt),
        ))
    }

    /// Sends one request; tells where the host is that answered.
    async fn exchange(
        &self,
        request: reqwest::Request,
        reach: ReachableAddresses,
        shows: Shows,
        attempt: &str,
    ) -> Result<(Response, NetworkSide), Failure> {
        let url = request.url();
        let way = self.way(url);
        let known = match way {
            ProxyMode::Direct => None,
            ProxyMode::Tunnel | ProxyMode::Relay => Some(
                self.check_proxy_target(url, reach)
                    .await
                    .map_err(|cause| Failure::new(cause, attempt))?
                    .side(),
            ),
        };
        let sent = self.client(url, reach, shows).execute(request).await;
        let response = sent.map_err(|error| failure(error, attempt, way))?;
        let status = response.status();
        if way == ProxyMode::Relay
            && matches!(status, StatusCode::PROXY_AUTHENTICATION_REQUIRED | StatusCode::BAD_GATEWAY)
        {
            let failure = Failure::new(Cause::ProxyError, attempt);
            return Err(failure.with_status(status.as_u16()));
        }
        let answered = response
            .remote_addr()
            .map_or(NetworkSide::Outside, |address| NetworkSide::of(address.ip()));
        Ok((response, known.unwrap_or(answered)))
    }

    /// How a request for `url` goes on this egress profile.
    fn way(&self, url: &Url) -> ProxyMode {
        match (&self.pool().proxy, url.scheme()) {
            (None, _) => ProxyMode::Direct,
            (Some(_), "https") => ProxyMode::Tunnel,
            (Some(_), _) => ProxyMode::Relay,
        }
    }
}
