//! Tells pages that something of their organization changed, so that they look again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::OrganizationId;
use tokio::sync::Notify;

/// Wakes whoever watches an organization on this replica, and the workers.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    organizations: Arc<Mutex<HashMap<OrganizationId, Arc<Notify>>>>,
    work: Arc<Notify>,
}

impl Changes {
    /// Says that something of `organization` changed.
    pub fn tell(&self, organization: OrganizationId) {
        self.of(organization).notify_waiters();
    }

    /// Says that there is new work for the workers.
    pub fn tell_workers(&self) {
        self.work.notify_waiters();
    }

    /// What to wait on for news of `organization`; make it before reading, so that nothing is missed.
    #[must_use]
    pub fn of(&self, organization: OrganizationId) -> Arc<Notify> {
        let mut organizations = self.organizations.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(organizations.entry(organization).or_default())
    }

    /// What workers wait on for new work.
    #[must_use]
    pub fn work(&self) -> Arc<Notify> {
        Arc::clone(&self.work)
    }
}
