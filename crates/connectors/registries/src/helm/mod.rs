//! Helm repositories: an `index.yaml` over HTTP.

mod anchors;
mod connection_test;
mod index;
mod json;
mod yaml;

use std::sync::Arc;
use std::time::Duration;

use domain::Cause;
use http::{
    StatusCode,
    header::{
        ACCEPT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
        IF_NONE_MATCH, LAST_MODIFIED, RANGE,
    },
};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use url::Url;

use crate::registry_types::{Synced, Validators};
use egress::{Ask, Failure, HttpAnswer, Login, Outbound, status::refusal};

pub use index::{Index, Unreadable, parse as parse_index};

/// The largest index, after decompression.
const INDEX_BYTES: usize = 64 * 1024 * 1024;
/// The longest a download may take.
const DOWNLOAD: Duration = Duration::from_mins(2);
const ATTEMPT: &str = "read index.yaml";
/// As much of an index as shows what it is.
const START: usize = 1_024;

/// A Helm repository at an address, with the login that opens it.
pub(crate) struct Helm<'a> {
    pub(crate) outbound: &'a Outbound,
    pub(crate) url: &'a Url,
    pub(crate) login: Option<&'a Login>,
}

impl Helm<'_> {
    /// Downloads and reads the index, unless it is the one the validators describe.
    pub(crate) async fn sync(
        &self,
        validators: &Validators,
        parsing: &Arc<Semaphore>,
    ) -> Result<Synced, Failure> {
        let mut ask = self.whole()?;
        for (name, value) in
            [(IF_NONE_MATCH, &validators.etag), (IF_MODIFIED_SINCE, &validators.last_modified)]
        {
            if let Some(value) =
                value.as_deref().and_then(|value| HeaderValue::from_str(value).ok())
            {
                ask = ask.header(name, value);
            }
        }
        let mut answer = self.outbound.send(ask).await?;
        if is_too_much(answer.status()) {
            drop(answer);
            answer = self.outbound.send(self.whole()?).await?;
        }
        match answer.status() {
            StatusCode::NOT_MODIFIED => {
                return Ok(Synced::Unchanged { validators: validators.clone() });
            }
            StatusCode::OK => {}
            _ => return Err(refusal(answer, self.login).await),
        }
        let mut fresh = Validators {
            etag: kept(&answer, ETAG),
            last_modified: kept(&answer, LAST_MODIFIED),
            digest: None,
        };
        let (body, unreadable) = body(answer).await?;
        let digest = hex::encode(Sha256::digest(&body));
        let unchanged = validators.digest.as_deref() == Some(&digest);
        fresh.digest = Some(digest);
        if unchanged {
            return Ok(Synced::Unchanged { validators: fresh });
        }
        let Index { versions, left_out } = self.read(body, parsing, unreadable).await?;
        Ok(Synced::Charts { versions, left_out, validators: fresh })
    }

    /// Asks for the whole index with the login, as the first sync does.
    pub(crate) fn whole(&self) -> Result<Ask, Failure> {
        let gzip = HeaderValue::from_static("gzip");
        Ok(self.ask()?.header(ACCEPT_ENCODING, gzip).total(DOWNLOAD))
    }

    /// What a sync reads in an answer.
    pub(crate) async fn index(
        &self,
        answer: HttpAnswer,
        parsing: &Arc<Semaphore>,
    ) -> Result<Index, Failure> {
        let (body, unreadable) = body(answer).await?;
        self.read(body, parsing, unreadable).await
    }

    /// Checks that the login opens the index, of which only the start is asked for.
    pub(crate) async fn prove(&self) -> Result<(), Failure> {
        let mut answer = self.start(self.login).await?;
        match answer.status() {
            StatusCode::RANGE_NOT_SATISFIABLE => Ok(()),
            status if status.is_success() => {
                let start = answer.start_of_body(START).await;
                if is_page(&answer, &start) {
                    Err(answer.failure(Cause::HtmlInsteadOfIndex))
                } else {
                    Ok(())
                }
            }
            _ => Err(refusal(answer, self.login).await),
        }
    }

    /// Asks for the start of the index, with this login or without.
    async fn start(&self, login: Option<&Login>) -> Result<HttpAnswer, Failure> {
        let ask = || Ok::<_, Failure>(self.ask()?.login(login.and_then(Login::basic)));
        let range = HeaderValue::from_static("bytes=0-1023");
        let answer = self.outbound.send(ask()?.header(RANGE, range)).await?;
        if !is_too_much(answer.status()) {
            return Ok(answer);
        }
        drop(answer);
        self.outbound.send(ask()?).await
    }

    fn ask(&self) -> Result<Ask, Failure> {
        let index = beside(self.url, "index.yaml")
            .ok_or_else(|| Failure::new(Cause::NotARegistry, ATTEMPT))?;
        Ok(Ask::get(index, ATTEMPT).login(self.login.and_then(Login::basic)))
    }

    async fn read(
        &self,
        body: Vec<u8>,
        parsing: &Arc<Semaphore>,
        failure: Failure,
    ) -> Result<Index, Failure> {
        let Ok(place) = Arc::clone(parsing).acquire_owned().await else { return Err(failure) };
        let base = self.url.clone();
        let read = tokio::task::spawn_blocking(move || {
            // Held by the work itself: a caller that gives up does not free the processor.
            let _place = place;
            index::parse(&body, &base)
        });
        match read.await {
            Ok(Ok(index)) => Ok(index),
            Ok(Err(error)) => {
                let failure = match error.cause() {
                    Cause::IndexInvalid => failure,
                    cause => failure.told_as(cause),
                };
                Err(failure.because(error))
            }
            Err(panic) => Err(failure.because(panic)),
        }
    }
}

/// Whether a server may stumble over what a request says besides its URL: ranges and conditions.
fn is_too_much(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 405 | 412 | 501)
}

/// The whole of an answer that is no web page, and the failure to tell if it is no index either.
async fn body(answer: HttpAnswer) -> Result<(Vec<u8>, Failure), Failure> {
    let unreadable = unreadable(&answer);
    let body = answer.body(INDEX_BYTES).await?;
    if is_html(&body) {
        return Err(unreadable.told_as(Cause::HtmlInsteadOfIndex));
    }
    Ok((body, unreadable))
}

/// What an answer that is no index is told as: its own word counts only then, because servers call
/// good indexes web pages too.
fn unreadable(answer: &HttpAnswer) -> Failure {
    let cause = if says_html(answer) { Cause::HtmlInsteadOfIndex } else { Cause::IndexInvalid };
    answer.failure(cause)
}

/// `name` below the repository's URL, with exactly one slash between.
fn beside(url: &Url, name: &str) -> Option<Url> {
    let mut url = url.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(name.split('/'));
    Some(url)
}

/// A validator as it came, if it is of a sane length.
fn kept(answer: &HttpAnswer, name: HeaderName) -> Option<String> {
    Some(answer.text(name)).filter(|text| !text.is_empty() && text.len() <= 512).map(str::to_owned)
}

/// Whether an answer that starts like this is a web page. Its own word counts only where the start is
/// no index.
fn is_page(answer: &HttpAnswer, start: &[u8]) -> bool {
    is_html(start) || (says_html(answer) && !is_index(start))
}

fn says_html(answer: &HttpAnswer) -> bool {
    let kind = answer.text(CONTENT_TYPE).to_ascii_lowercase();
    kind.starts_with("text/html") || kind.starts_with("application/xhtml")
}

fn is_html(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    body.trim_ascii_start().starts_with(b"<")
}

/// Whether the start of a document looks like that of an index.
fn is_index(start: &[u8]) -> bool {
    let text = String::from_utf8_lossy(start);
    text.contains("entries") && (text.contains("apiVersion") || text.contains("entries:"))
}
