//! Whose token it is.

use domain::Secret;
use serde::Deserialize;

use super::{
    Github,
    call::{ONE, json, unreadable},
    grant::listed,
};
use egress::Failure;

/// An account of GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number, which never changes and is never given to somebody else (R-OAUTH-03).
    pub id: i64,
    /// Its name now.
    pub login: String,
    /// The scopes of the token, where GitHub tells them (`X-OAuth-Scopes`).
    pub scopes: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct AccountResponse {
    id: i64,
    login: String,
}

impl Github {
    /// Asks whose token it is: `GET /user`.
    ///
    /// # Errors
    /// `ConnectionRevoked` when GitHub does not take the token.
    pub async fn account(&self, access: &Secret) -> Result<Account, Failure> {
        let attempt = "ask GitHub whose token it is";
        let url = self.api(&["user"], attempt)?;
        let answer = self.get(url, access, attempt).await?;
        let told_scopes = answer.headers().contains_key("x-oauth-scopes");
        let scopes = told_scopes.then(|| listed(answer.text("x-oauth-scopes")));
        let AccountResponse { id, login } = json(answer, ONE, attempt).await?;
        if id <= 0 || !is_login(&login) {
            return Err(unreadable(attempt));
        }
        Ok(Account { id, login, scopes })
    }
}

/// Whether a text can be the name of an account.
pub(super) fn is_login(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
