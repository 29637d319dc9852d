//! One try with a password: it waits out the delay that failures before it cost, and only then is the
//! password looked at. Waiting holds no place of argon2 and no connection of the database.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{ServiceError, Timestamp};
use storage::Tx;
use tokio::sync::oneshot;

use super::budgets::{Budget, BudgetSubject, Budgets};
use crate::{Clock, Engine, Error};

/// The most tries that wait at once.
const PLACES: usize = 64;

/// The most of them from one origin, so that three cannot fill the queue before argon2 together.
const PLACES_OF_ONE: usize = 5;

/// Said where every place is taken.
const BUSY: ServiceError = ServiceError::Busy { seconds: 5 };

/// The tries of this replica.
#[derive(Default)]
pub struct Attempts(Mutex<State>);

#[derive(Default)]
struct State {
    /// Tries that neither failed nor succeeded yet; each counts as a failure for those that begin beside
    /// it, so that many at once cost as much as one after the other.
    under_way: HashMap<BudgetSubject, u32>,
    /// In the order in which they came.
    waiting: Vec<Waiting>,
    next: u64,
}

struct Waiting {
    number: u64,
    budgets: Budgets,
    until: Timestamp,
    /// Tells it that another one took its place.
    replaced: oneshot::Sender<()>,
}

impl fmt::Debug for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempts").finish_non_exhaustive()
    }
}

impl Attempts {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits in one of the places until `until`.
    async fn wait(
        &self,
        clock: &dyn Clock,
        budgets: Budgets,
        until: Timestamp,
    ) -> Result<(), ServiceError> {
        let (place, replaced) = self.wait_place(budgets, until)?;
        let left = || place.until.since(clock.now());
        tokio::select! {
            () = clock.sleep(left()) => Ok(()),
            _ = replaced => Err(ServiceError::TooMany { seconds: left().as_secs() + 1 }),
        }
    }

    /// A place to wait in. Of one origin and one account only the newest try waits, for what is left of
    /// the wait of the one before: a person who corrects a mistake does not wait twice, and nobody gets
    /// more than one password looked at. Where places are short, the origin with most tries gives way.
    fn wait_place(
        &self,
        budgets: Budgets,
        until: Timestamp,
    ) -> Result<(WaitingPlace<'_>, oneshot::Receiver<()>), ServiceError> {
        let mut state = self.lock();
        let mut until = until;
        let from = budgets.from.subject;
        if let Some(before) = state.waiting.iter().position(|one| one.budgets == budgets) {
            let before = state.waiting.remove(before);
            until = until.min(before.until);
            let _ = before.replaced.send(());
        } else if state.waiting_from(from) >= PLACES_OF_ONE {
            state.end_oldest_of(from);
        } else if state.waiting.len() >= PLACES {
            let (most, busiest) = state.busiest().ok_or(BUSY)?;
            if most <= state.waiting_from(from) + 1 {
                return Err(BUSY);
            }
            state.end_oldest_of(busiest);
        }
        state.next += 1;
        let number = state.next;
        let (replaced, told) = oneshot::channel();
        state.waiting.push(Waiting { number, budgets, until, replaced });
        Ok((WaitingPlace { attempts: self, number, until }, told))
    }
}

impl State {
    /// Notes a try; answers how many are under way beside it, for each of its budgets.
    fn enter(&mut self, budgets: Budgets) -> Vec<(Budget, u32)> {
        let beside = |budget: Budget| {
            let count = self.under_way.entry(budget.subject).or_default();
            *count += 1;
            (budget, *count - 1)
        };
        budgets.each().map(beside).collect()
    }

    fn leave(&mut self, budgets: Budgets) {
        for budget in budgets.each() {
            if let Some(count) = self.under_way.get_mut(&budget.subject) {
                *count -= 1;
                if *count == 0 {
                    self.under_way.remove(&budget.subject);
                }
            }
        }
    }

    fn waiting_from(&self, from: BudgetSubject) -> usize {
        self.waiting.iter().filter(|one| one.budgets.from.subject == from).count()
    }

    /// The origin from which most tries wait.
    fn busiest(&self) -> Option<(usize, BudgetSubject)> {
        let origins = self.waiting.iter().map(|one| one.budgets.from.subject);
        origins.map(|from| (self.waiting_from(from), from)).max()
    }

    fn end_oldest_of(&mut self, from: BudgetSubject) {
        if let Some(oldest) = self.waiting.iter().position(|one| one.budgets.from.subject == from) {
            let _ = self.waiting.remove(oldest).replaced.send(());
        }
    }
}

/// A place among those who wait.
struct WaitingPlace<'a> {
    attempts: &'a Attempts,
    number: u64,
    until: Timestamp,
}

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        self.attempts.lock().waiting.retain(|one| one.number != self.number);
    }
}

/// A try whose password may be looked at now.
#[derive(Debug)]
pub(super) struct Attempt {
    attempts: Arc<Attempts>,
    budgets: Budgets,
    /// How long the next one waits if this one fails.
    pub(super) next: Duration,
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.attempts.lock().leave(self.budgets);
    }
}

impl Attempt {
    /// Begins a try, and returns when its password may be looked at.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] when a newer try took its place, [`ServiceError::Busy`] when every place
    /// is taken.
    pub(super) async fn begin(engine: &Engine, budgets: Budgets) -> Result<Self, Error> {
        let attempts = Arc::clone(&engine.attempts);
        let beside = attempts.lock().enter(budgets);
        let mut attempt = Self { attempts, budgets, next: Duration::ZERO };
        let now = engine.clock.now();
        let subjects = [&budgets.what.subject[..], &budgets.from.subject[..]];
        let known = storage::sessions::failed(&engine.db, subjects, now).await?;
        let delay = |more: u32| {
            let delays = beside
                .iter()
                .map(|(budget, beside)| budget.delay(budget.failures(&known, now) + beside + more));
            delays.max().unwrap_or_default()
        };
        attempt.next = delay(1);
        if !delay(0).is_zero() {
            attempt.attempts.wait(&*engine.clock, budgets, now.plus(delay(0))).await?;
        }
        Ok(attempt)
    }

    /// Counts the failure.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn failed(&self, tx: &mut Tx, now: Timestamp) -> Result<(), Error> {
        for budget in self.budgets.each() {
            storage::sessions::count_failure(tx, &budget.subject, budget.filling(), now).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use domain::Email;

    use super::*;
    use crate::ManualClock;

    const START: Timestamp = Timestamp::from_millis(0);

    fn at(seconds: u64) -> Timestamp {
        START.plus(Duration::from_secs(seconds))
    }

    fn of(network: u32, account: usize) -> Budgets {
        let email = Email::parse(&format!("{account}@example.com")).unwrap();
        Budgets::of_stranger(&[0; 32], IpAddr::V4(Ipv4Addr::from_bits(network)), &email)
    }

    #[tokio::test]
    async fn r_brute_01_of_one_address_and_account_only_the_newest_waits() {
        let attempts = Attempts::default();
        let (older, mut told) = attempts.wait_place(of(1, 1), at(10)).unwrap();
        let (newer, _) = attempts.wait_place(of(1, 1), at(18)).unwrap();
        assert_eq!(told.try_recv(), Ok(()));
        assert_eq!(newer.until, at(10), "what is left of the wait, and not another one");
        drop(older);
        assert_eq!(attempts.lock().waiting.len(), 1, "the place is the newer one's");
        let (_elsewhere, _) = attempts.wait_place(of(2, 1), at(20)).unwrap();
        assert_eq!(attempts.lock().waiting.len(), 2);
    }

    #[tokio::test]
    async fn r_brute_01_an_address_has_so_many_places() {
        let attempts = Attempts::default();
        let mut places: Vec<_> =
            (0..9).map(|account| attempts.wait_place(of(1, account), at(20)).unwrap()).collect();
        let ended = places.iter_mut().map(|(_, told)| told.try_recv().is_ok());
        assert_eq!(ended.collect::<Vec<_>>(), [&[true; 4][..], &[false; 5]].concat());
    }

    #[tokio::test]
    async fn r_brute_01_places_are_shared_by_address() {
        let attempts = Attempts::default();
        let mut places = Vec::new();
        for number in 0..PLACES {
            let network = u32::try_from(number / PLACES_OF_ONE).unwrap();
            places.push(attempts.wait_place(of(network, number), at(20)).unwrap());
        }
        let (_owner, mut told) = attempts.wait_place(of(99, 1), at(20)).unwrap();
        assert_eq!(attempts.lock().waiting.len(), PLACES);
        assert!(told.try_recv().is_err(), "whoever comes from elsewhere gets a place");
        let ended = places.iter_mut().filter_map(|(_, told)| told.try_recv().ok()).count();
        assert_eq!(ended, 1, "of an address that has five");
        // When all addresses have one each, nobody has to give way.
        let attempts = Attempts::default();
        let alone: Vec<_> =
            (0..64).map(|n| attempts.wait_place(of(n, 1), at(20)).unwrap()).collect();
        assert_eq!(attempts.wait_place(of(99, 1), at(20)).err(), Some(BUSY));
        drop(alone);
        assert!(attempts.wait_place(of(99, 1), at(20)).is_ok());
    }

    #[tokio::test]
    async fn a_wait_ends_by_the_clock() {
        let (attempts, clock) = (Attempts::default(), ManualClock::new(START));
        let waits = attempts.wait(&clock, of(1, 1), at(20));
        let moved = async {
            for _ in 0..20 {
                clock.slept_on_by(1).await;
                clock.advance(Duration::from_secs(1));
            }
        };
        let (waited, ()) = tokio::join!(waits, moved);
        assert_eq!((waited, clock.now()), (Ok(()), at(20)));
        assert!(attempts.lock().waiting.is_empty());
    }
}
