//! How often something may be tried, so that guessing and port scanning do not pay.

use std::{fmt, hash::Hash, net::IpAddr, num::NonZeroU32};

use domain::{Email, ServiceError, UserId, service::Peer, sessions::network};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

/// Sign-ins from one address in a minute.
const SIGN_INS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// Sign-ins to one account in an hour, from wherever.
const SIGN_INS_PER_HOUR: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Attempts of one person to reach a registry in a minute.
const CONNECTION_ATTEMPTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// Connection tests of one person in a minute.
const CONNECTION_TESTS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// The keys a limiter holds before it forgets those that have waited long enough.
const MANY: usize = 10_000;

/// The limiters of one replica.
pub struct Limits {
    peers: DefaultKeyedRateLimiter<IpAddr>,
    accounts: DefaultKeyedRateLimiter<String>,
    connections: DefaultKeyedRateLimiter<UserId>,
    tests: DefaultKeyedRateLimiter<UserId>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            peers: RateLimiter::keyed(Quota::per_minute(SIGN_INS_PER_MINUTE)),
            accounts: RateLimiter::keyed(Quota::per_hour(SIGN_INS_PER_HOUR)),
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
    /// Counts a sign-in, by address and by account, whether or not there is such an account.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] with the seconds to wait.
    pub fn sign_in(&self, peer: Peer, email: &Email) -> Result<(), ServiceError> {
        check(&self.peers, &network(peer))?;
        check(&self.accounts, &account(email))
    }

    /// Counts the use of a set-up link, by address.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] with the seconds to wait.
    pub fn set_up(&self, peer: Peer) -> Result<(), ServiceError> {
        check(&self.peers, &network(peer))
    }

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

/// Tags (`ada+x@example.com`) lead to the same mailbox, so they share one budget.
fn account(email: &Email) -> String {
    match email.as_str().split_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split('+').next().unwrap_or(user)),
        None => email.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    #[test]
    fn r_brute_01_an_address_is_limited_per_64_network() {
        let limits = Limits::default();
        for n in 0..10 {
            let peer: IpAddr = format!("2001:db8::{n}").parse().unwrap();
            limits.sign_in(peer, &email(&format!("ada{n}@example.com"))).unwrap();
        }
        let neighbour: IpAddr = "2001:db8::ffff".parse().unwrap();
        let refused = limits.sign_in(neighbour, &email("bob@example.com"));
        assert!(matches!(refused, Err(ServiceError::TooMany { seconds: 1..=7 })), "{refused:?}");
        let elsewhere: IpAddr = "2001:db8:0:1::1".parse().unwrap();
        limits.sign_in(elsewhere, &email("bob@example.com")).unwrap();
    }

    #[test]
    fn r_brute_01_an_account_is_limited_however_it_is_spelled() {
        let limits = Limits::default();
        let spellings = ["ada@example.com", " Ada@Example.COM ", "ada+1@example.com"];
        for n in 0..30_u32 {
            let spelling = spellings[usize::try_from(n).unwrap() % spellings.len()];
            limits.sign_in(IpAddr::V4(n.into()), &email(spelling)).unwrap();
        }
        for spelling in spellings {
            assert!(limits.sign_in(IpAddr::V4(99.into()), &email(spelling)).is_err());
        }
        limits.sign_in(IpAddr::V4(99.into()), &email("bob@example.com")).unwrap();
    }
}
