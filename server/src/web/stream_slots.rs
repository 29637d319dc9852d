//! How many event streams each person has open.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::UserId;

/// The most streams one person may have open.
const STREAMS: usize = 16;

/// The open streams by person.
#[derive(Debug, Clone, Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<UserId, usize>>>);

/// One open stream; dropping it makes room for the next.
pub(super) struct StreamSlot {
    streams: Streams,
    user: UserId,
}

impl Streams {
    /// Makes room for one more, unless the person has too many.
    pub(super) fn open_slot(&self, user: UserId) -> Option<StreamSlot> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(user).or_default();
        if *count >= STREAMS {
            return None;
        }
        *count += 1;
        Some(StreamSlot { streams: self.clone(), user })
    }
}

impl Drop for StreamSlot {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_so_many_streams() {
        let streams = Streams::default();
        let user = UserId::new();
        let mut places: Vec<_> = (0..STREAMS).map(|_| streams.open_slot(user).unwrap()).collect();
        assert!(streams.open_slot(user).is_none());
        assert!(streams.open_slot(UserId::new()).is_some());
        places.pop();
        assert!(streams.open_slot(user).is_some());
        drop(places);
        assert!(streams.0.lock().unwrap().is_empty());
    }
}
