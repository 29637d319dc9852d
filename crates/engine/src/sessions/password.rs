//! Hashing and checking the passwords of people: argon2id, at most two at a time, and sixteen that wait.

#![expect(clippy::disallowed_methods, reason = "hashes passwords")]

use std::sync::LazyLock;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::phc::PasswordHash,
};
use domain::{Secret, ServiceError};
use tokio::sync::Semaphore;

use crate::Error;

/// OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Each run takes 19 MiB and a core; more at once would starve the pages.
const AT_ONCE: usize = 2;

/// The most that wait for one of these; whoever comes then is told to come back.
const WAITING: usize = 16;

static QUEUE: Queue = Queue::new();

/// What an unknown address is checked against, so that it takes as long as a known one (R-ENUM-01).
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_now(&crate::random::bytes::<16>()).unwrap_or_else(|_| String::new()));

/// Whether a password is the one that was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    /// It is.
    Right,
    /// It is, but the hash was made with weaker parameters than today's.
    RightButWeak,
    /// It is not.
    Wrong,
}

/// Hashes a password, in PHC form.
pub(crate) async fn hash(password: Secret) -> Result<String, Error> {
    QUEUE.run(move || hash_now(password.expose().as_bytes())).await
}

/// Checks a password against a stored hash, or against nobody's.
pub(super) async fn check(password: Secret, stored: Option<String>) -> Result<Check, Error> {
    let check = move || {
        let hash =
            PasswordHash::new(stored.as_deref().unwrap_or(&NOBODY)).map_err(|_| Error::Password)?;
        let right = Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok();
        if stored.is_none() || !right {
            return Ok(Check::Wrong);
        }
        Ok(if is_strong(&hash) { Check::Right } else { Check::RightButWeak })
    };
    QUEUE.run(check).await
}

fn is_strong(hash: &PasswordHash) -> bool {
    hash.algorithm.as_str() == Algorithm::Argon2id.as_str()
        && Params::try_from(hash)
            .is_ok_and(|params| params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES)
}

fn hash_now(password: &[u8]) -> Result<String, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| Error::Password)?;
    let salt = crate::random::bytes::<16>();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password, &salt)
        .map(|hash| hash.to_string())
        .map_err(|_| Error::Password)
}

/// Those who have a password hashed, and those who wait for it.
struct Queue {
    places: Semaphore,
    running: Semaphore,
}

impl Queue {
    const fn new() -> Self {
        Self {
            places: Semaphore::const_new(AT_ONCE + WAITING),
            running: Semaphore::const_new(AT_ONCE),
        }
    }

    async fn run<T: Send + 'static>(
        &'static self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = self.places.try_acquire().map_err(|_| ServiceError::Busy { seconds: 2 })?;
        let running = self.running.acquire().await.map_err(|_| Error::Password)?;
        // What was begun runs to its end, so it keeps its place also when nobody waits for it any more.
        let work = move || {
            let _held = (place, running);
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Password)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_alone() {
        let stored = hash(secret("correct horse")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        let answer = |text: &str| check(secret(text), Some(stored.clone()));
        assert_eq!(answer("correct horse").await.unwrap(), Check::Right);
        assert_eq!(answer("Correct horse").await.unwrap(), Check::Wrong);
        assert_eq!(check(secret("correct horse"), None).await.unwrap(), Check::Wrong);
    }

    #[tokio::test]
    async fn r_brute_01_sixteen_passwords_wait_and_the_next_is_told_to_come_back() {
        let queue: &Queue = Box::leak(Box::new(Queue::new()));
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let gate = std::sync::Arc::new(std::sync::Mutex::new(gate));
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE + WAITING {
            let gate = std::sync::Arc::clone(&gate);
            waiting.spawn(queue.run(move || {
                gate.lock().unwrap().recv().unwrap();
                Ok(())
            }));
        }
        while queue.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let next = queue.run(|| Ok(())).await;
        assert!(
            matches!(next, Err(Error::Refused(ServiceError::Busy { seconds: 1.. }))),
            "{next:?}"
        );
        for _ in 0..AT_ONCE + WAITING {
            go.send(()).unwrap();
        }
        while let Some(done) = waiting.join_next().await {
            done.unwrap().unwrap();
        }
        queue.run(|| Ok(())).await.unwrap();
    }

    #[tokio::test]
    async fn a_weak_hash_is_told() {
        let params = Params::new(8_192, 1, 1, None).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"correct horse", b"0123456789abcdef")
            .unwrap()
            .to_string();
        assert_eq!(check(secret("correct horse"), Some(weak)).await.unwrap(), Check::RightButWeak);
    }
}
