//! What a refusing answer means.

use std::time::{Duration, UNIX_EPOCH};

use domain::{Cause, Secret, Timestamp, UnverifiedClaims};
use reqwest::header::{DATE, RETRY_AFTER};

use crate::{Failure, HttpAnswer, Login};

/// As much of an error page as is looked at.
const LOOK_AT: usize = 16 * 1024;

/// Turns an answer that is no success into a failure.
pub async fn refusal(answer: HttpAnswer, login: Option<&Login>) -> Failure {
    refusal_in_words(answer, login).await.0
}

/// The same with the start of what the host said, as it said it.
pub async fn refusal_in_words(mut answer: HttpAnswer, login: Option<&Login>) -> (Failure, String) {
    let body = answer.start_of_body(LOOK_AT).await;
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut failure = answer.failure(cause(&answer, login, &body));
    if failure.cause == Cause::RateLimited || answer.status().as_u16() == 503 {
        failure.retry_after = retry_after(answer.text(RETRY_AFTER), answer.text(DATE));
    }
    (failure, body)
}

fn cause(answer: &HttpAnswer, login: Option<&Login>, body: &str) -> Cause {
    let status = answer.status().as_u16();
    let said = |code: &str| body.contains(&format!("\"{code}\""));
    let denied = matches!(status, 401 | 403);
    if denied && answer.login_dropped {
        return Cause::RedirectRefused;
    }
    // Amazon ECR says 403 for an expired token, its public gallery 400.
    if matches!(status, 400 | 401 | 403)
        && body.to_ascii_lowercase().contains("authorization token has expired")
    {
        return Cause::TokenExpired;
    }
    if let Some(cause) = github(answer, denied, body) {
        return cause;
    }
    // As nginx says it, with a status of its own that becomes 400 on the wire.
    if matches!(status, 400 | 495 | 496) && body.contains("SSL certificate") {
        return Cause::ClientCertificate;
    }
    if denied && let Some(login) = login {
        let host = answer.url.host_str().unwrap_or_default();
        if host == "ghcr.io" && login.password.starts_with("github_pat_") {
            return Cause::UnsupportedTokenKind;
        }
        if expired_at(&login.password, answer.text(DATE)) {
            return Cause::TokenExpired;
        }
    }
    match status {
        429 => Cause::RateLimited,
        _ if said("TOOMANYREQUESTS") => Cause::RateLimited,
        401 | 403 if login.is_none() => Cause::NoCredential,
        401 if said("DENIED") => Cause::InsufficientScope,
        401 => Cause::InvalidCredentials,
        403 => Cause::InsufficientScope,
        404 | 410 => Cause::NotFound,
        408 => Cause::Timeout,
        300..=399 => Cause::RedirectRefused,
        500..=599 => Cause::ServerError,
        _ => Cause::NotARegistry,
    }
}

/// The refusals of GitHub that a person mends there: a token without single sign-on
/// (`X-GitHub-SSO: required; url=…`), and organizations that restrict what may be used.
fn github(answer: &HttpAnswer, denied: bool, body: &str) -> Option<Cause> {
    let restricted = [
        "organization has enabled OAuth App access restrictions",
        "forbids access via a personal access token",
        "forbids access via a fine-grained personal access token",
        "organization has an IP allow list enabled",
    ];
    let sso = answer.text("x-github-sso").trim_start().to_ascii_lowercase();
    if !denied {
        None
    } else if sso.starts_with("required") || body.contains("organization SAML enforcement") {
        Some(Cause::SsoRequired)
    } else {
        restricted.iter().any(|text| body.contains(text)).then_some(Cause::OrganizationRestricted)
    }
}

/// Seconds, or a date against the host's own clock; at most an hour.
#[must_use]
pub fn retry_after(text: &str, date: &str) -> Option<Duration> {
    let wait = if let Ok(seconds) = text.trim().parse() {
        Duration::from_secs(seconds)
    } else {
        let until = httpdate::parse_http_date(text.trim()).ok()?;
        let now = httpdate::parse_http_date(date).ok()?;
        until.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(Failure::LONGEST_WAIT))
}

/// Whether the password is a JSON web token whose time was over when the host answered.
fn expired_at(password: &Secret, date: &str) -> bool {
    let end = UnverifiedClaims::of(password).and_then(|claims| claims.expires_at());
    let now = httpdate::parse_http_date(date).ok();
    let now = now.and_then(|now| now.duration_since(UNIX_EPOCH).ok());
    let now = now.map(|since_epoch| Timestamp::from_millis(0).plus(since_epoch));
    matches!((end, now), (Some(end), Some(now)) if end <= now)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    #[test]
    fn waits_are_read_and_capped() {
        assert_eq!(retry_after("120", ""), Some(Duration::from_mins(2)));
        assert_eq!(retry_after("99999", ""), Some(Duration::from_hours(1)));
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:50:37 GMT", DATE),
            Some(Duration::from_mins(1))
        );
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", DATE), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", DATE), None);
    }

    #[test]
    fn expired_tokens_are_seen_by_the_clock_of_the_host() {
        let token =
            |exp: &str| format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{exp}}}")));
        let expired_at = |text: &str, date| expired_at(&Secret::new(text.to_owned()), date);
        assert!(expired_at(&token("784111776"), DATE));
        assert!(!expired_at(&token("784111778"), DATE));
        assert!(!expired_at(&token("784111776"), ""));
        for other in
            ["hunter2", "a.b.c", "..", "a.e30.c", "a.e30.c.d", &token("\"x\""), &token("-1e300")]
        {
            assert!(!expired_at(other, DATE), "{other}");
        }
    }
}
