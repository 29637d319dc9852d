//! Logins, kept in memory for one credential version and scope. Of those who ask at once, one
//! exchanges and the others wait for what it learns.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{CredentialId, Secret, Timestamp};
use tokio::sync::Mutex as Turn;

use super::exchange::Exchanged;
use egress::{Failure, Freshness, Login, LoginKey};

/// From how many cells on those with expired logins are thrown away.
const REMEMBERED: usize = 4_096;

#[derive(Default)]
pub(super) struct Cache {
    cells: Mutex<Cells>,
}

#[derive(Default)]
struct Cells {
    by_version: HashMap<LoginKey, HashMap<String, Arc<Cell>>>,
    count: usize,
    sweep_at: usize,
}

#[derive(Default)]
struct Cell {
    turn: Turn<()>,
    held: Mutex<Slot>,
}

#[derive(Default)]
struct Slot {
    /// How many exchanges ended here.
    rounds: u64,
    /// How the last one ended. A failure counts only for those who were already waiting for it.
    last: Option<Result<CachedLogin, Failure>>,
}

struct CachedLogin {
    username: String,
    password: Secret,
    until: Timestamp,
}

impl CachedLogin {
    fn login(&self, freshness: Freshness) -> Login {
        Login { freshness, ..Login::stored(self.username.clone(), self.password.clone()) }
    }

    fn is(&self, login: &Login) -> bool {
        self.username == login.username && self.password == login.password
    }
}

impl Exchanged {
    /// The login, for one that is not kept.
    pub(super) fn into_login(self) -> Login {
        let Self { username, password, .. } = self;
        Login { freshness: Freshness::Exchanged, ..Login::stored(username, password) }
    }
}

impl Cell {
    fn held(&self) -> MutexGuard<'_, Slot> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known to somebody who came after `came` rounds; `None` when it is their turn.
    fn known(&self, came: u64, now: Timestamp) -> Option<Result<Login, Failure>> {
        let held = self.held();
        let waited = held.rounds > came;
        match held.last.as_ref()? {
            Ok(kept) if waited || now < kept.until => Some(Ok(kept.login(Freshness::Cached))),
            Err(failure) if waited => Some(Err(failure.repeated())),
            _ => None,
        }
    }

    fn is_worth_keeping(self: &Arc<Self>, now: Timestamp) -> bool {
        let fresh = matches!(&self.held().last, Some(Ok(kept)) if now < kept.until);
        fresh || Arc::strong_count(self) > 1
    }
}

impl Cache {
    /// The login of `key` for `scope`; `exchange` answers with the login and until when it may be
    /// kept.
    pub(super) async fn get<F>(
        &self,
        key: LoginKey,
        scope: String,
        now: Timestamp,
        exchange: F,
    ) -> Result<Login, Failure>
    where
        F: Future<Output = Result<(Exchanged, Timestamp), Failure>>,
    {
        let cell = self.cell(key, scope, now);
        let came = cell.held().rounds;
        if let Some(known) = cell.known(came, now) {
            return known;
        }
        let _turn = cell.turn.lock().await;
        if let Some(known) = cell.known(came, now) {
            return known;
        }
        let outcome = exchange.await.map(|(exchanged, until)| {
            let Exchanged { username, password, .. } = exchanged;
            CachedLogin { username, password, until }
        });
        let mut held = cell.held();
        held.rounds += 1;
        match outcome {
            Ok(kept) => {
                let login = kept.login(Freshness::Exchanged);
                held.last = Some(Ok(kept));
                Ok(login)
            }
            Err(failure) => {
                held.last = Some(Err(failure.repeated()));
                Err(failure)
            }
        }
    }

    /// Forgets `login` wherever it lies; a newer one stays.
    pub(super) fn refused(&self, key: LoginKey, login: &Login) {
        let cells = self.cells();
        for cell in cells.by_version.get(&key).into_iter().flat_map(HashMap::values) {
            let mut held = cell.held();
            if matches!(&held.last, Some(Ok(kept)) if kept.is(login)) {
                held.last = None;
            }
        }
    }

    /// Forgets everything of a credential; what is being exchanged right now is not kept either.
    pub(super) fn evict(&self, credential: CredentialId) {
        let mut cells = self.cells();
        cells.by_version.retain(|key, _| key.credential != credential);
        cells.count = cells.by_version.values().map(HashMap::len).sum();
    }

    fn cell(&self, key: LoginKey, scope: String, now: Timestamp) -> Arc<Cell> {
        let mut cells = self.cells();
        if cells.count >= cells.sweep_at.max(REMEMBERED) {
            cells.sweep(now);
        }
        let mut added = 0;
        let cell = cells.by_version.entry(key).or_default().entry(scope).or_insert_with(|| {
            added = 1;
            Arc::default()
        });
        let cell = Arc::clone(cell);
        cells.count += added;
        cell
    }

    fn cells(&self) -> MutexGuard<'_, Cells> {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cells {
    /// Throws away what is of no use; the next time comes when twice as much is there.
    fn sweep(&mut self, now: Timestamp) {
        for scopes in self.by_version.values_mut() {
            scopes.retain(|_, cell| cell.is_worth_keeping(now));
        }
        self.by_version.retain(|_, scopes| !scopes.is_empty());
        self.count = self.by_version.values().map(HashMap::len).sum();
        self.sweep_at = self.count * 2;
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU32, Ordering::SeqCst},
        time::Duration,
    };

    use domain::{Cause, OrganizationId};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn key() -> LoginKey {
        let (organization, credential) = (OrganizationId::new(), CredentialId::new());
        LoginKey { organization, credential, vault_version: 1 }
    }

    fn made(password: &str, life: Duration) -> (Exchanged, Timestamp) {
        let until = NOW.plus(life);
        let password = Secret::new(password.into());
        (Exchanged { username: "AWS".into(), password, expires_at: until }, until)
    }

    async fn take(
        cache: &Cache,
        key: LoginKey,
        scope: &str,
        password: &str,
    ) -> (Secret, Freshness) {
        let made = made(password, Duration::from_mins(1));
        let login = cache.get(key, scope.into(), NOW, async { Ok(made) }).await.unwrap();
        (login.password, login.freshness)
    }

    #[tokio::test]
    async fn f19_a_login_belongs_to_version_and_scope() {
        let (cache, one) = (Cache::default(), key());
        assert_eq!(
            take(&cache, one, "a", "1").await,
            (Secret::new("1".into()), Freshness::Exchanged)
        );
        assert_eq!(take(&cache, one, "a", "x").await, (Secret::new("1".into()), Freshness::Cached));
        assert_eq!(take(&cache, one, "b", "2").await.0, "2");
        let next = LoginKey { vault_version: 2, ..one };
        assert_eq!(take(&cache, next, "a", "3").await.0, "3");
        let foreign = LoginKey { organization: OrganizationId::new(), ..one };
        assert_eq!(take(&cache, foreign, "a", "4").await.0, "4");
        cache.refused(one, &Login::stored("AWS".into(), Secret::new("other".into())));
        assert_eq!(take(&cache, one, "a", "x").await.0, "1", "another login was refused");
        cache.refused(one, &Login::stored("AWS".into(), Secret::new("1".into())));
        assert_eq!(take(&cache, one, "a", "5").await.0, "5");
        cache.evict(one.credential);
        assert_eq!(take(&cache, next, "a", "6").await.0, "6");
    }

    #[tokio::test]
    async fn those_who_wait_share_one_failure_and_the_next_one_asks_again() {
        let (cache, key, asked) = (Cache::default(), key(), AtomicU32::new(0));
        let fail = || {
            cache.get(key, String::new(), NOW, async {
                asked.fetch_add(1, SeqCst);
                tokio::task::yield_now().await;
                Err(Failure::new(Cause::ServerError, "ask"))
            })
        };
        let (a, b, c) = tokio::join!(fail(), fail(), fail());
        for failure in [a.unwrap_err(), b.unwrap_err(), c.unwrap_err()] {
            assert_eq!(
                (failure.cause, failure.to_string().as_str()),
                (Cause::ServerError, "could not ask")
            );
        }
        assert_eq!(asked.load(SeqCst), 1);
        assert!(fail().await.is_err());
        assert_eq!(asked.load(SeqCst), 2);
    }

    #[tokio::test]
    async fn a_login_too_short_to_keep_is_shared_by_those_who_wait_and_by_nobody_else() {
        let (cache, key, asked) = (Cache::default(), key(), AtomicU32::new(0));
        let short = || {
            cache.get(key, String::new(), NOW, async {
                asked.fetch_add(1, SeqCst);
                tokio::task::yield_now().await;
                Ok(made("x", Duration::ZERO))
            })
        };
        let (a, b) = tokio::join!(short(), short());
        assert!(a.is_ok() && b.is_ok());
        assert_eq!(asked.load(SeqCst), 1);
        assert!(short().await.is_ok());
        assert_eq!(asked.load(SeqCst), 2);
    }

    #[tokio::test]
    async fn a_caller_that_goes_away_leaves_its_turn_to_the_next() {
        let (cache, key) = (Cache::default(), key());
        let stuck = cache.get(key, String::new(), NOW, std::future::pending());
        assert!(tokio::time::timeout(Duration::from_millis(1), stuck).await.is_err());
        assert_eq!(take(&cache, key, "", "1").await.0, "1");
    }

    #[tokio::test]
    async fn expired_logins_are_swept() {
        let cache = Cache::default();
        for _ in 0..=REMEMBERED {
            let made = made("x", Duration::ZERO);
            cache.get(key(), String::new(), NOW, async { Ok(made) }).await.unwrap();
        }
        assert_eq!(cache.cells().count, 1);
    }
}
