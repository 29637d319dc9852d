//! Propagations and their deliveries.

mod deliver;
mod finish;
mod places;
mod start;
mod view;

use crate::Scope;
use domain::{
    Cause, CredentialId, PropagationId, RepositoryId, Timestamp, propagation::DeliveryState,
};

pub use deliver::{claim, forget_far_leases, release, release_orphans, renew, reopen, settle};
pub use finish::{EndedPropagation, finish, to_finish};
pub use places::{PlaceEnd, begin_place, settle_place};
pub use start::{Start, start};
pub use view::{Overview, applied_version, counts, history, lines, overview};

/// A delivery that is ours until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// Whose work it is.
    pub scope: Scope,
    /// The propagation it belongs to.
    pub propagation: PropagationId,
    /// The repository.
    pub repository: RepositoryId,
    /// The credential that is delivered.
    pub credential: CredentialId,
    /// Tries, this one included.
    pub attempts: i64,
    /// Every write about this delivery must name it.
    pub fence: i64,
}

/// What names a delivery.
pub type DeliveryKey = (Scope, PropagationId, RepositoryId);

impl ClaimedDelivery {
    /// What names it.
    #[must_use]
    pub const fn key(&self) -> DeliveryKey {
        (self.scope, self.propagation, self.repository)
    }
}

/// How a try of a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The delivery.
    pub work: ClaimedDelivery,
    /// Its new state.
    pub state: DeliveryState,
    /// Why the try failed.
    pub cause: Option<Cause>,
    /// When it is tried next; without meaning in a final state.
    pub run_at: Timestamp,
    /// When the try ended.
    pub at: Timestamp,
}
