//! What the maker of a token tells about it. A maker is asked only at its own address, and what it
//! does not tell is no failure.

mod github;
mod gitlab;
mod harbor;
mod token;

pub use token::TokenMaker;

use domain::Timestamp;
use tokio::time::timeout_at;
use url::Url;

use super::{Besides, Examination};
use crate::oci;
use egress::{Ask, Failure, HttpAnswer, Login, Outbound, Redirects, wire};

/// The most scopes that are told.
const SCOPES: usize = 32;

/// A maker of tokens: its container registry, and the API that knows the tokens which open it.
#[derive(Debug, Clone)]
pub(in crate::repository) struct Maker {
    /// Host of the registry, with its port unless that is 443.
    pub(in crate::repository) registry: String,
    /// The root of the API.
    pub(in crate::repository) api: Option<Url>,
}

/// The makers that are known.
#[derive(Debug, Clone)]
pub(in crate::repository) struct Makers {
    pub(in crate::repository) github: Maker,
    pub(in crate::repository) gitlab: Maker,
}

impl Default for Makers {
    fn default() -> Self {
        let maker = |registry: &str, api| Maker { registry: registry.to_owned(), api };
        Self {
            github: maker("ghcr.io", Url::parse("https://api.github.com/").ok()),
            gitlab: maker("registry.gitlab.com", Url::parse("https://gitlab.com/api/v4/").ok()),
        }
    }
}

/// What a maker told.
#[derive(Debug, Default, PartialEq, Eq)]
struct TokenFacts {
    expires_at: Option<Timestamp>,
    excess: Vec<String>,
}

impl Besides {
    fn hear(&mut self, told: TokenFacts) {
        self.excess.extend(told.excess);
        self.expires_at = told.expires_at.or(self.expires_at);
    }
}

impl Examination<'_> {
    /// Asks the maker of the login about it, if it is one of those that tell.
    pub(super) async fn ask_maker(
        &self,
        besides: &mut Besides,
        outbound: &Outbound,
        visit: &oci::OciTest<'_>,
    ) {
        let Some(login) = self.target.login.as_ref().filter(|login| !login.password.is_empty())
        else {
            return;
        };
        let asked = async {
            let base = oci::base(&self.target.url);
            let makers = &self.registries.makers;
            if base.authority() == makers.github.registry {
                let answer = outbound.send(github::ask(&makers.github, login)?).await.ok()?;
                return answer.status().is_success().then(|| github::token_facts(&answer));
            }
            if base.authority() == makers.gitlab.registry && gitlab::knows(login) {
                let answer = outbound.send(gitlab::ask(&makers.gitlab, login)?).await.ok()?;
                return gitlab::token_facts(answer).await;
            }
            if visit.token_service().as_deref() == Some(harbor::SERVICE) {
                return harbor::about(outbound, visit.base(), self.target.url.path(), login).await;
            }
            None
        };
        if let Ok(Some(told)) = timeout_at(self.end, asked).await {
            besides.hear(told);
        }
    }
}

/// A question to an API that takes the token itself; it goes nowhere else.
fn with_token(url: Url, login: &Login, attempt: &'static str) -> Option<Ask> {
    let token = wire::bearer(&login.password)?;
    Some(Ask::get(url, attempt).login(Some(token)).redirects(Redirects::Refuse).elsewhere())
}

/// Reads an answer as JSON; `None` when it is none.
async fn json<T: serde::de::DeserializeOwned>(answer: HttpAnswer, most: usize) -> Option<T> {
    let body: Result<Vec<u8>, Failure> = answer.body(most).await;
    serde_json::from_slice(&body.ok()?).ok()
}

/// Whether a word may be shown as the name of a scope: the API chose it.
fn is_scope(word: &str) -> bool {
    (1..=40).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-'))
}
