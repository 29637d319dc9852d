//! Requests to providers: bounded answers, no redirects, and what a refusal means.

use domain::{Cause, Secret, Timestamp};
use http::header::{DATE, HeaderName, HeaderValue, RETRY_AFTER};
use serde::de::DeserializeOwned;
use url::Url;
use zeroize::Zeroizing;

use super::{ExchangeSettings, ambient::Own};
use egress::{Ask, EgressProfile, Failure, HttpAnswer, Outbound, Redirects, status, wire};

/// The most that a provider may answer.
const ANSWER: usize = 64 * 1024;
/// As much of a refusal as is looked at.
const LOOK_AT: usize = 8 * 1024;

/// What an exchange works with.
pub(super) struct Caller<'a> {
    pub(super) outbound: &'a Outbound,
    /// The egress profile to the repository's own host.
    pub(super) egress: &'a EgressProfile,
    pub(super) settings: &'a ExchangeSettings,
    /// What the metadata services gave to this server.
    pub(super) own: &'a Own,
    pub(super) now: Timestamp,
}

/// One request to a provider.
pub(super) struct ProviderCall {
    ask: Ask,
    host: Host,
    attempt: &'static str,
    told: fn(&ProviderRefusal<'_>) -> Option<Cause>,
    /// A header that shows who answers.
    answering: Option<(&'static str, &'static str)>,
}

/// Whose host is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    /// The provider's.
    Provider,
    /// The repository's own.
    Registry,
    /// A metadata service on this server's link, which no proxy reaches.
    Metadata,
}

/// An answer that is no success.
pub(super) struct ProviderRefusal<'a> {
    pub(super) status: u16,
    /// The start of the body. It is looked at and never repeated.
    pub(super) body: &'a str,
    answer: &'a HttpAnswer,
}

impl ProviderRefusal<'_> {
    /// Whether the body holds a text, in whatever case.
    pub(super) fn says(&self, text: &str) -> bool {
        self.body.to_ascii_lowercase().contains(&text.to_ascii_lowercase())
    }

    /// The text of a header; empty when it is missing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.answer.text(name)
    }
}

impl ProviderCall {
    /// Posts a document. `attempt` ends the sentence "could not …".
    pub(super) fn post(
        url: Url,
        content_type: &'static str,
        body: Zeroizing<Vec<u8>>,
        attempt: &'static str,
    ) -> Self {
        let ask = Ask::post(url, HeaderValue::from_static(content_type), body, attempt);
        Self::new(ask, attempt)
    }

    /// Asks for something.
    pub(super) fn get(url: Url, attempt: &'static str) -> Self {
        Self::new(Ask::get(url, attempt).redirects(Redirects::Refuse), attempt)
    }

    /// Puts nothing there.
    pub(super) fn put(url: Url, attempt: &'static str) -> Self {
        Self::new(Ask::put(url, attempt), attempt)
    }

    fn new(ask: Ask, attempt: &'static str) -> Self {
        Self { ask, host: Host::Provider, attempt, told: |_| None, answering: None }
    }

    /// Posts a form.
    pub(super) fn form(
        url: Url,
        plain: &[(&str, &str)],
        secret: &[(&str, &Secret)],
        attempt: &'static str,
    ) -> Self {
        Self::post(url, wire::FORM, wire::form(plain, secret), attempt)
    }

    pub(super) fn header(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.ask = self.ask.header(HeaderName::from_static(name), value);
        self
    }

    /// The `Authorization` header.
    pub(super) fn login(mut self, login: HeaderValue) -> Self {
        self.ask = self.ask.login(Some(login));
        self
    }

    /// The repository's own host is asked, so the authorities of its egress profile are trusted.
    pub(super) const fn at_registry(mut self) -> Self {
        self.host = Host::Registry;
        self
    }

    /// A metadata service is asked, whatever the egress profile.
    pub(super) fn at_metadata(mut self) -> Self {
        (self.host, self.ask) = (Host::Metadata, self.ask.metadata());
        self
    }

    /// Only an answer with this header counts.
    pub(super) const fn answering(mut self, name: &'static str, value: &'static str) -> Self {
        self.answering = Some((name, value));
        self
    }

    /// What this provider's refusals mean; `None` leaves it to the status.
    pub(super) const fn explain_refusals(
        mut self,
        told: fn(&ProviderRefusal<'_>) -> Option<Cause>,
    ) -> Self {
        self.told = told;
        self
    }
}

impl Caller<'_> {
    /// Sends a request and reads the whole answer.
    pub(super) async fn bytes(&self, call: ProviderCall) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let proxied;
        let egress = match call.host {
            Host::Registry => self.egress,
            Host::Provider => {
                proxied =
                    EgressProfile { proxy: self.egress.proxy.clone(), ..EgressProfile::default() };
                &proxied
            }
            Host::Metadata => {
                proxied = EgressProfile::default();
                &proxied
            }
        };
        let answer = self.outbound.on(egress, None)?.send(call.ask).await?;
        if !answer.status().is_success() {
            return Err(refusal(answer, call.told).await);
        }
        if call.answering.is_some_and(|(name, value)| answer.text(name) != value) {
            return Err(unreadable(call.attempt));
        }
        answer.body(ANSWER).await.map(Zeroizing::new).map_err(|failure| match failure.cause {
            Cause::IndexTooLarge | Cause::IndexInvalid => failure.told_as(Cause::ServerError),
            _ => failure,
        })
    }

    /// Sends a request and reads the answer as JSON.
    pub(super) async fn json<T: DeserializeOwned>(&self, call: ProviderCall) -> Result<T, Failure> {
        let attempt = call.attempt;
        let bytes = self.bytes(call).await?;
        // The parser's own words may quote the token.
        serde_json::from_slice(&bytes).map_err(|_| unreadable(attempt))
    }
}

/// The provider's answer is no answer to this.
pub(super) fn unreadable(attempt: &'static str) -> Failure {
    Failure::new(Cause::ServerError, format!("{attempt}: the answer makes no sense"))
}

async fn refusal(
    mut answer: HttpAnswer,
    told: fn(&ProviderRefusal<'_>) -> Option<Cause>,
) -> Failure {
    let body = answer.start_of_body(LOOK_AT).await;
    let body = String::from_utf8_lossy(&body);
    let status = answer.status().as_u16();
    let refusal = ProviderRefusal { status, body: &body, answer: &answer };
    let cause = told(&refusal).unwrap_or(match status {
        429 => Cause::RateLimited,
        408 => Cause::Timeout,
        407 => Cause::ProxyError,
        500..=599 => Cause::ServerError,
        _ => Cause::ExchangeRefused,
    });
    let mut failure = answer.failure(cause);
    if cause == Cause::RateLimited || status == 503 {
        failure.retry_after = status::retry_after(answer.text(RETRY_AFTER), answer.text(DATE));
    }
    failure
}
