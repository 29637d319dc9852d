use http::header::HeaderValue;
use serde_json::{Value, json};
use url::Url;

use super::{Host, NewPullRequest, PullRequestState, below};
use egress::{Login, wire::bearer};

/// GitLab: <https://docs.gitlab.com/api/merge_requests/>. It takes OAuth tokens and access tokens
/// of persons, groups and projects alike as `Bearer`
/// (<https://docs.gitlab.com/api/rest/authentication/>); deploy tokens have no API.
pub(super) struct Gitlab;

impl Host for Gitlab {
    fn login(&self, login: &Login) -> Option<HeaderValue> {
        bearer(&login.password)
    }

    fn find(&self, api: &Url, path: &str, wanted: NewPullRequest<'_>) -> Option<Url> {
        let query = [
            ("state", "opened"),
            ("source_branch", wanted.head.as_str()),
            ("target_branch", wanted.base.as_str()),
            ("per_page", "1"),
        ];
        Some(below(api, &requests(path), &query))
    }

    fn found(&self, answer: &Value, _: NewPullRequest<'_>) -> Option<u64> {
        answer.get(0)?.get("iid")?.as_u64()
    }

    fn create(&self, api: &Url, path: &str) -> Option<Url> {
        Some(below(api, &requests(path), &[]))
    }

    fn document(&self, _: &str, wanted: NewPullRequest<'_>) -> Value {
        json!({
            "title": wanted.title,
            "description": wanted.body,
            "source_branch": wanted.head.as_str(),
            "target_branch": wanted.base.as_str(),
        })
    }

    fn created(&self, answer: &Value) -> Option<u64> {
        answer.get("iid")?.as_u64()
    }

    fn standing(&self, answer: &Value) -> Option<PullRequestState> {
        match answer.get("state")?.as_str()? {
            // It is locked while it is being merged.
            "opened" | "locked" => Some(PullRequestState::Open),
            "merged" => Some(PullRequestState::Merged),
            "closed" => Some(PullRequestState::Closed),
            _ => None,
        }
    }

    fn page(&self, number: u64) -> String {
        format!("-/merge_requests/{number}")
    }

    fn commit(&self, id: &str) -> String {
        format!("-/commit/{id}")
    }
}

/// A project is named by its whole path in one segment.
fn requests(path: &str) -> String {
    format!("projects/{}/merge_requests", path.replace('/', "%2F"))
}
