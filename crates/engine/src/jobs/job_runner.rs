//! A job runner: claims work of one kind and runs it, each piece in a task of its own.

use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::MissedTickBehavior,
};

use super::{GRACE, ended};
use crate::{Error, error::chain};

/// Other replicas queue work too, and only SQL knows of it.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// One kind of work.
pub(super) trait JobRunner: Clone + Send + Sync + 'static {
    /// A piece of it.
    type Work: Clone + Send + 'static;

    /// For the log.
    const NAME: &'static str;

    /// The most pieces claimed at a time.
    const CAPACITY: usize;

    /// Claims at most `limit` pieces.
    fn claim(&self, limit: u32) -> impl Future<Output = Result<Vec<Self::Work>, Error>> + Send;

    /// Does one piece and sees to it that its result is written.
    fn run(&self, work: Self::Work) -> impl Future<Output = ()> + Send;

    /// Hands back a piece whose task panicked.
    fn died(&self, work: Self::Work) -> impl Future<Output = ()> + Send;

    /// Wakes the job runner when results were written, so that more can be claimed.
    fn freed(&self) -> Arc<Notify>;
}

/// Works until the shutdown.
pub(super) async fn run<L: JobRunner>(
    runner: L,
    work: Arc<Notify>,
    mut stopped: watch::Receiver<()>,
) {
    let mut tasks = JoinSet::new();
    let mut held = HashMap::new();
    let mut look = tokio::time::interval(LOOK_AGAIN);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let freed = runner.freed();
    let mut may_be_more = true;
    // Claims are made for many at once: the next one when half of the last are done.
    let mut few = 0;
    loop {
        let news = work.notified();
        tokio::pin!(news);
        news.as_mut().enable();
        if may_be_more && tasks.len() <= few {
            let limit = u32::try_from(L::CAPACITY.saturating_sub(tasks.len())).unwrap_or(0);
            let claimed = runner.claim(limit).await.unwrap_or_else(|error| {
                tracing::warn!(runner = L::NAME, error = %chain(&error), "failed to claim jobs");
                Vec::new()
            });
            may_be_more = !claimed.is_empty();
            for piece in claimed {
                let runner = runner.clone();
                let task = piece.clone();
                let handle = tasks.spawn(async move { runner.run(task).await });
                held.insert(handle.id(), piece);
            }
            few = tasks.len() / 2;
        }
        tokio::select! {
            () = ended(&mut stopped) => break,
            Some(done) = tasks.join_next_with_id(), if !tasks.is_empty() => match done {
                Ok((id, ())) => drop(held.remove(&id)),
                Err(error) => {
                    tracing::error!(runner = L::NAME, "job panicked");
                    if let Some(piece) = held.remove(&error.id()) {
                        runner.died(piece).await;
                    }
                }
            },
            () = &mut news => may_be_more = true,
            () = freed.notified() => may_be_more = true,
            _ = look.tick() => { may_be_more = true; few = few.max(L::CAPACITY / 2); }
        }
    }
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, all).await.is_err() {
        tracing::warn!(runner = L::NAME, "returned claimed jobs at shutdown");
    }
}
