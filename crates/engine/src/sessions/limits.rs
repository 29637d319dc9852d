//! How often a person may have Hawser reach other machines, so that port scanning does not pay.

use std::{fmt, hash::Hash, num::NonZeroU32};

use domain::{ServiceError, UserId};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

/// Attempts of one person to reach a registry in a minute.
const CONNECTION_ATTEMPTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Connection tests of one person in a minute.
const CONNECTION_TESTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// The keys a limiter holds before it forgets those that have waited long enough.
const MANY: usize = 10_000;

/// The limiters of one replica.
pub struct Limits {
    connections: DefaultKeyedRateLimiter<UserId>,
    tests: DefaultKeyedRateLimiter<UserId>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: RateLimiter::keyed(Quota::per_minute(CONNECTION_ATTEMPTS_PER_MINUTE)),
            tests: RateLimiter::keyed(Quota::per_minute(CONNECTION_TESTS_PER_MINUTE)),
        }
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limits").finish_non_exhaustive()
    }
}

impl Limits {
    /// Counts an attempt to reach a registry that a person asked for.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] with the seconds to wait.
    pub fn connection_attempt(&self, user: UserId) -> Result<(), ServiceError> {
        check(&self.connections, &user)
    }

    /// Counts a connection test, which is an attempt too.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] with the seconds to wait.
    pub fn connection_test(&self, user: UserId) -> Result<(), ServiceError> {
        check(&self.tests, &user)?;
        self.connection_attempt(user)
    }
}

fn check<K: Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), ServiceError> {
    if limiter.len() > MANY {
        limiter.retain_recent();
        limiter.shrink_to_fit();
    }
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now());
        ServiceError::TooMany { seconds: wait.as_secs() + 1 }
    })
}
