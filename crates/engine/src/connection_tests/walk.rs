//! One walk to a registry, with whatever login there is.

use std::time::Duration;

use domain::{
    Cause, RepositoryId,
    cause::RemoteKind,
    connection_tests::{ConnectionTest, Stage, StageResult, StageState},
};
use egress::{Failure, Login, LoginKey};
use registries::{Examined, Target};

use crate::{Engine, circuit_breaker::LoginOutcome, repositories::Unready};

/// The login of a walk.
pub(super) enum Entry {
    /// None is needed, or known.
    Anonymous,
    /// This one.
    With(Login, Option<LoginKey>),
    /// There would be one, but it may not be used or could not be made.
    Closed(Closed),
}

/// Why there is no login.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closed {
    cause: Cause,
    status: Option<u16>,
    took: Option<Duration>,
}

impl Closed {
    /// It is not tried.
    pub(super) const fn because(cause: Cause) -> Self {
        Self { cause, status: None, took: None }
    }

    /// The provider did not make one, after this time.
    pub(super) const fn refused(failure: &Failure, took: Duration) -> Self {
        Self { cause: failure.cause, status: failure.status, took: Some(took) }
    }

    /// The stored one could not be had, after this time.
    pub(super) const fn unready(unready: &Unready, took: Duration) -> Self {
        match unready {
            Unready::Unread(cause) => Self::because(*cause),
            Unready::NotExchanged(failure) => Self::refused(failure, took),
        }
    }
}

/// What is walked to.
pub(super) struct Goal {
    pub(super) repository: Option<RepositoryId>,
    pub(super) name: String,
    /// Without a login.
    pub(super) target: Target,
}

/// Walks to a registry, and tells what it said about the login, if it was asked with one.
pub(super) async fn walk(
    engine: &Engine,
    goal: Goal,
    entry: Entry,
) -> (ConnectionTest, Option<LoginOutcome>) {
    let Goal { repository, name, mut target } = goal;
    let url = target.url.as_str().to_owned();
    let (mut closed, mut asked) = (None, false);
    match entry {
        Entry::Anonymous => {}
        Entry::With(login, key) => {
            (target.login, target.login_key, asked) = (Some(login), key, true);
        }
        Entry::Closed(why) => closed = Some(why),
    }
    let examined = engine.registries.examine(&target, engine.clock.now()).await;
    let told = asked.then(|| login_outcome(&examined)).flatten();
    let Examined { mut stages, certificate, quota, expires_at, excess } = examined;
    if let Some(closed) = closed {
        stages = ended_at_login(stages, closed);
    }
    let test = ConnectionTest {
        repository,
        certificate,
        quota,
        expires_at,
        excess,
        ..ConnectionTest::of(RemoteKind::Registry, name, url, stages)
    };
    (test, told)
}

/// A walk without the login goes on to what everybody may see; with one it would have ended at the
/// login, if it came that far.
fn ended_at_login(mut stages: Vec<StageResult>, closed: Closed) -> Vec<StageResult> {
    let fell_before =
        stages.iter().any(|stage| stage.stage < Stage::Token && stage.state == StageState::Failed);
    for stage in stages.iter_mut().filter(|stage| stage.stage >= Stage::Token) {
        let (state, detail, cause) = if stage.stage == Stage::Token && !fell_before {
            (StageState::Failed, "There is no login to go on with", Some(closed.cause))
        } else {
            (StageState::Skipped, "", None)
        };
        *stage = StageResult {
            stage: stage.stage,
            state,
            millis: None,
            status: None,
            detail: detail.to_owned(),
            cause,
        };
        if state == StageState::Failed {
            stage.status = closed.status;
            stage.millis =
                closed.took.map(|took| u32::try_from(took.as_millis()).unwrap_or(u32::MAX));
        }
    }
    stages
}

/// What the host said about the login.
fn login_outcome(examined: &Examined) -> Option<LoginOutcome> {
    let failed = examined.stages.iter().find(|stage| stage.state == StageState::Failed);
    crate::circuit_breaker::login_outcome(
        failed.map(|stage| stage.cause.unwrap_or(Cause::Internal)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(failed: Option<Stage>) -> Vec<StageResult> {
        Stage::ALL
            .map(|stage| StageResult {
                stage,
                state: match failed {
                    Some(failed) if stage == failed => StageState::Failed,
                    Some(failed) if stage > failed => StageState::Skipped,
                    _ => StageState::Passed,
                },
                millis: Some(1),
                status: None,
                detail: String::new(),
                cause: (failed == Some(stage)).then_some(Cause::DnsFailure),
            })
            .to_vec()
    }

    #[test]
    fn without_a_login_a_walk_ends_at_the_login_or_before() {
        let closed = Closed::because(Cause::CredentialPaused);
        let ended = |failed| {
            let ended = ended_at_login(stages(failed), closed);
            let failed: Vec<_> =
                ended.iter().filter(|stage| stage.state == StageState::Failed).collect();
            assert_eq!(failed.len(), 1);
            assert_eq!(ended.last().unwrap().state, StageState::Skipped);
            (failed[0].stage, failed[0].cause.unwrap())
        };
        assert_eq!(ended(None), (Stage::Token, Cause::CredentialPaused));
        assert_eq!(ended(Some(Stage::List)), (Stage::Token, Cause::CredentialPaused));
        assert_eq!(ended(Some(Stage::Token)), (Stage::Token, Cause::CredentialPaused));
        assert_eq!(ended(Some(Stage::Dns)), (Stage::Dns, Cause::DnsFailure));
    }
}
