//! Telling the stages of a test as they end, to whoever waits for it.

use std::future::Future;

use domain::connection_tests::StageResult;
use tokio::sync::mpsc::UnboundedSender;

tokio::task_local! {
    static WATCH: UnboundedSender<StageResult>;
}

/// Does `work`, and tells `to` every stage of the tests in it as it ends. Nobody has to listen.
pub async fn watched<Work: Future>(to: UnboundedSender<StageResult>, work: Work) -> Work::Output {
    WATCH.scope(to, work).await
}

pub(super) fn tell(result: &StageResult) {
    let _ = WATCH.try_with(|to| to.send(result.clone()));
}
