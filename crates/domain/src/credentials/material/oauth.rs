//! The tokens of a connected account.

#![expect(clippy::disallowed_methods, reason = "writes tokens as they lie in Vault")]

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{Field, FieldProblem, Secret, Timestamp};

/// The tokens that GitHub gave. A refresh token works once, so the pair is of one piece and is
/// replaced as one.
#[derive(Debug, Clone)]
pub struct OauthTokens {
    /// What is sent.
    pub access: Secret,
    /// What a new pair is asked for with; empty for a token that does not expire.
    pub refresh: Secret,
    /// When the access token ends; `None` for one that does not expire.
    pub expires_at: Option<Timestamp>,
    /// All of it, as it lies in Vault.
    pub json: Secret,
}

#[derive(Deserialize)]
struct Read {
    access: Secret,
    #[serde(default)]
    refresh: Secret,
    expires_at: Option<i64>,
}

#[derive(Serialize)]
struct Written<'a> {
    access: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    refresh: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

impl OauthTokens {
    /// A pair that GitHub just gave.
    #[must_use]
    pub fn new(access: Secret, refresh: Secret, expires_at: Option<Timestamp>) -> Self {
        let written = Written {
            access: access.expose(),
            refresh: refresh.expose(),
            expires_at: expires_at.map(Timestamp::millis),
        };
        // A document of three texts always serializes.
        let json = Zeroizing::new(serde_json::to_string(&written).unwrap_or_default());
        let json = Secret::new(json.to_string());
        Self { access, refresh, expires_at, json }
    }

    /// Reads what [`Self::new`] made.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(text: Secret) -> Result<Self, FieldProblem> {
        let problem = || Field::Password.problem("Connect the account again.");
        let read: Read = text.json().ok_or_else(problem)?;
        if read.access.is_empty() {
            return Err(problem());
        }
        Ok(Self {
            access: read.access,
            refresh: read.refresh,
            expires_at: read.expires_at.map(Timestamp::from_millis),
            json: text,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_reads_back_and_shows_nothing() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let ends = Some(Timestamp::from_millis(5_000));
        let pair = OauthTokens::new(secret("ghu_a\"b"), secret("ghr_c"), ends);
        let read = OauthTokens::parse(pair.json.clone()).unwrap();
        assert_eq!(read.access, "ghu_a\"b");
        assert_eq!(read.refresh, "ghr_c");
        assert_eq!(read.expires_at, ends);
        assert!(!format!("{read:?}").contains("gh"));
        assert!(OauthTokens::parse(secret("ghp_x")).is_err());
    }
}
