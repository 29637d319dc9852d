//! Sessions that changed while the database stores nothing: kept here for a while, so that a form that is
//! refused for that very reason still comes back with the reason and what was typed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::Timestamp;

/// The most sessions that are kept; the oldest goes first.
const MOST: usize = 64;
/// How long one is kept.
const LONGEST: Duration = Duration::from_mins(10);

/// The SHA-256 of a session's id.
type Key = [u8; 32];

/// Records that wait for the database. A record counts only beside the row of its session, so nothing
/// here makes a session live that has ended.
#[derive(Clone, Default)]
pub(super) struct PendingSessions(Arc<Mutex<HashMap<Key, (Timestamp, String)>>>);

impl PendingSessions {
    pub(super) fn insert(&self, key: Key, record: String, now: Timestamp) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, (at, _)| now.since(*at) < LONGEST);
        if held.len() >= MOST
            && !held.contains_key(&key)
            && let Some(oldest) = held.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| *key)
        {
            held.remove(&oldest);
        }
        held.insert(key, (now, record));
    }

    /// The record that is newer than the row.
    pub(super) fn newer(&self, key: &Key, now: Timestamp) -> Option<String> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, record) = held.get(key)?;
        (now.since(*at) < LONGEST).then(|| record.clone())
    }

    /// The row is as new as what was kept at this time, or gone; what was kept since stays.
    pub(super) fn remove(&self, key: &Key, kept_at: Timestamp) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.get(key).is_some_and(|(at, _)| *at <= kept_at) {
            held.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_waits_for_a_while_and_for_few() {
        let held = PendingSessions::default();
        let start = Timestamp::from_millis(1_000_000);
        for number in 0..=u8::try_from(MOST).unwrap() {
            let at = start.plus(Duration::from_millis(number.into()));
            held.insert([number; 32], number.to_string(), at);
        }
        let now = start.plus(Duration::from_secs(1));
        assert_eq!(held.newer(&[0; 32], now), None, "the oldest made room");
        assert_eq!(held.newer(&[1; 32], now).as_deref(), Some("1"));
        held.remove(&[1; 32], start);
        assert!(held.newer(&[1; 32], now).is_some(), "it is newer");
        held.remove(&[1; 32], now);
        assert_eq!(held.newer(&[1; 32], now), None);
        assert_eq!(held.newer(&[2; 32], start.plus(LONGEST * 2)), None);
    }
}
