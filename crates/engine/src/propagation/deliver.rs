//! One delivery: the newest committed version of a credential, proven at one registry.

use domain::{Cause, Timestamp, propagation::DeliveryState, repositories::SyncTrigger};
use storage::propagation::{ClaimedDelivery, Settlement};

use crate::{
    Engine, Error,
    repositories::{Attempt, Logins, Tried, pause},
};

/// After this many failed tries a person has to look.
const TRIES: i64 = 12;

impl Engine {
    /// Tries a delivery that was claimed. It is level-triggered: whatever version it was made for,
    /// the newest committed one is read, so it can be tried again at any time (INV-23).
    pub(crate) async fn deliver(
        &self,
        work: &ClaimedDelivery,
        logins: &Logins,
    ) -> Result<(Settlement, Option<Box<Attempt>>), Error> {
        let scope = work.scope;
        let tried = self
            .try_sync(scope, work.repository, SyncTrigger::Delivery, Some(work.credential), logins)
            .await?;
        let at = self.clock.now();
        Ok(match tried {
            Tried::Gone | Tried::OtherLink | Tried::PutOff => {
                (settled(work, DeliveryState::Superseded, None, at), None)
            }
            Tried::Done(attempt) => {
                let settlement = match attempt.outcome.cause {
                    None => settled(work, DeliveryState::Healthy, None, at),
                    Some(cause) => failed(work, cause, attempt.retry_after, at),
                };
                (settlement, Some(attempt))
            }
        })
    }
}

/// What becomes of a delivery that failed: a cause that may pass is tried again; one that needs a
/// person is not, so that no account is locked by tries that cannot work.
pub(crate) fn failed(
    work: &ClaimedDelivery,
    cause: Cause,
    retry_after: Option<std::time::Duration>,
    at: Timestamp,
) -> Settlement {
    // Vault being away says nothing about the registry, and ends by itself.
    let tries_left = work.attempts < TRIES || cause.is_vaults();
    if !cause.may_pass() || !tries_left {
        return settled(work, DeliveryState::NeedsAttention, Some(cause), at);
    }
    let tries = u32::try_from(work.attempts.saturating_sub(1)).unwrap_or(0);
    let run_at = at.plus(pause(cause, tries, retry_after));
    Settlement { run_at, ..settled(work, DeliveryState::Retrying, Some(cause), at) }
}

fn settled(
    work: &ClaimedDelivery,
    state: DeliveryState,
    cause: Option<Cause>,
    at: Timestamp,
) -> Settlement {
    Settlement { work: work.clone(), state, cause, run_at: at, at }
}

#[cfg(test)]
mod tests {
    use domain::{CredentialId, PropagationId, RepositoryId};

    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again_and_not_for_ever() {
        let now = Timestamp::from_millis(1_000);
        let state = |attempts, cause| {
            let work = ClaimedDelivery {
                scope: crate::some_scope(),
                propagation: PropagationId::new(),
                repository: RepositoryId::new(),
                credential: CredentialId::new(),
                attempts,
                fence: 1,
            };
            failed(&work, cause, None, now).state
        };
        assert_eq!(state(1, Cause::Timeout), DeliveryState::Retrying);
        assert_eq!(state(12, Cause::Timeout), DeliveryState::NeedsAttention);
        assert_eq!(state(1, Cause::InvalidCredentials), DeliveryState::NeedsAttention);
        assert_eq!(state(99, Cause::VaultUnavailable), DeliveryState::Retrying);
    }
}
