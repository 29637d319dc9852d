//! Requests to GitHub: bounded answers, no redirects, and what a refusal means.

use std::time::{Duration, UNIX_EPOCH};

use domain::{Cause, Secret};
use http::header::{ACCEPT, DATE, HeaderName, HeaderValue, LINK, RETRY_AFTER};
use serde::de::DeserializeOwned;
use url::Url;
use zeroize::Zeroizing;

use super::Github;
use egress::{Ask, Failure, HttpAnswer, Redirects, status, wire::bearer};

/// How long one request may take: somebody waits for it, or a lock is held.
const LONGEST: Duration = Duration::from_secs(10);
/// The most bytes of an answer that is one thing.
pub(super) const ONE: usize = 64 * 1024;
/// The most bytes of a page of a list.
pub(super) const PAGE: usize = 4 * 1024 * 1024;
/// As much of a refusal as is looked at.
const LOOK_AT: usize = 8 * 1024;

/// `path` below an address.
pub(super) fn below(base: &Url, path: &[&str]) -> Option<Url> {
    let mut url = base.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

/// GitHub's answer is no answer to this.
pub(super) fn unreadable(attempt: &'static str) -> Failure {
    Failure::new(Cause::ServerError, format!("{attempt}: the answer makes no sense"))
}

impl Github {
    /// A page that people see.
    pub(super) fn web(&self, path: &[&str], attempt: &'static str) -> Result<Url, Failure> {
        below(&self.0.settings.web, path).ok_or_else(|| Failure::new(Cause::Internal, attempt))
    }

    /// An address of the API.
    pub(super) fn api(&self, path: &[&str], attempt: &'static str) -> Result<Url, Failure> {
        below(&self.0.settings.api, path).ok_or_else(|| Failure::new(Cause::Internal, attempt))
    }

    /// Asks the API in the name of a token.
    pub(super) async fn get(
        &self,
        url: Url,
        token: &Secret,
        attempt: &'static str,
    ) -> Result<HttpAnswer, Failure> {
        let login = bearer(token).ok_or_else(|| Failure::new(Cause::Internal, attempt))?;
        // A token must not follow a renamed repository to wherever it went.
        let ask = Ask::get(url, attempt).login(Some(login)).redirects(Redirects::Refuse);
        let answer = self.send(versioned(ask)).await?;
        if answer.status().is_success() { Ok(answer) } else { Err(refusal(answer).await) }
    }

    /// Sends a request; whatever the status is.
    pub(super) async fn send(&self, ask: Ask) -> Result<HttpAnswer, Failure> {
        self.0.outbound.send(ask.total(LONGEST)).await
    }
}

/// A request to the REST API, in the version that this code was written for.
pub(super) fn versioned(ask: Ask) -> Ask {
    ask.header(ACCEPT, HeaderValue::from_static("application/vnd.github+json")).header(
        HeaderName::from_static("x-github-api-version"),
        HeaderValue::from_static("2022-11-28"),
    )
}

/// Reads a bounded answer as JSON.
pub(super) async fn json<T: DeserializeOwned>(
    answer: HttpAnswer,
    most: usize,
    attempt: &'static str,
) -> Result<T, Failure> {
    let bytes = answer.body(most).await.map(Zeroizing::new).map_err(plain)?;
    // The parser's own words may quote the answer.
    serde_json::from_slice(&bytes).map_err(|_| unreadable(attempt))
}

/// A body that is too large or garbled is GitHub's fault, not an index's.
pub(super) fn plain(failure: Failure) -> Failure {
    match failure.cause {
        Cause::IndexTooLarge | Cause::IndexInvalid => failure.told_as(Cause::ServerError),
        _ => failure,
    }
}

/// Whether a list goes on, as the `Link` header says it (RFC 8288). The address in it is not used.
pub(super) fn has_next(answer: &HttpAnswer) -> bool {
    answer.text(LINK).contains("rel=\"next\"")
}

/// What a refusing answer means.
pub(super) async fn refusal(mut answer: HttpAnswer) -> Failure {
    let body = answer.start_of_body(LOOK_AT).await;
    let body = String::from_utf8_lossy(&body).to_ascii_lowercase();
    let status = answer.status().as_u16();
    let limited = answer.text("x-ratelimit-remaining") == "0" || body.contains("rate limit");
    let cause = match status {
        401 => Cause::ConnectionRevoked,
        429 => Cause::RateLimited,
        403 if limited => Cause::RateLimited,
        403 if answer.text("x-github-sso").trim_start().starts_with("required") => {
            Cause::SsoRequired
        }
        403 if body.contains("access restrictions") || body.contains("ip allow list") => {
            Cause::OrganizationRestricted
        }
        403 => Cause::InsufficientScope,
        404 | 410 => Cause::NotFound,
        408 => Cause::Timeout,
        _ => Cause::ServerError,
    };
    let mut failure = answer.failure(cause);
    if cause == Cause::RateLimited || status == 503 {
        failure.retry_after = status::retry_after(answer.text(RETRY_AFTER), answer.text(DATE))
            .or_else(|| until_reset(answer.text("x-ratelimit-reset"), answer.text(DATE)));
    }
    failure
}

/// How long until `x-ratelimit-reset`, in seconds since the epoch, by GitHub's own clock; at most an
/// hour (GitHub Docs, "Rate limits for the REST API").
fn until_reset(reset: &str, date: &str) -> Option<Duration> {
    let reset = Duration::from_secs(reset.trim().parse().ok()?);
    let now = httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(reset.saturating_sub(now).min(Failure::LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_end_with_the_window_and_after_an_hour() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(until_reset("784111837", date), Some(Duration::from_mins(1)));
        assert_eq!(until_reset("784111000", date), Some(Duration::ZERO));
        assert_eq!(until_reset("994111837", date), Some(Failure::LONGEST_WAIT));
        assert_eq!(until_reset("soon", date), None);
        assert_eq!(until_reset("784111837", ""), None);
    }

    #[test]
    fn paths_cannot_leave_their_base() {
        let base = Url::parse("https://ghe.example/api/v3/").unwrap();
        let made = below(&base, &["repos", "a?b", "../c"]).unwrap();
        assert_eq!(made.as_str(), "https://ghe.example/api/v3/repos/a%3Fb/..%2Fc");
    }
}
