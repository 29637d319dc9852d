//! How many requests run at once: per host, and in all.
//!
//! Whoever holds a permit must not wait for somebody who may need one: answers are dropped before
//! anything else is waited for.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

const PER_HOST: usize = 8;
const IN_ALL: usize = 64;
/// From how many known hosts on idle ones are forgotten.
const REMEMBERED_HOSTS: usize = 1_024;
/// The longest that is waited for a permit: long for a busy host, short against the time of a sync.
const PATIENCE: Duration = Duration::from_mins(2);

pub(super) struct ConcurrencyLimit {
    per_host: usize,
    patience: Duration,
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// Leave for one request; dropping it lets the next one in.
pub(super) struct HostPermit {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl ConcurrencyLimit {
    pub(super) fn new() -> Self {
        Self::with(PER_HOST, PATIENCE)
    }

    /// With this many permits at each host, each waited for as long as that.
    pub(super) fn with(per_host: usize, patience: Duration) -> Self {
        Self { per_host, patience, all: Arc::new(Semaphore::new(IN_ALL)), hosts: Mutex::default() }
    }

    /// Waits for a permit; the host's first, so that a slow host does not take the permits of others.
    /// `None` when none became free in time.
    pub(super) async fn acquire(&self, authority: &str) -> Option<HostPermit> {
        let permit = async {
            let host = self.host(authority).acquire_owned().await.ok()?;
            let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
            Some(HostPermit { _host: host, _all: all })
        };
        timeout(self.patience, permit).await.ok().flatten()
    }

    fn host(&self, authority: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= REMEMBERED_HOSTS {
            hosts.retain(|_, permits| Arc::strong_count(permits) > 1);
        }
        let permits = hosts
            .entry(authority.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(self.per_host)));
        Arc::clone(permits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_permit_that_never_becomes_free_is_not_waited_for_without_end() {
        let limit = ConcurrencyLimit::with(1, Duration::from_millis(1));
        let held = limit.acquire("a").await;
        assert!(held.is_some());
        assert!(limit.acquire("a").await.is_none(), "the only permit is taken");
        assert!(limit.acquire("b").await.is_some(), "another host has its own");
        drop(held);
        assert!(limit.acquire("a").await.is_some());
    }
}
