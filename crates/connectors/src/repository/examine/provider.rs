//! What the maker of a token tells about it.

use domain::Timestamp;
use reqwest::header::HeaderValue;
use tokio::time::timeout_at;
use url::Url;
use zeroize::Zeroizing;

use super::{Besides, Examination};
use crate::{
    http::{Ask, Outbound, Redirects},
    oci,
};

/// The most scopes that are told.
const SCOPES: usize = 32;

/// A GitHub: its container registry, and the API that knows the tokens which open it.
#[derive(Debug, Clone)]
pub(in crate::repository) struct GitHub {
    /// Host of the registry, with its port unless that is 443.
    pub(in crate::repository) registry: String,
    /// The root of the API.
    pub(in crate::repository) api: Option<Url>,
}

impl Default for GitHub {
    fn default() -> Self {
        let api = Url::parse("https://api.github.com/").ok();
        Self { registry: "ghcr.io".to_owned(), api }
    }
}

impl Examination<'_> {
    /// Asks GitHub about a token of its container registry. Any request tells, by its headers, the
    /// scopes of a classic token (`X-OAuth-Scopes`) and when the token ends
    /// (`GitHub-Authentication-Token-Expiration`); docs.github.com, "Scopes for OAuth apps".
    pub(super) async fn ask_provider(&self, besides: &mut Besides, outbound: &Outbound) {
        let github = &self.registries.github;
        let ours = oci::base(&self.target.url).authority() == github.registry;
        let login = self.target.login.as_ref().filter(|login| ours && !login.password.is_empty());
        let (Some(login), Some(api)) = (login, github.api.clone()) else { return };
        let text = Zeroizing::new(format!("Bearer {}", login.password.expose()));
        let Ok(mut token) = HeaderValue::from_str(&text) else { return };
        token.set_sensitive(true);
        let ask = Ask::get(api, "ask GitHub about the token")
            .login(Some(token))
            .redirects(Redirects::Refuse)
            .elsewhere();
        let Ok(Ok(answer)) = timeout_at(self.end, outbound.send(ask)).await else { return };
        if !answer.status().is_success() {
            return;
        }
        besides.excess.extend(changing(answer.text("x-oauth-scopes")));
        let told = expiration(answer.text("github-authentication-token-expiration"));
        besides.expires_at = told.or(besides.expires_at);
    }
}

/// The scopes that allow more than reading.
fn changing(scopes: &str) -> Vec<String> {
    let plain = |scope: &&str| {
        (1..=40).contains(&scope.len())
            && scope.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-'))
    };
    scopes
        .split(',')
        .map(str::trim)
        .filter(plain)
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
