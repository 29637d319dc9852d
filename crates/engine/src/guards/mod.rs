//! Guards: a credential that a host refuses three times in a row is paused there, so that no
//! account is locked by tries that cannot work.
//!
//! SQL counts, for all replicas. The gate in memory sees to it that not many ask at once before the
//! count is known: a new version is tried by at most three until the host took it, and one that it
//! took by at most eight at once. A password that is changed at the host is therefore refused there
//! at most eight times by each replica, and at most three times when it is wrong from the beginning.

mod gate;

use std::collections::BTreeMap;

use domain::{
    Cause, Scope, Timestamp,
    audit::{AuditAction, AuditActor, AuditTarget},
};
use storage::{Tx, guards::Place};

use crate::{Error, audit};

pub(crate) use gate::Gates;

/// What a host said about a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// It took it.
    Accepted,
    /// It refused it.
    Refused,
}

/// What a host said about a credential, to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) place: Place,
    /// The name of the credential.
    pub(crate) name: String,
    /// How many refusals were counted before it was asked.
    pub(crate) refusals: u32,
    pub(crate) told: Told,
}

/// What an end says about the credential; most failures say nothing. Nor does an exchange that is
/// refused, which may be for the provider's policy or our clock: no account is locked by that, and it
/// is tried again only by interval.
pub(crate) const fn told(cause: Option<Cause>) -> Option<Told> {
    match cause {
        None => Some(Told::Accepted),
        Some(Cause::InvalidCredentials) => Some(Told::Refused),
        Some(_) => None,
    }
}

/// What is left of verdicts in their order: refusals since the last time a host took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    accepted: bool,
    refused: u32,
}

/// Counts verdicts, and pauses a credential where they are too many. It touches nothing while all
/// is well.
pub(crate) async fn count(
    tx: &mut Tx,
    verdicts: impl Iterator<Item = &Verdict>,
    now: Timestamp,
) -> Result<(), Error> {
    let mut places: BTreeMap<&Place, (&str, Count)> = BTreeMap::new();
    for verdict in verdicts {
        let none = Count { accepted: false, refused: 0 };
        let (_, count) = places.entry(&verdict.place).or_insert((&verdict.name, none));
        match verdict.told {
            Told::Accepted => {
                let accepted = count.accepted || verdict.refusals > 0;
                *count = Count { accepted, refused: 0 };
            }
            Told::Refused => count.refused += 1,
        }
    }
    for place in places.iter().filter(|(_, (_, count))| count.accepted).map(|(place, _)| *place) {
        storage::guards::accepted(tx, place).await?;
    }
    let refused: Vec<_> = places
        .iter()
        .filter(|(_, (_, count))| count.refused > 0)
        .map(|(place, (_, count))| ((*place).clone(), count.refused))
        .collect();
    for place in storage::guards::record(tx, &refused, now).await? {
        let name = places.get(&place).map_or("", |(name, _)| *name);
        let scope = Scope::of_worker(place.organization);
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
        assert_eq!(told(None), Some(Told::Accepted));
        let counted: Vec<_> = Cause::ALL
            .into_iter()
            .filter(|cause| told(Some(*cause)) == Some(Told::Refused))
            .collect();
        assert_eq!(counted, [Cause::InvalidCredentials]);
    }
}
