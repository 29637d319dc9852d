//! The lane that sends notices to webhooks.

use std::sync::Arc;

use domain::{Cause, Scope};
use storage::jobs::{self, Claimed, Kind};
use tokio::sync::Notify;

use super::{
    holds::{Held, Holds},
    lane::Lane,
    syncs::{claim, retry},
};
use crate::{Engine, Error, error::chain, notices::Sent};

/// Notices sent at once for one organization.
const PER_ORGANIZATION: u32 = 2;
/// After this many failed tries, within some hours, a notice is only in the app.
const TRIES: i64 = 16;

#[derive(Clone)]
pub(super) struct Notices {
    engine: Engine,
    holds: Holds,
    freed: Arc<Notify>,
}

impl Notices {
    pub(super) fn new(engine: Engine, holds: Holds) -> Self {
        Self { engine, holds, freed: Arc::default() }
    }

    /// Sends one; answers why it is to be tried again, if it is.
    async fn send(&self, work: &Claimed) -> Result<Option<Cause>, Error> {
        let scope = Scope::of_worker(work.organization);
        if let Sent::Failed(failure) = self.engine.send_notice(scope, work.target.into()).await? {
            tracing::info!(
                organization = %work.organization,
                attempts = work.attempts,
                error = %chain(&failure),
                "a webhook did not take a notice"
            );
            if work.attempts < TRIES {
                return Ok(Some(failure.cause));
            }
        }
        let mut tx = self.engine.db.begin().await?;
        jobs::finish(&mut tx, Kind::Notice, work).await?;
        tx.commit().await?;
        Ok(None)
    }
}

impl Lane for Notices {
    type Work = Held<Claimed>;
    const NAME: &'static str = "notices";
    const CAPACITY: usize = 8;

    async fn claim(&self, limit: u32) -> Result<Vec<Self::Work>, Error> {
        claim(&self.engine, &self.holds, Kind::Notice, limit, PER_ORGANIZATION).await
    }

    async fn run(&self, piece: Held<Claimed>) {
        let again = self.send(&piece.work).await.unwrap_or_else(|error| {
            tracing::warn!(error = %chain(&error), "a notice is not sent yet");
            Some(Cause::Internal)
        });
        if let Some(cause) = again {
            retry(&self.engine, Kind::Notice, &piece.work, cause).await;
        }
        self.freed.notify_one();
    }

    async fn died(&self, piece: Held<Claimed>) {
        retry(&self.engine, Kind::Notice, &piece.work, Cause::Internal).await;
    }

    fn freed(&self) -> Arc<Notify> {
        Arc::clone(&self.freed)
    }
}
