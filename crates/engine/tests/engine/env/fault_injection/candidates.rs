//! What a person does with candidates.

use std::time::Duration;

use domain::{
    Cause, CredentialId,
    credentials::{Candidate, CandidateState, CredentialDetail, CredentialState, Saved},
    service::{Answer, Credentials},
};

use super::FaultInjection;
use crate::env::forms::{candidate, version};

impl FaultInjection {
    /// Stores a candidate.
    pub async fn store(&self, id: CredentialId, password: &str) -> Answer<Saved> {
        let form = candidate(&self.get(id).await, password);
        Credentials::update(&self.engine, &self.env.principal, form).await
    }

    pub async fn promote(&self, seen: &CredentialDetail, number: i64) -> Answer<Saved> {
        Credentials::promote(&self.engine, &self.env.principal, version(seen, number)).await
    }

    pub async fn discard(&self, seen: &CredentialDetail, number: i64) -> Answer<Saved> {
        Credentials::discard(&self.engine, &self.env.principal, version(seen, number)).await
    }

    /// Looks until it is as hoped; moves the clock on, so that what waits for its next try is due. While
    /// the test of a candidate is in hand the clock stands: its lease ends by this clock and is renewed
    /// by the real one, so a hurried clock would take it away again and again on a busy machine.
    pub async fn until(
        &self,
        id: CredentialId,
        hoped: impl Fn(&CredentialDetail) -> bool,
    ) -> CredentialDetail {
        for _ in 0..1_200 {
            let detail = self.get(id).await;
            if hoped(&detail) {
                return detail;
            }
            let held = "select count(*) from jobs where kind = 'rotate' and state = 'running'";
            if self.env.count(held).await == 0 {
                self.clock.advance(Duration::from_secs(1));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("not in time: {:?}", self.get(id).await);
    }
}

pub fn is_active(detail: &CredentialDetail) -> bool {
    detail.state == CredentialState::Active
}

pub fn is_refused(detail: &CredentialDetail) -> bool {
    detail.candidate.as_ref().is_some_and(|candidate| candidate.state == CandidateState::Refused)
}

/// Each repository's result, by name.
pub fn lines(candidate: &Candidate) -> Vec<(Option<bool>, Option<Cause>)> {
    let mut lines: Vec<_> = candidate.lines.iter().collect();
    lines.sort_by(|a, b| a.name.cmp(&b.name));
    lines.into_iter().map(|line| (line.passed, line.cause)).collect()
}
