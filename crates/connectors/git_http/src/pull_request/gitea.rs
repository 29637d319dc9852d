use http::header::HeaderValue;
use serde_json::{Value, json};
use url::{Url, form_urlencoded::byte_serialize};

use super::{
    Host, NewPullRequest, PullRequestState, below, owner_and_name, state::closed_or_merged,
};
use egress::Login;

/// Gitea and Forgejo: <https://docs.gitea.com/api/>, "repoGetPullRequestByBaseHead" and
/// "repoCreatePullRequest". Like their Git servers they take a token as password.
pub(super) struct Gitea;

impl Host for Gitea {
    fn login(&self, login: &Login) -> Option<HeaderValue> {
        login.basic()
    }

    fn find(&self, api: &Url, path: &str, wanted: NewPullRequest<'_>) -> Option<Url> {
        let (owner, name) = owner_and_name(path)?;
        let [base, head] = [wanted.base, wanted.head].map(|branch| segment(branch.as_str()));
        Some(below(api, &format!("repos/{owner}/{name}/pulls/{base}/{head}"), &[]))
    }

    fn found(&self, answer: &Value, _: NewPullRequest<'_>) -> Option<u64> {
        let is_open = answer.get("state")?.as_str() == Some("open");
        answer.get("number")?.as_u64().filter(|_| is_open)
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
        format!("pulls/{number}")
    }

    fn commit(&self, id: &str) -> String {
        format!("commit/{id}")
    }
}

/// A branch as one segment of a path. Branches hold no white space, so nothing becomes a plus.
fn segment(branch: &str) -> String {
    byte_serialize(branch.as_bytes()).collect()
}
