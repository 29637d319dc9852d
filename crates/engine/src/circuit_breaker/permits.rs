//! The circuit breaker in memory: few ask at once with a credential version that the host has not taken.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use storage::circuit_breaker::REFUSALS;
use tokio::{sync::Notify, time::Instant};

use super::LoginOutcome;
use crate::repositories::CommittedVersion;

/// How long a refusal counts in memory; by then it stands in SQL, or was not to be counted.
const REMEMBERED: Duration = Duration::from_mins(1);
/// The most that ask at once with a version that the host took: as many requests as the outbound
/// client lets through to a host, so that more would wait there. So many see it refused at the most.
const AT_ONCE: u32 = 8;
/// From how many circuits on those that nobody uses are forgotten.
const MANY: usize = 4_096;

/// The circuits of one replica. Cheap to clone; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct CircuitBreaker(Arc<Mutex<HashMap<Key, Arc<HostCircuit>>>>);

/// A version at an origin.
type Key = (CommittedVersion, String);

#[derive(Debug, Default)]
struct HostCircuit {
    state: Mutex<State>,
    moved: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The host took the credential last time.
    is_accepted: bool,
    inside: u32,
    refused: u32,
    refused_at: Option<Instant>,
    /// All refusals so far.
    refusals: u64,
}

/// The leave to ask a host; the next one waits for its end.
#[derive(Debug)]
pub(crate) struct Permit {
    circuit: Arc<HostCircuit>,
    /// The refusals before it was given.
    refusals: u64,
}

impl CircuitBreaker {
    /// Waits for leave to ask the host at `origin` with this version, of which SQL counts
    /// `refusals` there; `None` when the host refused it too often.
    pub(crate) async fn permit(
        &self,
        version: CommittedVersion,
        origin: &str,
        refusals: u32,
    ) -> Option<Permit> {
        let circuit = self.circuit(version, origin);
        loop {
            let moved = circuit.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            {
                let mut state = circuit.lock();
                state.forget_old(refusals);
                if state.refused >= REFUSALS {
                    return None;
                }
                if state.has_room() {
                    state.inside += 1;
                    let refusals = state.refusals;
                    drop(state);
                    return Some(Permit { circuit: Arc::clone(&circuit), refusals });
                }
            }
            moved.await;
        }
    }

    fn circuit(&self, version: CommittedVersion, origin: &str) -> Arc<HostCircuit> {
        let mut circuits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if circuits.len() >= MANY {
            circuits.retain(|_, circuit| Arc::strong_count(circuit) > 1);
        }
        Arc::clone(circuits.entry((version, origin.to_owned())).or_default())
    }
}

impl HostCircuit {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    const fn has_room(&self) -> bool {
        if self.is_accepted { self.inside < AT_ONCE } else { self.inside + self.refused < REFUSALS }
    }

    fn forget_old(&mut self, counted: u32) {
        if self.refused_at.is_none_or(|at| at.elapsed() > REMEMBERED) {
            // Those that SQL counts as paused do not come here, so one try is always left.
            self.refused = if self.is_accepted { 0 } else { counted.min(REFUSALS - 1) };
            self.refused_at = None;
        }
    }
}

impl Permit {
    /// What the host said.
    pub(crate) fn hears(&self, told: LoginOutcome) {
        let mut state = self.circuit.lock();
        match told {
            // It was asked before another one was refused, and says nothing about the time since.
            LoginOutcome::Accepted if self.refusals < state.refusals => {}
            LoginOutcome::Accepted => {
                (state.is_accepted, state.refused, state.refused_at) = (true, 0, None);
            }
            LoginOutcome::Refused => {
                state.is_accepted = false;
                state.refused += 1;
                state.refusals += 1;
                state.refused_at = Some(Instant::now());
            }
        }
        drop(state);
        self.circuit.moved.notify_waiters();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.circuit.lock();
        state.inside = state.inside.saturating_sub(1);
        drop(state);
        self.circuit.moved.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use domain::CredentialId;
    use futures::FutureExt;

    use super::*;

    const HOST: &str = "https://a:443";

    fn version(epoch: i64) -> CommittedVersion {
        CommittedVersion {
            scope: crate::some_scope(),
            credential: CredentialId::from(uuid::Uuid::nil()),
            vault_version: 1,
            epoch,
        }
    }

    #[tokio::test]
    async fn an_unproven_version_is_tried_by_three_and_refused_three_times() {
        let breaker = CircuitBreaker::default();
        let mut passes = Vec::new();
        for _ in 0..3 {
            passes.push(breaker.permit(version(1), HOST, 0).await.unwrap());
        }
        assert!(breaker.permit(version(1), HOST, 0).now_or_never().is_none(), "the fourth waits");
        assert!(breaker.permit(version(1), "https://b:443", 0).await.is_some());
        for pass in passes {
            pass.hears(LoginOutcome::Refused);
        }
        assert!(breaker.permit(version(1), HOST, 0).await.is_none());
        assert!(breaker.permit(version(2), HOST, 0).await.is_some(), "a newer one is tried");
    }

    #[tokio::test]
    async fn a_version_that_was_taken_is_used_by_all_until_it_is_refused() {
        let breaker = CircuitBreaker::default();
        let first = breaker.permit(version(1), HOST, 2).await.unwrap();
        let waiting = tokio::spawn({
            let breaker = breaker.clone();
            async move { breaker.permit(version(1), HOST, 2).await.is_some() }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "one try is left");
        first.hears(LoginOutcome::Accepted);
        assert!(waiting.await.unwrap());
        let mut many = Vec::new();
        for _ in 1..AT_ONCE {
            many.push(breaker.permit(version(1), HOST, 0).await.unwrap());
        }
        assert!(breaker.permit(version(1), HOST, 0).now_or_never().is_none(), "the ninth waits");
        first.hears(LoginOutcome::Refused);
        assert!(breaker.permit(version(1), HOST, 0).now_or_never().is_none());
        drop((first, many));
        assert!(breaker.permit(version(1), HOST, 0).await.is_some(), "two tries are left");
    }

    #[tokio::test]
    async fn what_is_changed_at_the_host_is_refused_to_those_inside_alone() {
        let breaker = CircuitBreaker::default();
        breaker.permit(version(1), HOST, 0).await.unwrap().hears(LoginOutcome::Accepted);
        let mut passes = Vec::new();
        for _ in 0..AT_ONCE {
            passes.push(breaker.permit(version(1), HOST, 0).await.unwrap());
        }
        passes.remove(0).hears(LoginOutcome::Refused);
        passes.remove(0).hears(LoginOutcome::Accepted);
        assert!(breaker.permit(version(1), HOST, 0).now_or_never().is_none(), "that was before");
        for pass in passes {
            pass.hears(LoginOutcome::Refused);
        }
        assert!(breaker.permit(version(1), HOST, 0).await.is_none());
    }

    #[test]
    fn what_sql_does_not_know_is_forgotten() {
        let just_now = Instant::now();
        let long_ago = just_now.checked_sub(REMEMBERED * 2).unwrap();
        let after = |at, counted| {
            let mut state = State { refused: 3, refused_at: Some(at), ..State::default() };
            state.forget_old(counted);
            state.refused
        };
        assert_eq!((after(just_now, 0), after(long_ago, 0), after(long_ago, 9)), (3, 0, 2));
    }

    #[tokio::test]
    async fn one_who_gives_up_makes_room() {
        let breaker = CircuitBreaker::default();
        let mut passes = Vec::new();
        for _ in 0..3 {
            passes.push(breaker.permit(version(1), HOST, 0).await.unwrap());
        }
        passes.pop();
        assert!(breaker.permit(version(1), HOST, 0).await.is_some());
    }
}
