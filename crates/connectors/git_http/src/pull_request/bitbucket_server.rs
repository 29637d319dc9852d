use http::header::HeaderValue;
use serde_json::{Value, json};
use url::Url;

use super::{
    Host, NewPullRequest, PullRequestState, below,
    bitbucket::{self, ACCESS_TOKEN},
};
use egress::{Login, wire::bearer};

/// The beginning of an HTTP access token:
/// <https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html>.
const TOKEN: &str = "BBDC-";

/// Bitbucket Data Center: <https://developer.atlassian.com/server/bitbucket/rest/>, "Pull Requests".
/// A project of a person is called `~name`.
pub(super) struct BitbucketServer;

impl Host for BitbucketServer {
    /// HTTP access tokens are `Bearer`; passwords belong to a user.
    fn login(&self, login: &Login) -> Option<HeaderValue> {
        let is_token = login.username == ACCESS_TOKEN
            || login.username.is_empty()
            || login.password.starts_with(TOKEN);
        if is_token { bearer(&login.password) } else { login.basic() }
    }

    fn find(&self, api: &Url, path: &str, wanted: NewPullRequest<'_>) -> Option<Url> {
        let head = full(wanted.head.as_str());
        let query = [("direction", "OUTGOING"), ("at", &head), ("state", "OPEN"), ("limit", "100")];
        Some(below(api, &requests(path)?, &query))
    }

    /// The list is of one head, to any branch and to any fork.
    fn found(&self, answer: &Value, wanted: NewPullRequest<'_>) -> Option<u64> {
        let base = full(wanted.base.as_str());
        let repository = |end: &Value| end.get("repository")?.get("id")?.as_u64();
        let is_it = |one: &&Value| {
            let (Some(from), Some(to)) = (one.get("fromRef"), one.get("toRef")) else {
                return false;
            };
            let stays = repository(from).is_some() && repository(from) == repository(to);
            stays && to.get("id").and_then(Value::as_str) == Some(&base)
        };
        answer.get("values")?.as_array()?.iter().find(is_it)?.get("id")?.as_u64()
    }

    fn create(&self, api: &Url, path: &str) -> Option<Url> {
        Some(below(api, &requests(path)?, &[]))
    }

    /// Both ends name the repository that it is posted to.
    fn document(&self, path: &str, wanted: NewPullRequest<'_>) -> Value {
        let place = place(path);
        let end = |branch: &str| {
            let repository =
                place.map(|(_, key, slug)| json!({ "slug": slug, "project": { "key": key } }));
            json!({ "id": full(branch), "repository": repository })
        };
        json!({
            "title": wanted.title,
            "description": wanted.body,
            "fromRef": end(wanted.head.as_str()),
            "toRef": end(wanted.base.as_str()),
        })
    }

    fn created(&self, answer: &Value) -> Option<u64> {
        answer.get("id")?.as_u64()
    }

    fn repository(&self, path: &str) -> String {
        place(path).map_or_else(
            || path.to_owned(),
            |(before, key, slug)| format!("{before}projects/{key}/repos/{slug}"),
        )
    }

    fn standing(&self, answer: &Value) -> Option<PullRequestState> {
        bitbucket::standing(answer)
    }

    fn page(&self, number: u64) -> String {
        format!("pull-requests/{number}")
    }

    fn commit(&self, id: &str) -> String {
        format!("commits/{id}")
    }
}

/// Where the server lies below its host (empty, or with a slash at its end), the key of the project,
/// and the repository, of a path such as `scm/KEY/slug`: the form in which it tells addresses for
/// `git clone`.
pub(super) fn place(path: &str) -> Option<(&str, &str, &str)> {
    let (rest, slug) = path.rsplit_once('/')?;
    let (rest, key) = rest.rsplit_once('/')?;
    let before = rest.strip_suffix("scm")?;
    let is_whole = before.is_empty() || before.ends_with('/');
    (is_whole && !key.is_empty() && !slug.is_empty()).then_some((before, key, slug))
}

fn requests(path: &str) -> Option<String> {
    let (_, key, slug) = place(path)?;
    Some(format!("projects/{key}/repos/{slug}/pull-requests"))
}

/// Branches go by their full names.
fn full(branch: &str) -> String {
    format!("refs/heads/{branch}")
}
