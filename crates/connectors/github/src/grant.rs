//! The token endpoint: a code or a refresh token becomes tokens.

#![expect(clippy::disallowed_methods, reason = "hands code and tokens to the OAuth library")]

use std::time::Duration;

use domain::{Secret, Timestamp, credentials::OauthTokens};
use oauth2::{
    AccessToken, AuthorizationCode, RefreshToken, Scope, basic::BasicTokenType,
    helpers::deserialize_untagged_enum_case_insensitive,
};
use serde::{Deserialize, Serialize};

use super::{
    Github, Verifier,
    call::unreadable,
    oauth::{OauthTransport, told},
};
use egress::{Failure, lenient};

/// The most bytes of a token; GitHub asks for room for 255.
const TOKEN: usize = 1_024;
/// The longest life of a token that is believed.
const LIFE: u64 = 366 * 24 * 3_600;

/// What GitHub gave.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The tokens.
    pub tokens: OauthTokens,
    /// The scopes of the access token.
    pub scopes: Vec<String>,
}

/// Why GitHub gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum GithubError {
    /// It said so.
    #[error("GitHub refused: {0:?}")]
    Refused(TokenRefusal),
    /// It could not be asked, or its answer made no sense.
    #[error("asking GitHub")]
    Failed(#[source] Failure),
}

impl From<Failure> for GithubError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What the `error` field of an answer says (GitHub Docs, "Troubleshooting OAuth app access token
/// request errors" and "Error codes for the device flow").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRefusal {
    /// The person did not type the code yet.
    Pending,
    /// Hawser looked too often; seconds to wait between two looks from now on.
    SlowDown(u64),
    /// The device code ended.
    ExpiredToken,
    /// The person refused.
    AccessDenied,
    /// The code is wrong, was used, or ended.
    BadCode,
    /// The refresh token is wrong, was used, or ended.
    BadRefreshToken,
    /// GitHub does not know this client, or its secret is another one.
    BadClient,
    /// The client names another callback.
    RedirectMismatch,
    /// The app does not allow the device flow.
    DeviceFlowDisabled,
    /// The account's e-mail address is not verified.
    UnverifiedEmail,
    /// Something that this version does not know.
    Other,
}

impl TokenRefusal {
    pub(super) fn of(code: &str, interval: Option<u64>) -> Self {
        match code {
            "authorization_pending" => Self::Pending,
            "slow_down" => Self::SlowDown(interval.unwrap_or(10).clamp(1, 300)),
            "expired_token" => Self::ExpiredToken,
            "access_denied" => Self::AccessDenied,
            "bad_verification_code" | "incorrect_device_code" => Self::BadCode,
            "bad_refresh_token" => Self::BadRefreshToken,
            // GitHub does not find the client that the form names.
            "incorrect_client_credentials" | "application_suspended" | "Not Found" => {
                Self::BadClient
            }
            "redirect_uri_mismatch" => Self::RedirectMismatch,
            "device_flow_disabled" => Self::DeviceFlowDisabled,
            "unverified_user_email" => Self::UnverifiedEmail,
            _ => Self::Other,
        }
    }
}

/// The answer of the endpoint when it grants something.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TokenResponse {
    access_token: AccessToken,
    #[serde(deserialize_with = "deserialize_untagged_enum_case_insensitive")]
    token_type: BasicTokenType,
    // With commas, where the library expects blanks.
    #[serde(default, deserialize_with = "lenient::text")]
    scope: String,
    #[serde(default, deserialize_with = "lenient::seconds")]
    expires_in: Option<u64>,
    // It works once, so that an odd one must not get lost unseen.
    refresh_token: Option<RefreshToken>,
}

impl oauth2::TokenResponse for TokenResponse {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl Github {
    /// Exchanges the code that a browser brought back.
    ///
    /// # Errors
    /// Why there are no tokens.
    pub async fn exchange(
        &self,
        code: &Secret,
        verifier: &Verifier,
        now: Timestamp,
    ) -> Result<Grant, GithubError> {
        let attempt = "exchange the code of GitHub";
        let answer = self
            .confidential_oauth(attempt)
            .await?
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_pkce_verifier(verifier.shown())
            .request_async(&OauthTransport(self, attempt))
            .await;
        told(answer, attempt)?.granted(now, attempt)
    }

    /// Exchanges a refresh token, which works once: the old pair is worth nothing afterwards.
    ///
    /// # Errors
    /// Why there are no tokens.
    pub async fn refresh(&self, refresh: &Secret, now: Timestamp) -> Result<Grant, GithubError> {
        let attempt = "renew the tokens of GitHub";
        let answer = self
            .confidential_oauth(attempt)
            .await?
            .exchange_refresh_token(&RefreshToken::new(refresh.expose().to_owned()))
            .request_async(&OauthTransport(self, attempt))
            .await;
        told(answer, attempt)?.granted(now, attempt)
    }
}

impl TokenResponse {
    /// The tokens, if they are some.
    pub(super) fn granted(
        self,
        now: Timestamp,
        attempt: &'static str,
    ) -> Result<Grant, GithubError> {
        let access = Secret::new(self.access_token.into_secret());
        let refresh = self.refresh_token.map(RefreshToken::into_secret).unwrap_or_default();
        let refresh = Secret::new(refresh);
        let fits = is_token(&access) && (refresh.is_empty() || is_token(&refresh));
        if !fits || self.token_type != BasicTokenType::Bearer {
            return Err(unreadable(attempt).into());
        }
        let expires_at =
            self.expires_in.map(|seconds| now.plus(Duration::from_secs(seconds.min(LIFE))));
        let tokens = OauthTokens::new(access, refresh, expires_at);
        Ok(Grant { tokens, scopes: listed(&self.scope) })
    }
}

/// Scopes as GitHub lists them: with commas, in headers with blanks too.
pub(super) fn listed(text: &str) -> Vec<String> {
    let parts = text.split([',', ' ']).filter(|scope| {
        (1..=64).contains(&scope.len())
            && scope.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-'))
    });
    parts.take(64).map(str::to_owned).collect()
}

/// What may stand in a header and a document.
fn is_token(token: &Secret) -> bool {
    (1..=TOKEN).contains(&token.len()) && token.is_made_of(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::{super::oauth::refused, *};

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn read(text: &str) -> Result<Grant, GithubError> {
        if let Some(refusal) = refused(text.as_bytes()) {
            return Err(GithubError::Refused(refusal));
        }
        let read = serde_json::from_str::<TokenResponse>(text);
        read.map_err(|_| unreadable("test"))?.granted(NOW, "test")
    }

    #[test]
    fn tokens_are_read_with_their_end() {
        let text = r#"{"access_token":"ghu_a","expires_in":28800,"refresh_token":"ghr_b",
            "refresh_token_expires_in":15897600,"scope":"","token_type":"bearer"}"#;
        let grant = read(text).unwrap();
        assert_eq!(grant.tokens.access, "ghu_a");
        assert_eq!(grant.tokens.refresh, "ghr_b");
        assert_eq!(grant.tokens.expires_at, Some(NOW.plus(Duration::from_hours(8))));
        assert!(grant.scopes.is_empty());
        let grant =
            read(r#"{"access_token":"gho_a","scope":"repo,read:user","token_type":"Bearer"}"#);
        let grant = grant.unwrap();
        assert_eq!((grant.tokens.expires_at, grant.scopes), (None, listed("repo read:user")));
    }

    #[test]
    fn r_oauth_04_refusals_are_told_by_code_and_never_in_words() {
        let refused = |code: &str| {
            let text = format!(r#"{{"error":"{code}","error_description":"<b>canary</b>"}}"#);
            let error = read(&text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"));
            match error {
                GithubError::Refused(refusal) => refusal,
                GithubError::Failed(_) => panic!("a refusal is no failure"),
            }
        };
        assert_eq!(refused("bad_verification_code"), TokenRefusal::BadCode);
        assert_eq!(refused("bad_refresh_token"), TokenRefusal::BadRefreshToken);
        assert_eq!(refused("slow_down"), TokenRefusal::SlowDown(10));
        assert_eq!(refused("<script>"), TokenRefusal::Other);
    }

    #[test]
    fn what_makes_no_sense_is_no_token() {
        for text in [
            "{}",
            r#"{"access_token":"","token_type":"bearer"}"#,
            r#"{"access_token":"a b","token_type":"bearer"}"#,
            r#"{"access_token":"a\nb","token_type":"bearer"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
            r#"{"access_token":"a"}"#,
            r#"{"access_token":"a","token_type":"bearer","refresh_token":"\u0000"}"#,
        ] {
            assert!(matches!(read(text), Err(GithubError::Failed(_))), "{text}");
        }
    }
}
