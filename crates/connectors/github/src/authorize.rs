//! Where the browser goes to connect an account, and the proof that it is the same one that comes back.

#![expect(
    clippy::disallowed_methods,
    reason = "hashes a key, and hands verifier and state to the OAuth library"
)]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Secret;
use oauth2::{CsrfToken, PkceCodeChallenge, PkceCodeVerifier, Scope};
use sha2::{Digest, Sha256};
use url::Url;

use super::Github;
use egress::Failure;

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

    /// The verifier as the OAuth library takes it; it derives the hash that GitHub is told first (S256).
    pub(super) fn shown(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.0.expose().to_owned())
    }
}

impl Github {
    /// GitHub's page that asks whether Hawser may use the account.
    ///
    /// # Errors
    /// `AmbientDisabled` when the operator configured no client.
    pub fn authorize_url(&self, state: &Secret, verifier: &Verifier) -> Result<Url, Failure> {
        let scopes = self.client()?.scopes().iter().cloned().map(Scope::new);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier.shown());
        let (url, _state) = self
            .oauth("connect an account")?
            .authorize_url(|| CsrfToken::new(state.expose().to_owned()))
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
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
        let challenge = |of: &Verifier| PkceCodeChallenge::from_code_verifier_sha256(&of.shown());
        assert_eq!((one.0.len(), challenge(&one).as_str().len()), (43, 43));
        assert_eq!(challenge(&one).as_str(), challenge(&of("a")).as_str());
        assert_ne!(challenge(&one).as_str(), challenge(&of("b")).as_str());
        assert!(!format!("{one:?}").contains(one.0.expose()));
    }
}
