//! The lane that destroys the secrets of deleted credentials.

use std::sync::Arc;

use domain::{Cause, Scope};
use storage::jobs::{self, Claimed, Kind};
use tokio::sync::Notify;

use super::{
    lane::Lane,
    syncs::{claim, retry},
};
use crate::{Engine, Error, error::chain};

/// Secrets destroyed at once for one organization.
const PER_ORGANIZATION: u32 = 2;

#[derive(Clone)]
pub(super) struct Destroy {
    engine: Engine,
    freed: Arc<Notify>,
}

impl Destroy {
    pub(super) fn new(engine: Engine) -> Self {
        Self { engine, freed: Arc::default() }
    }

    async fn destroy(&self, work: &Claimed) -> Result<(), Error> {
        let scope = Scope::of_worker(work.organization);
        self.engine.destroy_secret(scope, work.target.into()).await?;
        let mut tx = self.engine.db.begin().await?;
        jobs::finish(&mut tx, Kind::Destroy, work).await?;
        tx.commit().await?;
        self.engine.changes.tell(work.organization);
        Ok(())
    }
}

impl Lane for Destroy {
    type Work = Claimed;
    const NAME: &'static str = "destroy";
    const CAPACITY: usize = 4;

    async fn claim(&self, limit: u32) -> Result<Vec<Claimed>, Error> {
        claim(&self.engine, Kind::Destroy, limit, PER_ORGANIZATION).await
    }

    async fn run(&self, work: Claimed) {
        if let Err(error) = self.destroy(&work).await {
            tracing::warn!(error = %chain(&error), "a secret is not destroyed yet");
            let cause = if matches!(error, Error::Vault(_)) {
                Cause::VaultUnavailable
            } else {
                Cause::Internal
            };
            retry(&self.engine, Kind::Destroy, &work, cause).await;
        }
        self.freed.notify_one();
    }

    async fn died(&self, work: Claimed) {
        retry(&self.engine, Kind::Destroy, &work, Cause::Internal).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}
