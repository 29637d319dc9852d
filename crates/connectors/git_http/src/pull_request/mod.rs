//! Pull requests, called merge requests at GitLab, where the host is known.

mod bitbucket;
mod bitbucket_server;
mod call;
mod gitea;
mod github;
mod gitlab;
mod hosting;
mod recognize;
mod state;

pub use hosting::Hosting;
pub use state::PullRequestState;

use domain::{
    Cause,
    gitops::{Branch, GitUrl},
};
use http::header::HeaderValue;
use serde_json::Value;
use url::Url;

use super::{Git, server_messages};
use egress::{Failure, Login};

/// A pull request that is to be opened.
#[derive(Debug, Clone, Copy)]
pub struct NewPullRequest<'a> {
    /// The branch that holds the change.
    pub head: &'a Branch,
    /// The branch that shall take it.
    pub base: &'a Branch,
    /// The title: one line of at most 200 characters, the rest is left out (R-GIT-05).
    pub title: &'a str,
    /// What it is about, in Markdown; at most 16 KiB are kept.
    pub body: &'a str,
}

/// An open pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its page. It is made from the address of the repository and the number, whatever the host
    /// says about it.
    pub url: String,
    /// Its number in the repository.
    pub number: u64,
}

/// What differs between hosts.
trait Host: Sync {
    /// The value of the `Authorization` header of the API.
    fn login(&self, login: &Login) -> Option<HeaderValue>;
    /// Asks for open ones of these branches. `path` is that of the repository, encoded.
    fn find(&self, api: &Url, path: &str, wanted: NewPullRequest<'_>) -> Option<Url>;
    /// The number of the open one in the answer to [`Host::find`].
    fn found(&self, answer: &Value, wanted: NewPullRequest<'_>) -> Option<u64>;
    /// Where a new one is posted.
    fn create(&self, api: &Url, path: &str) -> Option<Url>;
    /// What is posted.
    fn document(&self, path: &str, wanted: NewPullRequest<'_>) -> Value;
    /// The number of the one that was made.
    fn created(&self, answer: &Value) -> Option<u64>;
    /// How the one stands that the host describes.
    fn standing(&self, answer: &Value) -> Option<PullRequestState>;
    /// Where the pages of a repository are, of the path that Git finds it by.
    fn repository(&self, path: &str) -> String {
        path.to_owned()
    }
    /// The end of the address of its page.
    fn page(&self, number: u64) -> String;
    /// The end of the address of a commit's page.
    fn commit(&self, id: &str) -> String;
}

impl Git {
    /// Opens a pull request, or finds the one that is already open for these two branches, so that
    /// nothing is opened twice.
    ///
    /// # Errors
    /// Why the host did not take it; `PushRejected` when it will not for a reason of its own, such
    /// as branches without a difference.
    pub async fn open_pull_request(
        &self,
        hosting: &Hosting,
        url: &GitUrl,
        login: &Login,
        wanted: NewPullRequest<'_>,
    ) -> Result<PullRequest, Failure> {
        let title = server_messages::title(wanted.title);
        let body = server_messages::message(wanted.body);
        let wanted = NewPullRequest { title: &title, body: &body, ..wanted };
        let api = call::Api { git: self, login: hosting.host().login(login), given: login };
        if let Some(open) = find(&api, hosting, url, wanted).await? {
            return Ok(open);
        }
        let place = hosting.host().create(hosting.api(), url.path());
        let place = place.ok_or_else(unaddressable)?;
        let answer = api.post(place, &hosting.host().document(url.path(), wanted)).await;
        match answer {
            Ok(answer) => {
                let number = hosting.host().created(&answer).ok_or_else(call::unreadable)?;
                Ok(opened(hosting, url, number))
            }
            // Somebody opened it meanwhile, or the host does not want it.
            Err(failure) if failure.cause == Cause::PushRejected => {
                find(&api, hosting, url, wanted).await?.ok_or(failure)
            }
            Err(failure) => Err(failure),
        }
    }
}

/// The page of a commit at its host; empty where the host is not known.
#[must_use]
pub fn commit_url(url: &GitUrl, hosting: Option<&Hosting>, commit: &str) -> String {
    match hosting {
        Some(hosting) if commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()) => {
            page(url, hosting, &hosting.host().commit(commit))
        }
        _ => String::new(),
    }
}

async fn find(
    api: &call::Api<'_>,
    hosting: &Hosting,
    url: &GitUrl,
    wanted: NewPullRequest<'_>,
) -> Result<Option<PullRequest>, Failure> {
    let place = hosting.host().find(hosting.api(), url.path(), wanted);
    let answer = api.get(place.ok_or_else(unaddressable)?).await?;
    let number = answer.and_then(|answer| hosting.host().found(&answer, wanted));
    Ok(number.map(|number| opened(hosting, url, number)))
}

fn opened(hosting: &Hosting, url: &GitUrl, number: u64) -> PullRequest {
    PullRequest { url: page(url, hosting, &hosting.host().page(number)), number }
}

fn page(url: &GitUrl, hosting: &Hosting, end: &str) -> String {
    format!("{}/{}/{end}", url.origin(), hosting.host().repository(url.path()))
}

fn unaddressable() -> Failure {
    Failure::new(Cause::NotFound, "find the repository at its host: the path is not owner/name")
}

/// `path` below the base of an API, with a query.
fn below(api: &Url, path: &str, query: &[(&str, &str)]) -> Url {
    let mut url = api.clone();
    url.set_path(&format!("{}/{path}", api.path().trim_end_matches('/')));
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// Owner and name, of a path that is nothing else.
fn owner_and_name(path: &str) -> Option<(&str, &str)> {
    let (owner, name) = path.split_once('/')?;
    (!owner.is_empty() && !name.is_empty() && !name.contains('/')).then_some((owner, name))
}
