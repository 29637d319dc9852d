//! Requests to the API of a host: no redirects, bounded answers, and what a refusal means.

use domain::Cause;
use http::header::{ACCEPT, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::Git;
use egress::{Ask, Failure, HttpAnswer, Login, Redirects, status};

/// The most that a host may answer: some pull requests carry all about their repositories.
const ANSWER: usize = 2 * 1024 * 1024;
/// What is attempted, at the end of "could not …".
const FIND: &str = "look for an open pull request";
const OPEN: &str = "open a pull request";
/// The version of GitHub's API; others do not read it.
/// Source: <https://docs.github.com/en/rest/about-the-rest-api/api-versions>.
const VERSION: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-github-api-version"), HeaderValue::from_static("2022-11-28"));

/// Who asks whom.
pub(super) struct Api<'a> {
    pub(super) git: &'a Git,
    /// The header of the API.
    pub(super) login: Option<HeaderValue>,
    /// What it was made of.
    pub(super) given: &'a Login,
}

impl Api<'_> {
    /// Reads a document; `None` when there is none.
    pub(super) async fn get(&self, url: Url) -> Result<Option<Value>, Failure> {
        let answer = self.send(Ask::get(url, FIND).redirects(Redirects::Refuse)).await?;
        if answer.status().as_u16() == 404 {
            return Ok(None);
        }
        self.read(answer).await.map(Some)
    }

    /// Posts a document and reads the answer.
    pub(super) async fn post(&self, url: Url, document: &Value) -> Result<Value, Failure> {
        let body = Zeroizing::new(document.to_string().into_bytes());
        let json = HeaderValue::from_static("application/json");
        let answer = self.send(Ask::post(url, json, body, OPEN)).await?;
        self.read(answer).await
    }

    async fn send(&self, ask: Ask) -> Result<HttpAnswer, Failure> {
        let (version, value) = VERSION;
        let ask = ask
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(version, value)
            .login(self.login.clone());
        self.git.outbound.on(&self.git.egress, None)?.send(ask).await
    }

    async fn read(&self, answer: HttpAnswer) -> Result<Value, Failure> {
        if !answer.status().is_success() {
            let login = Some(self.given).filter(|_| self.login.is_some());
            let failure = status::refusal(answer, login).await;
            return Err(match failure.cause {
                Cause::NotARegistry => failure.told_as(Cause::PushRejected),
                _ => failure,
            });
        }
        let body = answer.body(ANSWER).await.map_err(|failure| match failure.cause {
            Cause::IndexTooLarge | Cause::IndexInvalid => failure.told_as(Cause::ServerError),
            _ => failure,
        })?;
        serde_json::from_slice(&body).map_err(|_| unreadable())
    }
}

/// The host's answer is no answer to this.
pub(super) fn unreadable() -> Failure {
    Failure::new(Cause::ServerError, "read what the host says about a pull request")
}
