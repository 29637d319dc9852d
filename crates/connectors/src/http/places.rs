//! How many requests run at once: per host, and in all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const PER_HOST: usize = 8;
const IN_ALL: usize = 64;
/// From how many known hosts on idle ones are forgotten.
const REMEMBERED_HOSTS: usize = 1_024;

pub(super) struct Places {
    all: Arc<Semaphore>,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// Gives the place back when dropped.
pub(super) struct Place {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Places {
    pub(super) fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(IN_ALL)), hosts: Mutex::default() }
    }

    /// Waits for a place; the host's first, so that a slow host does not take the places of others.
    pub(super) async fn take(&self, authority: &str) -> Option<Place> {
        let host = self.host(authority).acquire_owned().await.ok()?;
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Place { _host: host, _all: all })
    }

    fn host(&self, authority: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= REMEMBERED_HOSTS {
            hosts.retain(|_, places| Arc::strong_count(places) > 1);
        }
        Arc::clone(
            hosts.entry(authority.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(PER_HOST))),
        )
    }
}
