use http::header::HeaderValue;
use serde_json::{Value, json};
use url::Url;

use super::{Host, NewPullRequest, PullRequestState, below, owner_and_name};
use egress::{Login, wire::bearer};

/// The user name of an access token of a repository, project or workspace:
/// <https://support.atlassian.com/bitbucket-cloud/docs/using-access-tokens/>.
pub(super) const ACCESS_TOKEN: &str = "x-token-auth";

/// Bitbucket Cloud:
/// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/>.
pub(super) struct Bitbucket;

impl Host for Bitbucket {
    /// Access tokens are `Bearer`; app passwords and API tokens belong to a user.
    fn login(&self, login: &Login) -> Option<HeaderValue> {
        if login.username == ACCESS_TOKEN || login.username.is_empty() {
            bearer(&login.password)
        } else {
            login.basic()
        }
    }

    fn find(&self, api: &Url, path: &str, wanted: NewPullRequest<'_>) -> Option<Url> {
        // Branches hold no backslash, so the quotes are all that has to be escaped.
        let [head, base] =
            [wanted.head, wanted.base].map(|branch| branch.as_str().replace('"', "\\\""));
        let query = format!(
            "state = \"OPEN\" AND source.branch.name = \"{head}\" AND destination.branch.name = \"{base}\""
        );
        let (owner, name) = owner_and_name(path)?;
        let place = format!("repositories/{owner}/{name}/pullrequests");
        Some(below(api, &place, &[("q", &query), ("pagelen", "1")]))
    }

    fn found(&self, answer: &Value, _: NewPullRequest<'_>) -> Option<u64> {
        answer.get("values")?.get(0)?.get("id")?.as_u64()
    }

    fn create(&self, api: &Url, path: &str) -> Option<Url> {
        let (owner, name) = owner_and_name(path)?;
        Some(below(api, &format!("repositories/{owner}/{name}/pullrequests"), &[]))
    }

    fn document(&self, _: &str, wanted: NewPullRequest<'_>) -> Value {
        json!({
            "title": wanted.title,
            "description": wanted.body,
            "source": { "branch": { "name": wanted.head.as_str() } },
            "destination": { "branch": { "name": wanted.base.as_str() } },
        })
    }

    fn created(&self, answer: &Value) -> Option<u64> {
        answer.get("id")?.as_u64()
    }

    fn standing(&self, answer: &Value) -> Option<PullRequestState> {
        standing(answer)
    }

    fn page(&self, number: u64) -> String {
        format!("pull-requests/{number}")
    }

    fn commit(&self, id: &str) -> String {
        format!("commits/{id}")
    }
}

/// Both kinds of Bitbucket spell it so; at Bitbucket Cloud one may be superseded too, and wait in a queue to
/// be merged.
pub(super) fn standing(answer: &Value) -> Option<PullRequestState> {
    match answer.get("state")?.as_str()? {
        "OPEN" | "DRAFT" | "QUEUED" => Some(PullRequestState::Open),
        "MERGED" => Some(PullRequestState::Merged),
        "DECLINED" | "SUPERSEDED" => Some(PullRequestState::Closed),
        _ => None,
    }
}
