//! Leaves a Vault alone that does not answer, so that callers fail at once instead of queueing.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{Unavailable, VaultError};

/// Failures in a row that open the breaker.
const FAILURES: u32 = 5;
/// How long it stays open.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Breaker(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Fails while the breaker is open.
    pub(super) fn check(&self) -> Result<(), VaultError> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match state.open_until {
            Some(until) if Instant::now() < until => {
                Err(VaultError::Unavailable(Unavailable::LeftAlone))
            }
            _ => Ok(()),
        }
    }

    /// Counts the outcome of a call.
    pub(super) fn record(&self, error: Option<&VaultError>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(error, Some(VaultError::Unavailable(_) | VaultError::Unknown)) {
            state.failures = state.failures.saturating_add(1);
            if state.failures >= FAILURES {
                state.open_until = Some(Instant::now() + PAUSE);
            }
        } else {
            *state = State::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_in_a_row_open_it() {
        let breaker = Breaker::default();
        let down = VaultError::Unavailable(Unavailable::NoConnection);
        for _ in 0..4 {
            breaker.record(Some(&down));
        }
        breaker.record(None);
        for _ in 0..4 {
            breaker.record(Some(&down));
            assert!(breaker.check().is_ok());
        }
        breaker.record(Some(&VaultError::Unknown));
        assert_eq!(breaker.check(), Err(VaultError::Unavailable(Unavailable::LeftAlone)));
        breaker.record(Some(&VaultError::NotFound));
        assert!(breaker.check().is_ok());
    }
}
