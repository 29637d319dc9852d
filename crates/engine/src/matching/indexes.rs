//! The indexes of the organizations, as new as the database.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock, TryLockError,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{
    OrganizationId,
    matching::{Index, SharedProject},
};
use storage::{Scope, matching::Changed};
use tokio::sync::OwnedMutexGuard;

use crate::{Engine, Error};

/// As many organizations are kept; the one that was asked about longest ago makes room.
const MAX_ORGANIZATIONS: usize = 256;
/// More changes than this are put into the index beside the other work of the process.
const MANY: usize = 64;

/// The indexes of this replica.
#[derive(Debug, Default)]
pub(crate) struct Indexes {
    organizations: Mutex<HashMap<OrganizationId, Arc<OrganizationIndex>>>,
    uses: AtomicU64,
}

/// The index of one organization.
#[derive(Debug, Default)]
pub(crate) struct OrganizationIndex {
    known: RwLock<IndexState>,
    /// Held while changes are read and put in, so that they come in order.
    catching_up: Arc<tokio::sync::Mutex<()>>,
    /// When it was asked last, counted in questions.
    used: AtomicU64,
}

#[derive(Debug, Default)]
struct IndexState {
    /// The number of the last change in the index; `None` before it is loaded.
    sequence: Option<i64>,
    index: Index,
}

impl Indexes {
    fn of(&self, organization: OrganizationId) -> Arc<OrganizationIndex> {
        let now = self.uses.fetch_add(1, Ordering::Relaxed);
        let mut organizations = self.organizations.lock().unwrap_or_else(PoisonError::into_inner);
        if organizations.len() >= MAX_ORGANIZATIONS && !organizations.contains_key(&organization) {
            let used = |held: &Arc<OrganizationIndex>| held.used.load(Ordering::Relaxed);
            let oldest = organizations.iter().min_by_key(|(_, held)| used(held)).map(|(id, _)| *id);
            if let Some(oldest) = oldest {
                organizations.remove(&oldest);
            }
        }
        let held = Arc::clone(organizations.entry(organization).or_default());
        held.used.store(now, Ordering::Relaxed);
        held
    }
}

impl OrganizationIndex {
    /// Asks the index.
    pub fn ask<T>(&self, question: impl FnOnce(&Index) -> T) -> T {
        question(&self.known.read().unwrap_or_else(PoisonError::into_inner).index)
    }

    fn sequence(&self) -> Option<i64> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).sequence
    }

    fn load(&self, news: News) {
        let sequence = news.sequence();
        let mut index = Index::of(news.rows.into_iter().filter_map(|row| row.entry));
        index.share(news.shared);
        let known = IndexState { sequence: Some(sequence), index };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    fn apply(&self, news: News) {
        self.known.write().unwrap_or_else(PoisonError::into_inner).apply(news);
    }

    /// Applies the changes unless somebody asks now, which may take long; then gives them back.
    fn try_apply(&self, news: News) -> Result<(), News> {
        let mut known = match self.known.try_write() {
            Ok(known) => known,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(news),
        };
        known.apply(news);
        Ok(())
    }
}

/// What is new since the last look.
#[derive(Debug, Default)]
struct News {
    /// The number of the last change when the look began.
    saved: i64,
    /// The credentials that changed.
    rows: Vec<Changed>,
    /// The shared projects, all of them: they are few.
    shared: Vec<SharedProject>,
}

impl News {
    fn sequence(&self) -> i64 {
        self.rows.iter().map(|row| row.sequence).fold(self.saved, i64::max)
    }
}

impl IndexState {
    fn apply(&mut self, news: News) {
        let sequence = news.sequence();
        self.index.share(news.shared);
        for row in news.rows {
            match row.entry {
                Some(entry) => self.index.put(entry),
                None => self.index.remove(row.id),
            }
        }
        self.index.settle();
        self.sequence = Some(sequence);
    }
}

/// The index of an organization with every change that was saved before the call.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn current(
    engine: &Engine,
    scope: Scope,
) -> Result<Arc<OrganizationIndex>, Error> {
    let saved = storage::matching::sequence(&engine.db, scope).await?;
    let held = engine.matches.of(scope.organization());
    if held.sequence() == Some(saved) {
        return Ok(held);
    }
    let turn = Arc::clone(&held.catching_up).lock_owned().await;
    // Somebody else may have caught up meanwhile, with later changes too.
    let saved = storage::matching::sequence(&engine.db, scope).await?;
    let shared = || storage::projects::shared(&engine.db, scope);
    match held.sequence() {
        Some(known) if known == saved => {}
        Some(known) if known < saved => {
            let rows = storage::matching::changed_since(&engine.db, scope, known).await?;
            let news = News { saved, rows, shared: shared().await? };
            let left = if news.rows.len() <= MANY { held.try_apply(news) } else { Err(news) };
            if let Err(news) = left {
                aside(turn, &held, move |held| held.apply(news)).await?;
            }
        }
        // A number that went back is that of a restored database: everything may have changed.
        _ => {
            let rows = storage::matching::all(&engine.db, scope).await?;
            let news = News { saved, rows, shared: shared().await? };
            aside(turn, &held, move |held| held.load(news)).await?;
        }
    }
    Ok(held)
}

/// Does long work beside that of the process. It keeps the turn to the end, also when nobody waits
/// for it any more, so that older changes never come after newer ones.
async fn aside(
    turn: OwnedMutexGuard<()>,
    held: &Arc<OrganizationIndex>,
    work: impl FnOnce(&OrganizationIndex) + Send + 'static,
) -> Result<(), Error> {
    let held = Arc::clone(held);
    let done = tokio::task::spawn_blocking(move || {
        work(&held);
        drop(turn);
    });
    done.await.map_err(Error::Matching)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_do_not_wait_for_a_question_on_the_thread_of_others() {
        let held = OrganizationIndex::default();
        let news = |saved| News { saved, ..News::default() };
        held.load(news(1));
        let refused = held.ask(|_| held.try_apply(news(2)).is_err());
        assert!(refused);
        assert_eq!(held.sequence(), Some(1));
        assert!(held.try_apply(news(2)).is_ok());
        assert_eq!(held.sequence(), Some(2));
    }
}
