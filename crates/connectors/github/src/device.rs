//! Connecting by a code that a person types at GitHub (RFC 8628).

use domain::{Cause, Secret, Timestamp};
use oauth2::{Scope, StandardDeviceAuthorizationResponse};

use super::{
    Github, GithubError, Grant, TokenRefusal,
    call::unreadable,
    grant::TokenResponse,
    oauth::{OauthTransport, told},
};
use egress::wire::form;

/// The begin of a device flow.
#[derive(Debug, Clone)]
pub struct DeviceStart {
    /// What GitHub is asked with; it opens the account once the person agreed.
    pub device_code: Secret,
    /// What the person types.
    pub user_code: String,
    /// Where: always the configured GitHub.
    pub verification_url: String,
    /// Seconds until it ends.
    pub expires_in: u64,
    /// Seconds between two looks.
    pub interval: u64,
}

impl Github {
    /// Begins a device flow.
    ///
    /// # Errors
    /// [`TokenRefusal::DeviceFlowDisabled`] when the app does not allow it; otherwise why it did not
    /// begin.
    pub async fn begin_device(&self) -> Result<DeviceStart, GithubError> {
        let attempt = "begin to connect by a code";
        let scopes = self.client()?.scopes().iter().cloned().map(Scope::new);
        let answer = self
            .oauth(attempt)?
            .exchange_device_code()
            .add_scopes(scopes)
            .request_async(&OauthTransport(self, attempt))
            .await;
        let begun: StandardDeviceAuthorizationResponse = told(answer, attempt)?;
        let device_code = Secret::new(begun.device_code().secret().clone());
        let user_code = begun.user_code().secret().clone();
        let fits = (1..=128).contains(&device_code.len())
            && device_code.is_made_of(|b| b.is_ascii_alphanumeric())
            && (1..=16).contains(&user_code.len())
            && user_code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !fits {
            return Err(unreadable(attempt).into());
        }
        Ok(DeviceStart {
            device_code,
            user_code,
            verification_url: self.web(&["login", "device"], attempt)?.into(),
            expires_in: begun.expires_in().as_secs().clamp(60, 3_600),
            interval: begun.interval().as_secs().clamp(5, 300),
        })
    }

    /// Looks once whether the code was typed. Any replica may be asked next, so this is one request and
    /// not the library's loop.
    ///
    /// # Errors
    /// [`TokenRefusal::Pending`] and [`TokenRefusal::SlowDown`] while it was not; otherwise why it never
    /// will be.
    pub async fn poll_device(&self, code: &Secret, now: Timestamp) -> Result<Grant, GithubError> {
        let attempt = "look whether the code was typed";
        let plain = [
            ("client_id", self.client()?.id.as_str()),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ];
        let form = form(&plain, &[("device_code", code)]);
        let body = match self.ask_oauth(self.token_url(attempt)?, form, attempt).await {
            Err(GithubError::Failed(failure)) if failure.cause == Cause::RateLimited => {
                let wait = failure.retry_after.map_or(10, |wait| wait.as_secs());
                return Err(GithubError::Refused(TokenRefusal::SlowDown(wait.clamp(10, 300))));
            }
            told => told?,
        };
        // The parser's own words may quote the answer.
        let told: TokenResponse = serde_json::from_slice(&body).map_err(|_| unreadable(attempt))?;
        told.granted(now, attempt)
    }
}
