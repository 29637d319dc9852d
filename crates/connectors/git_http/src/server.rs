//! Requests to one Git server: who asks, how long it may take, and what a refusal means.

use domain::{Cause, gitops::GitUrl};
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, USER_AGENT};
use std::sync::OnceLock;

use tokio::time::Instant;
use url::Url;
use zeroize::Zeroizing;

use super::{
    Git,
    advertisement::{Advertisement, Service},
    packets::Packets,
};
use egress::{Ask, Failure, HttpAnswer, Login, Redirects, status};

/// Some hosts send whoever is not called `git/…` to their web pages.
const AGENT: HeaderValue =
    HeaderValue::from_static(concat!("git/2.0 (hawser ", env!("CARGO_PKG_VERSION"), ")"));

/// One repository at its server, for the time of one operation.
pub(super) struct Server<'a> {
    pub(super) git: &'a Git,
    url: &'a GitUrl,
    login: Option<&'a Login>,
    /// Where the server led the first request, within its origin: GitLab leads from `name` to `name.git`.
    led: OnceLock<Url>,
    pub(super) deadline: Instant,
}

/// A request was refused.
pub(super) struct Refused {
    pub(super) failure: Failure,
    /// What the server said, as it said it; empty when it said nothing or nothing came.
    pub(super) words: String,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { failure, words: String::new() }
    }
}

impl<'a> Server<'a> {
    pub(super) fn new(git: &'a Git, url: &'a GitUrl, login: &'a Login) -> Self {
        let is_empty =
            login.username.is_empty() && login.password.is_empty() && login.certificate.is_none();
        let login = Some(login).filter(|_| !is_empty);
        let deadline = Instant::now() + git.limits.time;
        Self { git, url, login, led: OnceLock::new(), deadline }
    }

    /// What the repository holds and the service can do.
    pub(super) async fn advertisement(&self, service: Service) -> Result<Advertisement, Failure> {
        self.advertised(service).await.map_err(|refused| refused.failure)
    }

    /// The same, with the words of a refusal.
    pub(super) async fn advertised(&self, service: Service) -> Result<Advertisement, Refused> {
        let mut url = self.at("info/refs");
        url.set_query(Some(&format!("service={}", service.name())));
        let ask = Ask::get(url, service.attempt()).header(ACCEPT, HeaderValue::from_static("*/*"));
        let answer = self.send(ask, service.advertisement_type()).await?;
        if let Some(place) = place(&answer.url) {
            self.led.get_or_init(|| place);
        }
        Ok(Advertisement::read(Packets::new(answer, Advertisement::MOST), service).await?)
    }

    /// Posts a request to a service; the answer is still to be read.
    pub(super) async fn call(
        &self,
        service: Service,
        body: Vec<u8>,
    ) -> Result<HttpAnswer, Refused> {
        let content = HeaderValue::from_static(service.request_type());
        let body = Zeroizing::new(body);
        let ask = Ask::post(self.at(service.name()), content, body, service.attempt())
            .header(ACCEPT, HeaderValue::from_static(service.result_type()));
        self.send(ask, service.result_type()).await
    }

    async fn send(&self, ask: Ask, wanted: &str) -> Result<HttpAnswer, Refused> {
        let ask = ask
            .header(USER_AGENT, AGENT)
            .login(self.login.and_then(Login::basic))
            .redirects(Redirects::SameOrigin)
            .total(self.deadline.saturating_duration_since(Instant::now()));
        let answer = self.git.outbound.on(&self.git.egress, self.login)?.send(ask).await?;
        if !answer.status().is_success() {
            let (failure, words) = status::refusal_in_words(answer, self.login).await;
            return Err(Refused { failure: no_registry(failure), words });
        }
        // A web page, an old server that only serves files, or something that is no Git at all.
        let content = answer.text(CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
        if !content.eq_ignore_ascii_case(wanted) || !answer.text(CONTENT_ENCODING).is_empty() {
            return Err(answer.failure(Cause::NotAGitRepository).into());
        }
        Ok(answer)
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.led.get().unwrap_or_else(|| self.url.url()).clone();
        url.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
        url
    }
}

/// The repository whose list of references an answer is; as with Git itself, all that follows goes there.
fn place(list: &Url) -> Option<Url> {
    let mut place = list.clone();
    place.set_query(None);
    place.set_path(list.path().strip_suffix("/info/refs")?);
    Some(place)
}

/// Words for charts, said of a Git server.
fn no_registry(failure: Failure) -> Failure {
    match failure.cause {
        Cause::NotARegistry => failure.told_as(Cause::NotAGitRepository),
        _ => failure,
    }
}
