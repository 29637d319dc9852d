//! The circuit breaker: a credential that a host refuses three times in a row is paused there, so that no
//! account is locked by tries that cannot work.
//!
//! SQL counts, for all replicas. The circuit breaker in memory sees to it that not many ask at once before the
//! count is known: a new version is tried by at most three until the host took it, and one that it
//! took by at most eight at once. A password that is changed at the host is therefore refused there
//! at most eight times by each replica, and at most three times when it is wrong from the beginning.

mod permits;

use std::collections::BTreeMap;

use domain::{
    Cause, Timestamp,
    audit::{AuditAction, AuditActor, AuditTarget},
};
use storage::{Tx, circuit_breaker::CredentialAtHost};

use crate::{Error, audit};

pub(crate) use permits::CircuitBreaker;

/// What a host said about a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoginOutcome {
    /// It took it.
    Accepted,
    /// It refused it.
    Refused,
}

/// What a host said about a credential, to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoginObservation {
    pub(crate) place: CredentialAtHost,
    /// The name of the credential.
    pub(crate) name: String,
    /// How many refusals were counted before it was asked.
    pub(crate) refusals: u32,
    pub(crate) told: LoginOutcome,
}

/// What an end says about the credential; most failures say nothing. Nor does an exchange that is
/// refused, which may be for the provider's policy or our clock: no account is locked by that, and it
/// is tried again only by interval.
pub(crate) const fn login_outcome(cause: Option<Cause>) -> Option<LoginOutcome> {
    match cause {
        None => Some(LoginOutcome::Accepted),
        Some(Cause::InvalidCredentials) => Some(LoginOutcome::Refused),
        Some(_) => None,
    }
}

/// What is left of observations in their order: refusals since the last time a host took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    accepted: bool,
    refused: u32,
}

/// Counts observations, and pauses a credential where they are too many. It touches nothing while all
/// is well.
pub(crate) async fn count(
    tx: &mut Tx,
    observations: impl Iterator<Item = &LoginObservation>,
    now: Timestamp,
) -> Result<(), Error> {
    let mut places: BTreeMap<&CredentialAtHost, (&str, Count)> = BTreeMap::new();
    for observation in observations {
        let none = Count { accepted: false, refused: 0 };
        let (_, count) = places.entry(&observation.place).or_insert((&observation.name, none));
        match observation.told {
            LoginOutcome::Accepted => {
                let accepted = count.accepted || observation.refusals > 0;
                *count = Count { accepted, refused: 0 };
            }
            LoginOutcome::Refused => count.refused += 1,
        }
    }
    for place in places.iter().filter(|(_, (_, count))| count.accepted).map(|(place, _)| *place) {
        storage::circuit_breaker::accepted(tx, place).await?;
    }
    let refused: Vec<_> = places
        .iter()
        .filter(|(_, (_, count))| count.refused > 0)
        .map(|(place, (_, count))| ((*place).clone(), count.refused))
        .collect();
    for place in storage::circuit_breaker::record(tx, &refused, now).await? {
        let name = places.get(&place).map_or("", |(name, _)| *name);
        let scope = place.scope;
        let told =
            (AuditTarget::Credential(place.credential), name, format!("at {}", place.origin));
        audit::record(tx, AuditActor::Hawser, scope, now, AuditAction::CredentialPaused, told)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refused_login_counts() {
        assert_eq!(login_outcome(None), Some(LoginOutcome::Accepted));
        let counted: Vec<_> = Cause::ALL
            .into_iter()
            .filter(|cause| login_outcome(Some(*cause)) == Some(LoginOutcome::Refused))
            .collect();
        assert_eq!(counted, [Cause::InvalidCredentials]);
    }
}
