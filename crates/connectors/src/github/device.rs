//! Connecting by a code that a person types at GitHub (RFC 8628).

use domain::{Cause, Secret, Timestamp};
use reqwest::header::{ACCEPT, HeaderValue};
use serde::Deserialize;

use super::{
    Github, GithubError, Grant,
    call::{ONE, json, refusal, unreadable},
    grant::TokenRefusal,
};
use crate::{
    http::Ask,
    lenient,
    wire::{FORM, form},
};

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

#[derive(Deserialize)]
struct DeviceCodeResponse {
    #[serde(default)]
    device_code: Secret,
    #[serde(default, deserialize_with = "lenient::text")]
    user_code: String,
    #[serde(default, deserialize_with = "lenient::seconds")]
    expires_in: Option<u64>,
    #[serde(default, deserialize_with = "lenient::seconds")]
    interval: Option<u64>,
    error: Option<String>,
}

impl Github {
    /// Begins a device flow.
    ///
    /// # Errors
    /// [`Refusal::DeviceFlowDisabled`] when the app does not allow it; otherwise why it did not begin.
    pub async fn begin_device(&self) -> Result<DeviceStart, GithubError> {
        let attempt = "begin to connect by a code";
        let client = self.client()?;
        let url = self.web(&["login", "device", "code"], attempt)?;
        let scopes = client.scopes().join(" ");
        let fields = [("client_id", client.id.as_str()), ("scope", &scopes)];
        let ask = Ask::post(url, HeaderValue::from_static(FORM), form(&fields, &[]), attempt)
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        let answer = self.send(ask).await?;
        match answer.status().as_u16() {
            200..=299 => {}
            // GitHub does not find the client.
            404 => return Err(GithubError::Refused(TokenRefusal::BadClient)),
            _ => return Err(refusal(answer).await.into()),
        }
        let told: DeviceCodeResponse = json(answer, ONE, attempt).await?;
        if let Some(code) = told.error {
            return Err(GithubError::Refused(match code.as_str() {
                "device_flow_disabled" => TokenRefusal::DeviceFlowDisabled,
                _ => TokenRefusal::Other,
            }));
        }
        let code = &told.device_code;
        let fits = (1..=128).contains(&code.len())
            && code.is_made_of(|b| b.is_ascii_alphanumeric())
            && (1..=16).contains(&told.user_code.len())
            && told.user_code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !fits {
            return Err(unreadable(attempt).into());
        }
        Ok(DeviceStart {
            device_code: told.device_code,
            user_code: told.user_code,
            verification_url: self.web(&["login", "device"], attempt)?.into(),
            expires_in: told.expires_in.unwrap_or(0).clamp(60, 3_600),
            interval: told.interval.unwrap_or(0).clamp(5, 300),
        })
    }

    /// Looks whether the code was typed.
    ///
    /// # Errors
    /// [`Refusal::Pending`] and [`Refusal::SlowDown`] while it was not; otherwise why it never will be.
    pub async fn poll_device(&self, code: &Secret, now: Timestamp) -> Result<Grant, GithubError> {
        let attempt = "look whether the code was typed";
        let client = self.client()?;
        let plain = [
            ("client_id", client.id.as_str()),
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ];
        let told = match self.request_token(&plain, &[("device_code", code)], attempt).await {
            Err(GithubError::Failed(failure)) if failure.cause == Cause::RateLimited => {
                let wait = failure.retry_after.map_or(10, |wait| wait.as_secs());
                return Err(GithubError::Refused(TokenRefusal::SlowDown(wait.clamp(10, 300))));
            }
            told => told?,
        };
        told.granted(now, attempt)
    }
}
