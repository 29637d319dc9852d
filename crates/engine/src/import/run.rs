//! The rows of a file, one after the other, in the memory of this process.

use std::{collections::BTreeMap, time::Duration};

use domain::{
    BulkRunId, Grant, Principal,
    bulk::{BulkAction, BulkRowState},
    import::{ImportFile, ImportItem, ImportPlan, ImportPreview},
};
use storage::{
    Scope,
    bulk::{NamedRow, NewRun},
};

use super::add::{Added, NotAdded, add};
use crate::{Engine, Error, error::chain};

/// After which time the rest of a file is given up: by then nobody looks any more.
const LONGEST: Duration = Duration::from_mins(50);

/// Begins to add the rows of a file; answers the run that tells what becomes of them.
pub(super) async fn begin(
    engine: &Engine,
    principal: &Principal,
    grant: Grant,
    file: ImportFile,
    preview: &ImportPreview,
) -> Result<BulkRunId, Error> {
    let (scope, id) = (Scope::of(&grant), BulkRunId::new());
    let now = engine.clock.now();
    let run = NewRun {
        id,
        action: BulkAction::Import,
        user: principal.user,
        by: &principal.name,
        value: 0,
        now,
    };
    let rows: Vec<_> = preview
        .lines
        .iter()
        .map(|line| {
            let is_skipped = line.plan == ImportPlan::Skipped;
            let named = if line.name.is_empty() { &line.place } else { &line.name };
            NamedRow {
                name: named.as_str(),
                state: if is_skipped { BulkRowState::Skipped } else { BulkRowState::Waiting },
                detail: if is_skipped { line.detail.as_str() } else { line.plan.label() },
            }
        })
        .collect();
    let mut tx = engine.db.begin_as(&grant).await?;
    storage::bulk::insert(&mut tx, scope, &run).await?;
    storage::bulk::fill_named(&mut tx, scope, id, &rows).await?;
    let by = (principal.user, principal.name.as_str());
    storage::bulk::queue(&mut tx, scope, id, by, now).await?;
    tx.commit().await?;
    let items: Vec<_> = file
        .rows
        .into_iter()
        .zip(&preview.lines)
        .map(|(row, line)| row.item.ok().filter(|_| line.plan != ImportPlan::Skipped))
        .collect();
    let (engine, person) = (engine.clone(), principal.clone());
    tokio::spawn(async move {
        let work = work(&engine, &person, (scope, id), items);
        let ended = match tokio::time::timeout(LONGEST, work).await {
            Ok(Ok(())) => end(&engine, scope, id, "").await,
            Ok(Err(error)) => {
                tracing::error!(error = %chain(&error), "failed to import a file");
                end(&engine, scope, id, GIVEN_UP).await
            }
            Err(_) => end(&engine, scope, id, GIVEN_UP).await,
        };
        if let Err(error) = ended {
            tracing::error!(error = %chain(&error), "failed to end an import");
        }
    });
    Ok(id)
}

/// What became of a row that never had its turn.
pub(crate) const GIVEN_UP: &str =
    "Its turn never came. Import the file again: what is there already is skipped.";

async fn work(
    engine: &Engine,
    person: &Principal,
    (scope, id): (Scope, BulkRunId),
    items: Vec<Option<ImportItem>>,
) -> Result<(), Error> {
    let mut credentials = BTreeMap::new();
    for (n, item) in items.into_iter().enumerate() {
        let Some(item) = item else { continue };
        let shared = item.shares.and_then(|n| credentials.get(&n).copied());
        let added = match (item.shares, shared) {
            (Some(_), None) => Added::refused("The row whose login it shares was not imported."),
            _ => add(engine, person, item, shared).await,
        };
        if let Some(credential) = added.credential {
            credentials.insert(n, credential);
        }
        let position = i64::try_from(n).unwrap_or(i64::MAX);
        let (state, detail) = match &added.result {
            Ok(()) => (BulkRowState::Done, ""),
            Err(NotAdded::Row(why) | NotAdded::NoRow(why)) => (BulkRowState::Failed, why.as_str()),
        };
        storage::bulk::settle(&engine.db, scope, (id, position), state, detail).await?;
        engine.changes.tell(scope.organization());
        if let Err(NotAdded::NoRow(why)) = &added.result {
            return end(engine, scope, id, why).await;
        }
    }
    Ok(())
}

async fn end(engine: &Engine, scope: Scope, id: BulkRunId, rest: &str) -> Result<(), Error> {
    let mut tx = engine.db.begin_work(scope).await?;
    storage::bulk::settle_rest(&mut tx, scope, id, BulkRowState::Skipped, rest).await?;
    storage::bulk::finish(&mut tx, scope, id, engine.clock.now()).await?;
    tx.commit().await?;
    engine.changes.tell(scope.organization());
    Ok(())
}
