use http::header::HeaderValue;
use serde_json::{Value, json};
use url::Url;

use super::{
    Host, NewPullRequest, PullRequestState, below, owner_and_name, state::closed_or_merged,
};
use egress::{Login, wire::bearer};

/// GitHub and GitHub Enterprise: <https://docs.github.com/en/rest/pulls/pulls>.
pub(super) struct Github;

impl Host for Github {
    fn login(&self, login: &Login) -> Option<HeaderValue> {
        bearer(&login.password)
    }

    fn find(&self, api: &Url, path: &str, wanted: NewPullRequest<'_>) -> Option<Url> {
        let (owner, name) = owner_and_name(path)?;
        let head = format!("{owner}:{}", wanted.head.as_str());
        let query =
            [("state", "open"), ("head", &head), ("base", wanted.base.as_str()), ("per_page", "1")];
        Some(below(api, &format!("repos/{owner}/{name}/pulls"), &query))
    }

    fn found(&self, answer: &Value, _: NewPullRequest<'_>) -> Option<u64> {
        answer.get(0)?.get("number")?.as_u64()
    }

    fn create(&self, api: &Url, path: &str) -> Option<Url> {
        let (owner, name) = owner_and_name(path)?;
        Some(below(api, &format!("repos/{owner}/{name}/pulls"), &[]))
    }

    fn document(&self, _: &str, wanted: NewPullRequest<'_>) -> Value {
        json!({
            "title": wanted.title,
            "body": wanted.body,
            "head": wanted.head.as_str(),
            "base": wanted.base.as_str(),
        })
    }

    fn created(&self, answer: &Value) -> Option<u64> {
        answer.get("number")?.as_u64()
    }

    fn standing(&self, answer: &Value) -> Option<PullRequestState> {
        closed_or_merged(answer)
    }

    fn page(&self, number: u64) -> String {
        format!("pull/{number}")
    }

    fn commit(&self, id: &str) -> String {
        format!("commit/{id}")
    }
}
