//! What a bulk run does to one row: the action on one thing, by its own rules.

use domain::{
    Principal, ServiceError,
    bulk::{BulkAction, BulkRowState},
    connection_tests::ConnectionTest,
    counted,
    credentials::DeleteCredential,
};
use uuid::Uuid;

use crate::{
    Engine, Error,
    audit::allowed,
    connection_tests::{result, tested_credential, tested_repository},
    credentials,
    error::{answer, sentence},
    gitops::Tokens,
    repositories,
};

/// How a row ended.
pub(super) struct Ended {
    pub(super) state: BulkRowState,
    pub(super) detail: String,
}

impl Ended {
    fn done(detail: impl Into<String>) -> Self {
        Self { state: BulkRowState::Done, detail: detail.into() }
    }

    fn failed(detail: impl Into<String>) -> Self {
        Self { state: BulkRowState::Failed, detail: detail.into() }
    }

    fn skipped(detail: impl Into<String>) -> Self {
        Self { state: BulkRowState::Skipped, detail: detail.into() }
    }

    /// Why a row was refused, in a sentence.
    fn refused(problem: &ServiceError) -> Self {
        match problem {
            ServiceError::NotFound => Self::skipped("It was deleted meanwhile."),
            ServiceError::InUse(names) => Self::failed(in_use(names)),
            other => Self::failed(sentence(other)),
        }
    }
}

pub(super) async fn perform(
    engine: &Engine,
    person: &Principal,
    action: BulkAction,
    target: Uuid,
) -> Ended {
    let ended = match action {
        BulkAction::TestRepositories => test_repository(engine, person, target).await,
        BulkAction::TestCredentials => test_credential(engine, person, target).await,
        BulkAction::DeleteRepositories => {
            repositories::delete(engine, person, target.into()).await.map(|()| Ended::done(""))
        }
        BulkAction::DeleteCredentials => {
            let form =
                DeleteCredential { credential: target.to_string(), ..DeleteCredential::default() };
            credentials::delete(engine, person, &form, Tokens::Revoke)
                .await
                .map(|()| Ended::done(""))
        }
        // Intervals were set when the run began, and files are imported where they are read.
        BulkAction::SetInterval | BulkAction::Import => Ok(Ended::done("")),
    };
    ended.unwrap_or_else(|error| Ended::refused(&answer(error)))
}

async fn test_repository(
    engine: &Engine,
    person: &Principal,
    target: Uuid,
) -> Result<Ended, Error> {
    let needs = BulkAction::TestRepositories.needs();
    let grant = allowed(engine, person, needs, "test a repository").await?;
    let test = tested_repository(engine, person, grant, target.into()).await?;
    Ok(if test.has_passed() { Ended::done("") } else { Ended::failed(result(&test)) })
}

async fn test_credential(
    engine: &Engine,
    person: &Principal,
    target: Uuid,
) -> Result<Ended, Error> {
    let needs = BulkAction::TestCredentials.needs();
    let grant = allowed(engine, person, needs, "test a credential").await?;
    let tests = tested_credential(engine, person, grant, target.into()).await?;
    let (passed, failed): (Vec<_>, Vec<_>) =
        tests.iter().partition(|test| ConnectionTest::has_passed(test));
    Ok(match failed.first() {
        None if passed.is_empty() => {
            Ended::skipped("No repository uses it, so there is nowhere to test it.")
        }
        None => Ended::done(format!("Works at {}.", places(passed.len()))),
        Some(first) => Ended::failed(format!(
            "{} of {} failed. {}: {}",
            failed.len(),
            places(tests.len()),
            first.name,
            result(first)
        )),
    })
}

fn places(count: usize) -> String {
    counted(count, "place", "places")
}

/// What uses it, by the names of the first few.
fn in_use(names: &[String]) -> String {
    const NAMED: usize = 3;
    let first: Vec<_> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("In use by {}{more}.", first.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_uses_it_is_named_briefly() {
        let names = |count: usize| (0..count).map(|n| format!("r{n}")).collect::<Vec<_>>();
        assert_eq!(in_use(&names(1)), "In use by r0.");
        assert_eq!(in_use(&names(5)), "In use by r0, r1, r2 and 2 more.");
    }
}
