//! How a credential is doing: one status, the worst, and the reasons in words.

use super::{
    CandidateState, CredentialDetail, CredentialState, CredentialSummary, Expiry, Urgency,
};
use crate::{Cause, Status, Timestamp};

/// What is known of a credential that says how it is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialHealth {
    /// What is being done to it.
    pub state: CredentialState,
    /// How the new secret of a staged rotation fares.
    pub candidate: Option<CandidateState>,
    /// How many repositories use it.
    pub linked: u32,
    /// Of those, how many fail.
    pub failing: u32,
    /// At how many hosts it is paused after refusals.
    pub paused: u32,
    /// Why GitHub does not take a connected account any more.
    pub broken: Option<Cause>,
    /// When it expires.
    pub expiry: Option<Expiry>,
    /// Whether any repository, Git target, cluster or export uses it.
    pub is_used: bool,
}

impl CredentialHealth {
    /// The worst that holds.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        let lost = self.state == CredentialState::Lost || self.broken.is_some();
        let urgency = self.expiry.map_or(Urgency::Fine, |expiry| expiry.urgency(now));
        let holding = [
            (self.paused > 0, Status::Paused),
            (urgency == Urgency::Expired, Status::Expired),
            (lost || self.failing > 0, Status::Failing),
            (urgency > Urgency::Fine && urgency < Urgency::Expired, Status::Expiring),
            (self.under_way().is_some(), Status::Syncing),
            (!self.is_used, Status::Unused),
        ];
        let holding = holding.into_iter().filter(|(holds, _)| *holds).map(|(_, status)| status);
        Status::worst(holding, Status::Healthy)
    }

    /// Why, and what else is to be known, the weightiest first.
    #[must_use]
    pub fn reasons(&self, now: Timestamp) -> Vec<String> {
        let paused = match self.paused {
            0 => None,
            1 => Some("Paused at 1 host".to_owned()),
            hosts => Some(format!("Paused at {hosts} hosts")),
        };
        let lost = (self.state == CredentialState::Lost).then(|| "Secret lost".to_owned());
        let broken = self.broken.map(|_| "No longer connected".to_owned());
        let of = crate::counted(self.linked, "repository", "repositories");
        let failing = (self.failing > 0).then(|| format!("{} of {of} failing", self.failing));
        let refused = (self.candidate == Some(CandidateState::Refused))
            .then(|| "New secret refused".to_owned());
        let under_way = self.under_way().map(str::to_owned);
        let expiry = self.expiry.map(|expiry| {
            let mut text = expiry.readable(now);
            if let Some(first) = text.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            text
        });
        [paused, lost, broken, failing, refused, under_way, expiry].into_iter().flatten().collect()
    }

    const fn under_way(&self) -> Option<&'static str> {
        match (self.state, self.candidate) {
            (CredentialState::Creating, _) => Some("Being stored"),
            (CredentialState::Updating, _) => Some("Being updated"),
            (CredentialState::Deleting, _) => Some("Being deleted"),
            (CredentialState::Rotating, Some(CandidateState::Refused)) => None,
            (CredentialState::Rotating, _) => Some("New secret in test"),
            (CredentialState::Active | CredentialState::Destroyed | CredentialState::Lost, _) => {
                None
            }
        }
    }
}

impl CredentialSummary {
    /// How it is doing.
    #[must_use]
    pub const fn health(&self) -> CredentialHealth {
        CredentialHealth {
            state: self.state,
            candidate: self.candidate,
            linked: self.linked,
            failing: self.failing,
            paused: self.paused,
            broken: self.broken,
            expiry: self.expiry,
            is_used: self.is_used,
        }
    }
}

impl CredentialDetail {
    /// How it is doing; whether its account is `broken`, and whether it `is_used` beside its repositories,
    /// is known elsewhere.
    #[must_use]
    pub fn health(&self, broken: Option<Cause>, is_used: bool) -> CredentialHealth {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let failing = self.links.iter().filter(|link| link.status.is_bad()).count();
        CredentialHealth {
            state: self.state,
            candidate: self.candidate.as_ref().map(|candidate| candidate.state),
            linked: count(self.links.len()),
            failing: count(failing),
            paused: count(self.paused.len()),
            broken,
            expiry: self.expiry,
            is_used: is_used || !self.links.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::credentials::ExpirySource;

    const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_000);

    fn well() -> CredentialHealth {
        CredentialHealth {
            state: CredentialState::Active,
            candidate: None,
            linked: 8,
            failing: 0,
            paused: 0,
            broken: None,
            expiry: None,
            is_used: true,
        }
    }

    fn ends(at: Timestamp) -> Expiry {
        Expiry { at, source: ExpirySource::Typed, since: Timestamp::from_millis(0) }
    }

    #[test]
    fn one_status_is_said_and_it_is_the_worst() {
        let day = Duration::from_hours(24);
        let (past, soon, far) = (NOW.minus(day * 3), NOW.plus(day * 5), NOW.plus(day * 90));
        for (health, status, reasons) in [
            (well(), Status::Healthy, vec![]),
            (CredentialHealth { is_used: false, linked: 0, ..well() }, Status::Unused, vec![]),
            (
                CredentialHealth { expiry: Some(ends(past)), ..well() },
                Status::Expired,
                vec!["Expired 3 d ago"],
            ),
            (
                CredentialHealth { expiry: Some(ends(far)), ..well() },
                Status::Healthy,
                vec!["Expires in 90 d"],
            ),
            (
                CredentialHealth { expiry: Some(ends(soon)), is_used: false, ..well() },
                Status::Expiring,
                vec!["Expires in 5 d"],
            ),
            (
                CredentialHealth { failing: 2, expiry: Some(ends(soon)), ..well() },
                Status::Failing,
                vec!["2 of 8 repositories failing", "Expires in 5 d"],
            ),
            (
                CredentialHealth { failing: 2, paused: 1, ..well() },
                Status::Paused,
                vec!["Paused at 1 host", "2 of 8 repositories failing"],
            ),
            (
                CredentialHealth {
                    state: CredentialState::Rotating,
                    candidate: Some(CandidateState::Refused),
                    ..well()
                },
                Status::Healthy,
                vec!["New secret refused"],
            ),
            (
                CredentialHealth {
                    state: CredentialState::Rotating,
                    candidate: Some(CandidateState::Testing),
                    ..well()
                },
                Status::Syncing,
                vec!["New secret in test"],
            ),
            (
                CredentialHealth { state: CredentialState::Lost, ..well() },
                Status::Failing,
                vec!["Secret lost"],
            ),
        ] {
            assert_eq!(
                (health.status(NOW), health.reasons(NOW)),
                (status, reasons.into_iter().map(str::to_owned).collect()),
                "{health:?}"
            );
        }
    }
}
