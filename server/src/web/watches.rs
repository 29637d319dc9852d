//! Connection tests that somebody watches: the stages go to the event stream of the same person, by the
//! name that their page made up for this test.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{UserId, connection_tests::StageResult};
use http::HeaderMap;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::current_user::SessionUser;

/// The header in which a test says who watches it.
const WATCH: &str = "x-watch";

/// A person, and the name of their watch.
type Key = (UserId, String);

/// Those who watch, on this replica. Where a test runs on another one, it is told when it has ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Watches(Arc<Mutex<HashMap<Key, UnboundedSender<StageResult>>>>);

/// One who watches; dropping it forgets them.
pub(super) struct Watch {
    watches: Watches,
    key: Key,
    stages: UnboundedReceiver<StageResult>,
}

impl Watches {
    /// Listens for the tests of this person under this name.
    pub(super) fn begin(&self, key: Key) -> Watch {
        let (sender, stages) = unbounded_channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), sender);
        Watch { watches: self.clone(), key, stages }
    }

    /// Does the work of a request, and tells the stages of its tests to whoever watches.
    pub(super) async fn watched<Work: Future>(
        &self,
        visitor: Option<&Arc<SessionUser>>,
        headers: &HeaderMap,
        work: Work,
    ) -> Work::Output {
        match self.watcher(visitor, headers) {
            Some(watcher) => engine::watched(watcher, work).await,
            None => work.await,
        }
    }

    fn watcher(
        &self,
        visitor: Option<&Arc<SessionUser>>,
        headers: &HeaderMap,
    ) -> Option<UnboundedSender<StageResult>> {
        let name = headers.get(WATCH)?.to_str().ok()?.to_owned();
        let user = app::services::CurrentUser::principal(visitor?.as_ref())?.user;
        let watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watches.get(&(user, name)).cloned()
    }
}

impl Watch {
    /// The next stage; `None` when there are no more.
    pub(super) async fn stage(&mut self) -> Option<StageResult> {
        self.stages.recv().await
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.watches.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_hangs_up_is_forgotten() {
        let watches = Watches::default();
        let watch = watches.begin((UserId::new(), "a".into()));
        assert_eq!(watches.0.lock().unwrap().len(), 1);
        drop(watch);
        assert!(watches.0.lock().unwrap().is_empty());
    }
}
