//! What GitLab tells about an access token of a person, project or group: its scopes and its last
//! day.
//!
//! Source: docs.gitlab.com, "Personal access tokens API", `GET /personal_access_tokens/self`.

use domain::Timestamp;
use serde::Deserialize;

use super::{Maker, SCOPES, TokenFacts, is_scope, json, with_token};
use egress::{Ask, HttpAnswer, Login, lenient};

/// The most that GitLab may answer, in bytes.
const ANSWER: usize = 64 * 1024;

#[derive(Deserialize)]
struct Token {
    #[serde(default, deserialize_with = "lenient::texts")]
    scopes: Vec<String>,
    /// `2027-01-31`: the token ends when this day begins, in UTC.
    #[serde(default, deserialize_with = "lenient::text")]
    expires_at: String,
}

/// Whether the API knows tokens of this kind. A deploy or trigger token opens a registry or a
/// repository, and the API refuses it; docs.gitlab.com, "Token overview", "Token prefixes".
pub(super) fn knows(login: &Login) -> bool {
    login.password.starts_with("glpat-")
}

/// The question about a token.
pub(super) fn ask(maker: &Maker, login: &Login) -> Option<Ask> {
    let mut url = maker.api.clone()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(["personal_access_tokens", "self"]);
    with_token(url, login, "ask GitLab about the token")
}

/// What the answer tells.
pub(super) async fn token_facts(answer: HttpAnswer) -> Option<TokenFacts> {
    if !answer.status().is_success() {
        return None;
    }
    json(answer, ANSWER).await.map(read)
}

fn read(token: Token) -> TokenFacts {
    // A token that may make its own successor is no danger to anything else.
    let reads = |scope: &String| scope.starts_with("read_") || scope == "self_rotate";
    TokenFacts {
        expires_at: Timestamp::parse_day(&token.expires_at),
        excess: token
            .scopes
            .into_iter()
            .filter(|scope| is_scope(scope) && !reads(scope))
            .take(SCOPES)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> TokenFacts {
        read(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn scopes_beyond_reading_and_the_last_day_are_told() {
        let told = of(r#"{"scopes":["read_registry","api","write_repository","self_rotate","<b>"],
            "expires_at":"2027-01-31","name":"ci"}"#);
        assert_eq!(told.excess, ["api", "write_repository"]);
        assert_eq!(told.expires_at.unwrap().rfc3339(), "2027-01-31T00:00:00Z");
        assert_eq!(of(r#"{"expires_at":null}"#), TokenFacts::default());
        let odd = of(r#"{"scopes":[7,null,"api"],"expires_at":1798675200}"#);
        assert_eq!((odd.excess, odd.expires_at), (vec!["api".to_owned()], None));
        assert_eq!(of(r#"{"scopes":["read_api"],"expires_at":"soon"}"#), TokenFacts::default());
    }
}
