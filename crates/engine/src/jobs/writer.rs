//! The writer: many results in one transaction, because each commit waits for the disk.

use std::{sync::Arc, time::Duration};

use tokio::sync::{Notify, mpsc};

use crate::{Engine, Error, error::chain, repositories::ResultBatch};

/// The most results in one transaction.
const TOGETHER: usize = 64;
/// How often a failed transaction is tried again. After that the leases run out, and the work is
/// done once more.
const TRIES: u32 = 5;

/// Writes results until nobody sends any more.
pub(super) async fn write(
    engine: Engine,
    mut results: mpsc::Receiver<ResultBatch>,
    freed: Arc<Notify>,
) {
    while let Some(mut batch) = results.recv().await {
        while batch.len() < TOGETHER {
            let Ok(next) = results.try_recv() else { break };
            batch.append(next);
        }
        commit(&engine, batch).await;
        freed.notify_one();
    }
}

/// Gives a result to the writer; one with a large set of charts is written right here, so that the
/// small ones do not wait for it.
pub(super) async fn hand_over(
    engine: &Engine,
    results: &mpsc::Sender<ResultBatch>,
    batch: ResultBatch,
) {
    if batch.has_charts() {
        commit(engine, batch).await;
    } else if let Err(unsent) = results.send(batch).await {
        commit(engine, unsent.0).await;
    }
}

async fn commit(engine: &Engine, mut batch: ResultBatch) {
    for attempt in 1..=TRIES {
        match batch.commit(engine).await {
            Ok(stored) => {
                tracing::debug!(written = stored.written, "stored results");
                return;
            }
            Err(error) => {
                tracing::error!(attempt, error = %chain(&error), "failed to store results");
                // A database that refuses twice for no passing reason does not like what is in it.
                if attempt > 1 && !matches!(&error, Error::Storage(error) if error.is_unavailable())
                {
                    batch = batch.without_charts();
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(100) * 2_u32.saturating_pow(attempt)).await;
    }
}
