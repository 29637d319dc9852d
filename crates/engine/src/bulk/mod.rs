//! Bulk runs: one action on many rows of a list.
//!
//! A run is its rows in SQL. A job works on them one by one, each as the person who began the run would do it by
//! hand: by the same rules, with the rights that the person has by then.

mod begin;
mod interval;
mod perform;
mod run;

use async_trait::async_trait;
use domain::{
    Action, BulkRunId, Principal, ServiceError,
    bulk::{BulkAction, BulkPreview, BulkRowState, BulkRun, IntervalSet, SelectedRows},
    repositories::RepositorySelection,
    service::{Answer, BulkRuns},
};

use crate::{Engine, Error, audit::reading, error::answer};

pub(crate) use run::run;

#[async_trait]
impl BulkRuns for Engine {
    async fn begin(
        &self,
        principal: &Principal,
        action: BulkAction,
        rows: SelectedRows,
    ) -> Answer<BulkRunId> {
        begin::begin(self, principal, action, &rows).await.map_err(answer)
    }

    async fn confirm(&self, principal: &Principal, id: BulkRunId) -> Answer<()> {
        begin::confirm(self, principal, id).await.map_err(answer)
    }

    async fn set_interval(
        &self,
        principal: &Principal,
        rows: RepositorySelection,
        interval: &str,
    ) -> Answer<IntervalSet> {
        interval::set(self, principal, rows, interval).await.map_err(answer)
    }

    async fn undo_interval(&self, principal: &Principal, id: BulkRunId) -> Answer<u32> {
        interval::undo(self, principal, id).await.map_err(answer)
    }

    async fn get(&self, principal: &Principal, id: BulkRunId) -> Answer<BulkRun> {
        get(self, principal, id).await.map_err(answer)
    }
}

async fn get(engine: &Engine, principal: &Principal, id: BulkRunId) -> Result<BulkRun, Error> {
    let (engine, scope) = reading(engine, principal, Action::View, "see a bulk run").await?;
    let db = &engine.db;
    let begun = storage::bulk::begun(db, scope, id).await?.ok_or(ServiceError::NotFound)?;
    let asks = match (begun.queued_at, begun.action) {
        (None, BulkAction::DeleteRepositories) => {
            let (charts, exported) = storage::bulk::repositories_hold(db, scope, id).await?;
            Some(BulkPreview { charts, exported, in_use: Vec::new() })
        }
        (None, BulkAction::DeleteCredentials) => {
            let in_use = storage::bulk::credentials_in_use(db, scope, id).await?;
            Some(BulkPreview { in_use, ..BulkPreview::default() })
        }
        _ => None,
    };
    let mut rows = Vec::new();
    for state in
        [BulkRowState::Failed, BulkRowState::Skipped, BulkRowState::Done, BulkRowState::Waiting]
    {
        let left = BulkRun::SHOWN.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        if left > 0 {
            rows.extend(storage::bulk::rows_in(db, scope, id, state, left).await?);
        }
    }
    Ok(BulkRun {
        id,
        action: begun.action,
        by: begun.by,
        started_at: begun.started_at,
        asks,
        finished_at: begun.finished_at,
        counts: storage::bulk::counts(db, scope, id).await?,
        missing: begun.missing,
        rows,
    })
}
