//! What failed passwords and tokens cost: a delay before the next one is looked at, that grows with
//! each failure and shrinks by the clock (R-BRUTE-01).
//!
//! Failures alone count, and they are kept in SQL, so that they count for all replicas. Who delays whom:
//! a stranger is delayed by the failures of the account and of their own address, a browser that signed
//! this person in before by its own, and a person who is asked for their password again by their own. So
//! nobody can keep anybody out.

use std::{net::IpAddr, time::Duration};

use domain::{Email, Timestamp, UserId, sessions::network};
use sha2::{Digest, Sha256};
use storage::sessions::Filling;

/// The longest delay.
pub(super) const LONGEST: Duration = Duration::from_secs(20);

/// What failures are counted of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Passwords for one account, from wherever.
    Account,
    /// Passwords from one address, for whatever account.
    Network,
    /// Passwords from a browser that signed this person in before.
    Browser,
    /// Passwords of a person who is signed in and asked again.
    Person,
    /// Tokens from one address.
    Token,
}

impl Kind {
    const fn filling(self) -> Filling {
        match self {
            Self::Account | Self::Browser | Self::Person => {
                Filling { counts_for: Duration::from_mins(2), most: 12 }
            }
            Self::Network | Self::Token => Filling { counts_for: Duration::from_secs(6), most: 20 },
        }
    }

    /// How many failures cost nothing.
    const fn free(self) -> u32 {
        match self {
            Self::Account | Self::Browser | Self::Person => 3,
            Self::Network | Self::Token => 10,
        }
    }

    /// What so many failures cost: 1 s, and twice as much for each one more.
    fn delay(self, failures: u32) -> Duration {
        match failures.checked_sub(self.free()) {
            None => Duration::ZERO,
            Some(more) => Duration::from_secs(1 << more.min(5)).min(LONGEST),
        }
    }
}

/// The key of a budget: in SQL nobody reads who it is of.
pub(super) type BudgetSubject = [u8; 32];

/// One budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    kind: Kind,
    pub(super) subject: BudgetSubject,
}

impl Budget {
    fn new(key: &[u8; 32], kind: Kind, of: &[u8]) -> Self {
        let name: &[u8] = match kind {
            Kind::Account => b"account",
            Kind::Network => b"network",
            Kind::Browser => b"browser",
            Kind::Person => b"person",
            Kind::Token => b"token",
        };
        let digest = Sha256::new().chain_update(key).chain_update(name).chain_update([0]);
        Self { kind, subject: digest.chain_update(of).finalize().into() }
    }

    pub(super) const fn filling(&self) -> Filling {
        self.kind.filling()
    }

    /// How many failures count at `now`, where SQL says when the budget is empty.
    pub(super) fn failures(&self, known: &[(Vec<u8>, Timestamp)], now: Timestamp) -> u32 {
        known
            .iter()
            .find(|(subject, _)| *subject == self.subject)
            .map_or(0, |(_, clear_at)| self.filling().failures(*clear_at, now))
    }

    pub(super) fn delay(&self, failures: u32) -> Duration {
        self.kind.delay(failures)
    }
}

/// Whose failures delay a password: who tries, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budgets {
    /// Where the try comes from; it waits in one of the places of this.
    pub(super) from: Budget,
    /// What it is for; of one origin, only one try for it waits.
    pub(super) what: Budget,
}

impl Budgets {
    /// A sign-in from an address.
    pub(super) fn of_stranger(key: &[u8; 32], address: IpAddr, email: &Email) -> Self {
        Self {
            from: Budget::new(key, Kind::Network, network(address).to_string().as_bytes()),
            what: Budget::new(key, Kind::Account, email.mailbox().as_bytes()),
        }
    }

    /// A sign-in from a browser that signed this person in before.
    pub(super) fn of_browser(key: &[u8; 32], browser: &[u8]) -> Self {
        let budget = Budget::new(key, Kind::Browser, browser);
        Self { from: budget, what: budget }
    }

    /// A password that a signed-in person is asked for.
    pub(super) fn of_person(key: &[u8; 32], user: UserId) -> Self {
        let budget = Budget::new(key, Kind::Person, user.uuid().as_bytes());
        Self { from: budget, what: budget }
    }

    /// Each of them once.
    pub(super) fn each(&self) -> impl Iterator<Item = Budget> {
        // The account is locked before the address everywhere, so that no two transactions wait for each
        // other.
        [Some(self.what), (self.from != self.what).then_some(self.from)].into_iter().flatten()
    }
}

/// The tokens that were wrong from an address.
pub(super) fn of_tokens(key: &[u8; 32], address: IpAddr) -> Budget {
    Budget::new(key, Kind::Token, network(address).to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn of(address: &str, email: &str) -> Budgets {
        Budgets::of_stranger(&KEY, address.parse().unwrap(), &Email::parse(email).unwrap())
    }

    #[test]
    fn r_brute_01_an_account_is_one_however_it_is_spelled() {
        let ada = of("192.0.2.1", "ada@example.com").what;
        for spelling in
            [" Ada@Example.COM ", "ada+1@example.com", "ＡＤＡ@example.com", "ada+@EXAMPLE.com"]
        {
            assert_eq!(of("192.0.2.9", spelling).what, ada, "{spelling}");
        }
        assert_ne!(of("192.0.2.1", "bob@example.com").what, ada);
    }

    #[test]
    fn r_brute_01_an_address_is_one_per_64_network() {
        let one = of("2001:db8::1", "ada@example.com").from;
        assert_eq!(of("2001:db8::ffff:1", "bob@example.com").from, one);
        assert_ne!(of("2001:db8:0:1::1", "ada@example.com").from, one);
        assert_eq!(of("::ffff:192.0.2.1", "a@b.c").from, of("192.0.2.1", "a@b.c").from);
    }

    #[test]
    fn r_brute_01_the_delay_grows_to_twenty_seconds() {
        let delays = |kind: Kind| (0..14).map(|n| kind.delay(n).as_secs()).collect::<Vec<_>>();
        assert_eq!(delays(Kind::Account), [0, 0, 0, 1, 2, 4, 8, 16, 20, 20, 20, 20, 20, 20]);
        assert_eq!(delays(Kind::Network), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(Kind::Network.delay(u32::MAX), LONGEST);
    }

    #[test]
    fn r_brute_01_no_two_budgets_are_one() {
        let user = UserId::new();
        let stranger = of("192.0.2.1", "ada@example.com");
        let subjects = [
            stranger.from,
            stranger.what,
            Budgets::of_browser(&KEY, user.uuid().as_bytes()).from,
            Budgets::of_person(&KEY, user).from,
            of_tokens(&KEY, "192.0.2.1".parse().unwrap()),
        ]
        .map(|budget| budget.subject);
        for (n, subject) in subjects.iter().enumerate() {
            assert!(subjects.iter().skip(n + 1).all(|other| other != subject));
        }
        assert_eq!(
            (stranger.each().count(), Budgets::of_person(&KEY, user).each().count()),
            (2, 1)
        );
    }
}
