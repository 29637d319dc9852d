//! What GitHub tells about a token. Any request tells, by its headers, the scopes of a classic token
//! (`X-OAuth-Scopes`) and when the token ends (`GitHub-Authentication-Token-Expiration`).
//!
//! Sources: docs.github.com, "Scopes for OAuth apps" and "Managing your personal access tokens".

use domain::Timestamp;

use super::{Maker, SCOPES, TokenFacts, is_scope, with_token};
use egress::{Ask, HttpAnswer, Login};

/// The question about a token.
pub(super) fn ask(maker: &Maker, login: &Login) -> Option<Ask> {
    with_token(maker.api.clone()?, login, "ask GitHub about the token")
}

/// What an answer tells by its headers.
pub(super) fn token_facts(answer: &HttpAnswer) -> TokenFacts {
    TokenFacts {
        expires_at: expiration(answer.text("github-authentication-token-expiration")),
        excess: changing(answer.text("x-oauth-scopes")),
    }
}

/// The scopes that allow more than reading.
fn changing(scopes: &str) -> Vec<String> {
    scopes
        .split(',')
        .map(str::trim)
        .filter(|scope| is_scope(scope))
        .filter(|scope| !scope.starts_with("read:") && *scope != "user:email")
        .take(SCOPES)
        .map(str::to_owned)
        .collect()
}

/// Reads `2026-10-01 12:00:00 UTC` and `2026-10-01 12:00:00 +0200`.
fn expiration(text: &str) -> Option<Timestamp> {
    let mut words = text.split_whitespace();
    let (day, time, zone) = (words.next()?, words.next()?, words.next()?);
    let zone = match zone {
        "UTC" => "Z".to_owned(),
        offset => {
            let (hours, minutes) = offset.split_at_checked(3)?;
            format!("{hours}:{minutes}")
        }
    };
    Timestamp::parse_rfc3339(&format!("{day}T{time}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_scopes_are_no_excess() {
        assert_eq!(changing("read:packages, read:org, user:email"), Vec::<String>::new());
        assert_eq!(
            changing("repo, write:packages,delete:packages , read:user"),
            ["repo", "write:packages", "delete:packages"]
        );
        assert!(changing("<b>, , a b").is_empty());
        assert_eq!(changing(&"repo,".repeat(100)).len(), SCOPES);
    }

    #[test]
    fn expirations_are_read_as_github_writes_them() {
        let read = |text| expiration(text).map(Timestamp::rfc3339);
        assert_eq!(read("2026-10-01 12:00:00 UTC").as_deref(), Some("2026-10-01T12:00:00Z"));
        assert_eq!(read("2026-10-01 12:00:00 +0200").as_deref(), Some("2026-10-01T10:00:00Z"));
        assert_eq!(read("2026-10-01 12:00:00 -0730").as_deref(), Some("2026-10-01T19:30:00Z"));
        for nonsense in
            ["", "soon", "2026-10-01", "2026-10-01 12:00:00 é", "2026-13-01 12:00:00 UTC"]
        {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
