//! The job that works on the rows of a bulk run.

use std::time::Duration;

use domain::{
    BulkRunId, Principal, ServiceError,
    bulk::{BulkAction, BulkRowState},
};
use futures::{StreamExt, stream};
use storage::{
    Scope,
    bulk::NextRow,
    jobs::{self, ClaimedJob},
};
use tokio::time::Instant;

use super::perform::{Ended, perform};
use crate::{Engine, Error};

/// How many rows are taken at a time; the person's rights are read again for each of them.
const TOGETHER: u32 = 64;
/// How many tests run at once.
const TESTS_AT_ONCE: usize = 8;
/// After which time the job goes to the end of the queue, so that no run keeps others waiting.
const TURN: Duration = Duration::from_mins(5);

pub(crate) async fn run(engine: &Engine, work: &ClaimedJob) -> Result<(), Error> {
    let (scope, id) = (work.scope, BulkRunId::from(work.target));
    let started = Instant::now();
    let Some(begun) = storage::bulk::begun(&engine.db, scope, id).await? else {
        return end(engine, work).await;
    };
    loop {
        let rows = storage::bulk::next(&engine.db, scope, id, TOGETHER).await?;
        if rows.is_empty() {
            return end(engine, work).await;
        }
        let person = storage::sessions::principal(&engine.db, begun.user).await?;
        let person = person.filter(|person| person.organization == scope.organization());
        let allowed = person.and_then(|person| {
            let may = person.may(begun.action.needs()).is_ok();
            may.then_some(person)
        });
        let Some(person) = allowed else {
            let mut tx = engine.db.begin_work(scope).await?;
            let why = ServiceError::NoLongerAllowed.to_string();
            let state = BulkRowState::Skipped;
            storage::bulk::settle_rest(&mut tx, scope, id, state, &why).await?;
            tx.commit().await?;
            continue;
        };
        let at_once = if begun.action.is_test() { TESTS_AT_ONCE } else { 1 };
        let mut ended = stream::iter(rows)
            .map(|row| one(engine, &person, begun.action, (scope, id), row))
            .buffer_unordered(at_once);
        while let Some(ended) = ended.next().await {
            ended?;
        }
        if started.elapsed() > TURN {
            return again(engine, work).await;
        }
    }
}

/// Works on one row and writes down how it ended. Both belong to one future: SQLite has one connection that writes, and
/// a row that holds it in the middle of its work has to go on while another one waits for it.
async fn one(
    engine: &Engine,
    person: &Principal,
    action: BulkAction,
    (scope, id): (Scope, BulkRunId),
    row: NextRow,
) -> Result<(), Error> {
    let Ended { state, detail } = perform(engine, person, action, row.target).await;
    storage::bulk::settle(&engine.db, scope, (id, row.position), state, &detail).await?;
    engine.changes.tell(scope.organization());
    Ok(())
}

async fn end(engine: &Engine, work: &ClaimedJob) -> Result<(), Error> {
    let scope = work.scope;
    let mut tx = engine.db.begin_work(scope).await?;
    if jobs::finish(&mut tx, jobs::Kind::Bulk, work).await? {
        storage::bulk::finish(&mut tx, scope, work.target.into(), engine.clock.now()).await?;
    }
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}

async fn again(engine: &Engine, work: &ClaimedJob) -> Result<(), Error> {
    let (scope, now) = (work.scope, engine.clock.now());
    let mut tx = engine.db.begin_work(scope).await?;
    // Asked for while it runs, the work is due once more when it ends.
    jobs::queue(&mut tx, scope, jobs::Kind::Bulk, work.target, &work.reason, now, now).await?;
    jobs::finish(&mut tx, jobs::Kind::Bulk, work).await?;
    tx.commit().await?;
    engine.changes.tell_workers();
    Ok(())
}
