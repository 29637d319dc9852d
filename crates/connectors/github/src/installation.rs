//! Installations of the operator's GitHub App.

use domain::Secret;
use serde::Deserialize;

use super::{
    Github,
    account::is_login,
    call::{PAGE, has_next, json, unreadable},
};
use egress::{Failure, lenient};

/// The most pages of a list that are read.
const PAGES: u32 = 10;

/// An installation that an account may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// Its number.
    pub id: i64,
    /// The account or organization that it is installed in.
    pub account: String,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(deserialize_with = "lenient::list")]
    installations: Vec<InstallationResponse>,
}

#[derive(Deserialize)]
struct InstallationResponse {
    id: i64,
    #[serde(default, deserialize_with = "lenient::optional")]
    account: Option<Owner>,
    #[serde(default)]
    app_id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    app_slug: String,
}

#[derive(Deserialize)]
struct Owner {
    login: String,
}

impl Github {
    /// The installation of the operator's app with this number, if the account behind the token may
    /// see it (R-OAUTH-06): `GET /user/installations`.
    ///
    /// # Errors
    /// `InsufficientScope` when the token is not one of the app's own; otherwise why GitHub did not
    /// answer.
    pub async fn installation(
        &self,
        access: &Secret,
        id: i64,
    ) -> Result<Option<Installation>, Failure> {
        let attempt = "ask GitHub for installations";
        let Some(app) = &self.0.settings.app else { return Ok(None) };
        let is_ours = |told: &InstallationResponse| {
            told.app_slug == app.slug || told.app_id.to_string() == app.identity.app_id
        };
        for page in 1..=PAGES {
            let mut url = self.api(&["user", "installations"], attempt)?;
            url.set_query(Some(&format!("per_page=100&page={page}")));
            let answer = self.get(url, access, attempt).await?;
            let more = has_next(&answer);
            let listed: Listed = json(answer, PAGE, attempt).await?;
            let found = listed.installations.into_iter().find(|told| told.id == id);
            if let Some(found) = found {
                if !is_ours(&found) {
                    return Ok(None);
                }
                let account = found.account.map(|owner| owner.login).unwrap_or_default();
                if !is_login(&account) {
                    return Err(unreadable(attempt));
                }
                return Ok(Some(Installation { id, account }));
            }
            if !more {
                break;
            }
        }
        Ok(None)
    }
}
