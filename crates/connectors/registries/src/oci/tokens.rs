//! Bearer tokens, kept in memory for one credential version, registry and set of scopes (F19).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::CredentialId;
use http::header::HeaderValue;
use tokio::{sync::Mutex as Turn, time::Instant};

use super::scope::Scope;
use egress::{Failure, LoginKey};

/// From how many tokens on the expired ones are thrown away.
const REMEMBERED: usize = 4_096;

/// What a token is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct TokenKey {
    pub(super) login: Option<LoginKey>,
    pub(super) authority: String,
    pub(super) scope: Scope,
}

/// A token as a header, and how long it may be used.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) header: HeaderValue,
    pub(super) until: Instant,
}

impl Token {
    /// A token that its server says lives for `lifetime`.
    pub(super) fn new(header: HeaderValue, lifetime: Duration) -> Self {
        let margin = (lifetime / 4).min(Duration::from_secs(30));
        Self { header, until: Instant::now() + (lifetime.saturating_sub(margin)) }
    }

    fn is_fresh(&self) -> bool {
        Instant::now() < self.until
    }
}

/// Whether a token was fetched just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    Cached,
    Fresh,
}

/// Whoever has the turn fetches. What is held is looked at without a turn, because those who look
/// may hold a place at the host that the fetching one waits for.
#[derive(Default)]
struct Cell {
    turn: Turn<()>,
    held: Mutex<Option<Token>>,
}

impl Cell {
    fn held(&self) -> MutexGuard<'_, Option<Token>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self) -> Option<HeaderValue> {
        self.held().as_ref().filter(|token| token.is_fresh()).map(|token| token.header.clone())
    }
}

#[derive(Default)]
pub(super) struct Tokens {
    cells: Mutex<HashMap<TokenKey, Arc<Cell>>>,
}

impl Tokens {
    /// The token for `key`; of those who ask at once, one fetches and the others wait for it.
    pub(super) async fn get<F>(
        &self,
        key: TokenKey,
        fetch: F,
    ) -> Result<(HeaderValue, Age), Failure>
    where
        F: AsyncFnOnce() -> Result<Token, Failure>,
    {
        let cell = self.cell(key);
        if let Some(header) = cell.fresh() {
            return Ok((header, Age::Cached));
        }
        let _turn = cell.turn.lock().await;
        if let Some(header) = cell.fresh() {
            return Ok((header, Age::Cached));
        }
        let fetched = fetch().await?;
        let header = fetched.header.clone();
        *cell.held() = Some(fetched);
        Ok((header, Age::Fresh))
    }

    /// Forgets a token that the registry refused; a newer one stays. Never waits.
    pub(super) fn refused(&self, key: TokenKey, header: &HeaderValue) {
        let cell = self.cell(key);
        cell.held().take_if(|token| token.header == *header);
    }

    /// Whether a token of the same login, for whatever, is in force at this registry: then its
    /// token service took the login a short time ago.
    pub(super) fn has_one_of(&self, login: Option<LoginKey>, authority: &str) -> bool {
        let cells = self.cells();
        cells.iter().any(|(key, cell)| {
            key.login == login && key.authority == authority && cell.fresh().is_some()
        })
    }

    pub(super) fn evict(&self, credential: CredentialId) {
        self.cells().retain(|key, _| key.login.is_none_or(|login| login.credential != credential));
    }

    fn cell(&self, key: TokenKey) -> Arc<Cell> {
        let mut cells = self.cells();
        if cells.len() >= REMEMBERED {
            cells.retain(|_, cell| cell.fresh().is_some() || Arc::strong_count(cell) > 1);
        }
        Arc::clone(cells.entry(key).or_default())
    }

    fn cells(&self) -> MutexGuard<'_, HashMap<TokenKey, Arc<Cell>>> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::OrganizationId;

    use super::*;

    fn key(credential: CredentialId, vault_version: i64) -> TokenKey {
        let organization = OrganizationId::from(credential.uuid());
        TokenKey {
            login: Some(LoginKey { organization, credential, vault_version }),
            authority: "a".into(),
            scope: Scope::default(),
        }
    }

    async fn take(tokens: &Tokens, key: TokenKey, text: &'static str) -> (HeaderValue, Age) {
        tokens
            .get(key, async || {
                Ok(Token::new(HeaderValue::from_static(text), Duration::from_mins(1)))
            })
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn f19_a_token_belongs_to_one_credential_version() {
        let (tokens, credential) = (Tokens::default(), CredentialId::new());
        assert_eq!(take(&tokens, key(credential, 1), "one").await.1, Age::Fresh);
        assert_eq!(
            take(&tokens, key(credential, 1), "two").await,
            (HeaderValue::from_static("one"), Age::Cached)
        );
        assert_eq!(take(&tokens, key(credential, 2), "three").await.1, Age::Fresh);
        tokens.refused(key(credential, 1), &HeaderValue::from_static("other"));
        assert_eq!(take(&tokens, key(credential, 1), "x").await.1, Age::Cached);
        tokens.refused(key(credential, 1), &HeaderValue::from_static("one"));
        assert_eq!(take(&tokens, key(credential, 1), "four").await.1, Age::Fresh);
        tokens.evict(credential);
        assert_eq!(take(&tokens, key(credential, 2), "five").await.1, Age::Fresh);
    }
}
