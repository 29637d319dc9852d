//! Whether an apply may still go on: its cluster is as it was read, and its work is nobody else's.

use domain::ClusterId;
use storage::{
    Scope, ScopedTx,
    gitops::{clusters::Cluster, destinations},
    jobs::{self, ClaimedJob, Kind},
};

use crate::{Engine, Error};

/// What an apply looks at before it sends anything. A worker that was slow would otherwise put old
/// values over the new ones of whoever has its work now, or make objects of a cluster that was deleted.
pub(super) struct Fence<'a> {
    pub(super) engine: &'a Engine,
    pub(super) scope: Scope,
    pub(super) cluster: &'a Cluster,
    pub(super) work: &'a ClaimedJob,
}

impl Fence<'_> {
    /// A transaction that holds cluster and work until it ends; `None` when either is another now.
    pub(super) async fn lock(&self) -> Result<Option<ScopedTx>, Error> {
        let mut tx = self.engine.db.begin_work(self.scope).await?;
        let (id, epoch) = (self.cluster.id, self.cluster.epoch);
        let holds = destinations::lock_epoch(&mut tx, self.scope, id, epoch).await?
            && jobs::lock(&mut tx, Kind::Apply, self.work).await?;
        Ok(holds.then_some(tx))
    }

    /// Whether both are still the same.
    pub(super) async fn holds(&self) -> Result<bool, Error> {
        Ok(self.lock().await?.is_some())
    }

    pub(super) const fn cluster(&self) -> ClusterId {
        self.cluster.id
    }
}
