//! What this replica really works on: only that is renewed, so that the lease of anything else
//! runs out, whatever became of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use storage::{jobs, propagation};

/// Claimed work of either table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ClaimedWork {
    Delivery(propagation::ClaimedDelivery),
    Job(jobs::Kind, jobs::ClaimedJob),
}

/// The work in hand. Cheap to clone; clones are the same.
#[derive(Debug, Clone, Default)]
pub(super) struct LeaseHeartbeat(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    next: u64,
    work: HashMap<u64, ClaimedWork>,
}

/// Keeps a piece of work ours. It goes with the last one that holds it: the task, the result on its
/// way to the database, or whatever dropped them in a panic.
#[derive(Debug)]
pub(crate) struct LeaseGuard {
    leases: LeaseHeartbeat,
    number: u64,
}

/// A piece of work with its lease guard.
#[derive(Debug, Clone)]
pub(super) struct Leased<W> {
    pub(super) work: W,
    pub(super) lease: Arc<LeaseGuard>,
}

impl LeaseHeartbeat {
    /// Takes work in hand, right after its claim.
    pub(super) fn guard(&self, work: ClaimedWork) -> Arc<LeaseGuard> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = open.next;
        open.next += 1;
        open.work.insert(number, work);
        Arc::new(LeaseGuard { leases: self.clone(), number })
    }

    /// Everything in hand now.
    pub(super) fn all(
        &self,
    ) -> (Vec<propagation::ClaimedDelivery>, Vec<(jobs::Kind, jobs::ClaimedJob)>) {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut deliveries, mut jobs) = (Vec::new(), Vec::new());
        for work in open.work.values() {
            match work {
                ClaimedWork::Delivery(work) => deliveries.push(work.clone()),
                ClaimedWork::Job(kind, work) => jobs.push((*kind, work.clone())),
            }
        }
        (deliveries, jobs)
    }
}

impl Drop for LeaseGuard {
    fn drop(&mut self) {
        let mut open = self.leases.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.work.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use domain::{CredentialId, PropagationId, RepositoryId};

    use super::*;
    use crate::repositories::ResultBatch;

    fn delivery() -> propagation::ClaimedDelivery {
        propagation::ClaimedDelivery {
            scope: crate::some_scope(),
            propagation: PropagationId::new(),
            repository: RepositoryId::new(),
            credential: CredentialId::new(),
            attempts: 1,
            fence: 1,
        }
    }

    #[test]
    fn work_is_in_hand_until_nobody_holds_it() {
        let leases = LeaseHeartbeat::default();
        let (first, second) = (delivery(), delivery());
        let one = leases.guard(ClaimedWork::Delivery(first));
        let two = leases.guard(ClaimedWork::Delivery(second.clone()));
        assert_eq!(leases.all().0.len(), 2);
        // A result that waits to be written holds its work too.
        let mut result = ResultBatch::default();
        result.holding(Arc::clone(&one));
        drop(one);
        assert_eq!(leases.all().0.len(), 2);
        let mut batch = ResultBatch::default();
        batch.append(result);
        drop(batch.without_charts());
        assert_eq!(leases.all(), (vec![second], Vec::new()));
        drop(two);
        assert_eq!(leases.all().0, []);
    }

    #[tokio::test]
    async fn a_task_that_panics_or_is_aborted_lets_go() {
        let leases = LeaseHeartbeat::default();
        let (panics, hangs) = (
            leases.guard(ClaimedWork::Delivery(delivery())),
            leases.guard(ClaimedWork::Delivery(delivery())),
        );
        let dies = tokio::spawn(async move {
            let _hold = panics;
            panic!("as a test");
        });
        assert!(dies.await.is_err());
        let mut tasks = tokio::task::JoinSet::new();
        tasks.spawn(async move {
            let _hold = hangs;
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
        assert_eq!(leases.all().0.len(), 1);
        tasks.shutdown().await;
        assert_eq!(leases.all().0, []);
    }
}
