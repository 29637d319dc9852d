//! Where the browser goes to connect an account, and the proof that it is the same one that comes back.

#![expect(clippy::disallowed_methods, reason = "hashes a key, and names the state in an address")]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Secret;
use sha2::{Digest, Sha256};
use url::Url;

use super::Github;
use crate::Failure;

/// A PKCE verifier (RFC 7636): 43 characters, derived from a key that only the browser keeps, so that
/// nothing secret is stored between the two halves of the flow.
#[derive(Debug, Clone)]
pub struct Verifier(Secret);

impl Verifier {
    /// The verifier of a browser's key.
    #[must_use]
    pub fn of(browser: &Secret) -> Self {
        let digest = Sha256::new()
            .chain_update(b"hawser pkce")
            .chain_update(browser.expose().as_bytes())
            .finalize();
        Self(Secret::new(URL_SAFE_NO_PAD.encode(digest)))
    }

    /// What GitHub is told first: the hash of what it is shown at the end (S256).
    #[must_use]
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.0.expose().as_bytes()))
    }

    pub(super) const fn secret(&self) -> &Secret {
        &self.0
    }
}

impl Github {
    /// GitHub's page that asks whether Hawser may use the account.
    ///
    /// # Errors
    /// `AmbientDisabled` when the operator configured no client.
    pub fn authorize_url(&self, state: &Secret, verifier: &Verifier) -> Result<Url, Failure> {
        let client = self.client()?;
        let mut url = self.web(&["login", "oauth", "authorize"], "connect an account")?;
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", self.0.callback.as_str())
            .append_pair("state", state.expose())
            .append_pair("code_challenge", &verifier.challenge())
            .append_pair("code_challenge_method", "S256");
        if !client.scopes().is_empty() {
            query.append_pair("scope", &client.scopes().join(" "));
        }
        drop(query);
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_belongs_to_its_browser() {
        let of = |key: &str| Verifier::of(&Secret::new(key.to_owned()));
        let one = of("a");
        assert_eq!((one.secret().len(), one.challenge().len()), (43, 43));
        assert_eq!(one.challenge(), of("a").challenge());
        assert_ne!(one.challenge(), of("b").challenge());
        assert!(!format!("{one:?}").contains(one.0.expose()));
    }
}
