//! One run that deletes, of which nothing was done yet.

use async_trait::async_trait;
use domain::{
    BulkRunId, Principal,
    bulk::{
        BulkAction, BulkCounts, BulkPreview, BulkRow, BulkRowState, BulkRun, IntervalSet,
        SelectedRows,
    },
    repositories::{RepositorySelection, interval},
    service,
    service::Answer,
};

use super::{Fake, ago, id};

#[async_trait]
impl service::Imports for Fake {
    async fn import(&self, _: &Principal, _: &[u8], _: &str) -> Answer<service::Imported> {
        Ok(service::Imported::Begun(id()))
    }
}

#[async_trait]
impl service::BulkRuns for Fake {
    async fn begin(&self, _: &Principal, _: BulkAction, _: SelectedRows) -> Answer<BulkRunId> {
        Ok(id())
    }
    async fn confirm(&self, _: &Principal, _: BulkRunId) -> Answer<()> {
        Ok(())
    }
    async fn set_interval(
        &self,
        _: &Principal,
        rows: RepositorySelection,
        seconds: &str,
    ) -> Answer<IntervalSet> {
        interval(seconds)?;
        Ok(IntervalSet { run: id(), changed: 2, rows: 3, missing: rows.missing(3) })
    }
    async fn undo_interval(&self, _: &Principal, _: BulkRunId) -> Answer<u32> {
        Ok(2)
    }
    async fn get(&self, _: &Principal, run: BulkRunId) -> Answer<BulkRun> {
        let row = BulkRow {
            name: "<b>acme charts</b>".into(),
            target: Some(run.uuid()),
            state: BulkRowState::Waiting,
            detail: String::new(),
        };
        Ok(BulkRun {
            id: run,
            action: BulkAction::DeleteRepositories,
            by: "Ada".into(),
            started_at: ago(60),
            asks: Some(BulkPreview { charts: 4, exported: 1, in_use: Vec::new() }),
            finished_at: None,
            counts: BulkCounts { waiting: 31, ..BulkCounts::default() },
            missing: 2,
            rows: vec![row; 30],
        })
    }
}
