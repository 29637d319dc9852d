//! The record of a test: one result per stage, whatever happens.

use std::future::Future;

use domain::{
    Cause,
    connection_tests::{Stage, StageResult, StageState},
};
use tokio::time::{Instant, timeout_at};

use super::watch::tell;
use crate::registry_types::Finding;
use egress::Failure;

/// A stage failed, so the test ends.
#[derive(Debug)]
pub(super) struct Stopped;

/// The stages that were walked so far.
pub(super) struct Walk {
    deadline: Instant,
    stages: Vec<StageResult>,
}

impl Walk {
    pub(super) const fn until(deadline: Instant) -> Self {
        Self { deadline, stages: Vec::new() }
    }

    /// Does the work of a stage and records what came of it.
    pub(super) async fn stage<T>(
        &mut self,
        stage: Stage,
        work: impl Future<Output = Result<(Finding, T), Failure>>,
    ) -> Result<T, Stopped> {
        let started = Instant::now();
        let worked = timeout_at(self.deadline, work)
            .await
            .unwrap_or_else(|_| Err(Failure::new(Cause::Timeout, "finish the test in time")));
        let millis = u32::try_from(started.elapsed().as_millis()).unwrap_or(u32::MAX);
        match worked {
            Ok((Finding { state, status, detail }, value)) => {
                let millis = (state != StageState::Skipped).then_some(millis);
                self.record(StageResult { stage, state, millis, status, detail, cause: None });
                Ok(value)
            }
            Err(failure) => {
                self.record(StageResult {
                    stage,
                    state: StageState::Failed,
                    millis: Some(millis),
                    status: failure.status,
                    detail: failure.sentence(),
                    cause: Some(failure.cause),
                });
                Err(Stopped)
            }
        }
    }

    fn record(&mut self, result: StageResult) {
        tell(&result);
        self.stages.push(result);
    }

    /// Records a stage that is not needed.
    pub(super) async fn skip(&mut self, stage: Stage, told: &'static str) -> Result<(), Stopped> {
        self.stage(stage, async { Ok((Finding::skipped(told), ())) }).await
    }

    pub(super) fn has_failed(&self) -> bool {
        self.stages.iter().any(|result| result.state == StageState::Failed)
    }

    /// All stages in order; those that were not reached are skipped.
    pub(super) fn finished(mut self) -> Vec<StageResult> {
        for stage in Stage::ALL {
            if !self.stages.iter().any(|result| result.stage == stage) {
                self.stages.push(StageResult {
                    stage,
                    state: StageState::Skipped,
                    millis: None,
                    status: None,
                    detail: "Not reached.".to_owned(),
                    cause: None,
                });
            }
        }
        self.stages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_walk_records_every_stage_and_stops_at_a_failure() {
        let mut walk = Walk::until(Instant::now() + std::time::Duration::from_mins(1));
        assert!(walk.stage(Stage::Url, async { Ok((Finding::passed("Fine."), 7)) }).await.is_ok());
        let failed =
            async { Err::<(Finding, ()), _>(Failure::new(Cause::DnsFailure, "look at x")) };
        assert!(walk.stage(Stage::Dns, failed).await.is_err());
        let stages = walk.finished();
        assert_eq!(stages.iter().map(|result| result.stage).collect::<Vec<_>>(), Stage::ALL);
        let failed = &stages[1];
        assert_eq!((failed.state, failed.cause), (StageState::Failed, Some(Cause::DnsFailure)));
        assert_eq!(failed.detail, "Could not look at x.");
        assert!(stages[2..].iter().all(|result| result.state == StageState::Skipped));
    }
}
