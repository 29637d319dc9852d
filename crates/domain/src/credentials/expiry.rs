//! When credentials expire, and when notices before it are due.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::Timestamp;

/// Who said when a credential expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum ExpirySource {
    /// A person typed it.
    Typed,
    /// The provider or the token itself.
    Provider,
}

spelled!(ExpirySource);

/// When a credential expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Expiry {
    /// When.
    pub at: Timestamp,
    /// Who said so.
    pub source: ExpirySource,
    /// The start of its lifetime: when this secret was stored.
    pub since: Timestamp,
}

/// How pressing an expiry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Nothing to do yet.
    Fine,
    /// The first notice was due.
    Soon,
    /// The last notice but one was due.
    Pressing,
    /// It is over.
    Expired,
}

const DAY: Duration = Duration::from_hours(24);

impl Expiry {
    /// How long before the end the notices are due: 30, 14, 7 and 1 days; for a lifetime under 60
    /// days the same parts of half the lifetime, so that a token of a day is not announced at once.
    ///
    /// A day that somebody typed says nothing about the lifetime, because the token may be older
    /// than its place here.
    #[must_use]
    pub fn thresholds(&self) -> [Duration; 4] {
        let first = match self.source {
            ExpirySource::Typed => DAY * 30,
            ExpirySource::Provider => (self.at.since(self.since) / 2).min(DAY * 30),
        };
        [30_u32, 14, 7, 1].map(|days| first * days / 30)
    }

    /// The smallest threshold that has passed at `now`: its index in [`Self::thresholds`].
    #[must_use]
    pub fn passed(&self, now: Timestamp) -> Option<usize> {
        let left = self.at.since(now);
        let thresholds = self.thresholds();
        (0..thresholds.len()).rev().find(|index| thresholds.get(*index).is_some_and(|t| left <= *t))
    }

    /// How pressing it is at `now`.
    #[must_use]
    pub fn urgency(&self, now: Timestamp) -> Urgency {
        if self.at <= now {
            return Urgency::Expired;
        }
        match self.passed(now) {
            None => Urgency::Fine,
            Some(0 | 1) => Urgency::Soon,
            Some(_) => Urgency::Pressing,
        }
    }

    /// How long is left, for people: `expires in 12 d`, `expires in 3 h`, `expired 2 d ago`.
    #[must_use]
    pub fn readable(&self, now: Timestamp) -> String {
        if self.at <= now {
            return format!("expired {}", self.at.age(now));
        }
        let minutes = self.at.since(now).as_secs() / 60;
        match minutes {
            0..=119 => format!("expires in {} min", minutes.max(1)),
            120..=2_879 => format!("expires in {} h", minutes / 60),
            _ => format!("expires in {} d", minutes / 1_440),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expiry(days: u64) -> Expiry {
        let since = Timestamp::from_millis(0);
        Expiry {
            at: since.plus(DAY * u32::try_from(days).unwrap()),
            source: ExpirySource::Provider,
            since,
        }
    }

    #[test]
    fn a_typed_day_says_nothing_about_the_lifetime() {
        let near = Expiry { source: ExpirySource::Typed, ..expiry(5) };
        assert_eq!(near.passed(near.since), Some(2));
        assert_eq!(near.urgency(near.since), Urgency::Pressing);
    }

    #[test]
    fn notices_come_at_30_14_7_and_1_days() {
        let year = expiry(365);
        assert_eq!(year.thresholds(), [DAY * 30, DAY * 14, DAY * 7, DAY]);
        let left = |days: u32| year.at.minus(DAY * days);
        assert_eq!(year.passed(left(31)), None);
        assert_eq!(year.passed(left(30)), Some(0));
        assert_eq!(year.passed(left(8)), Some(1));
        assert_eq!(year.passed(left(7)), Some(2));
        assert_eq!(year.passed(left(0)), Some(3));
        assert_eq!(year.urgency(left(20)), Urgency::Soon);
        assert_eq!(year.urgency(left(1)), Urgency::Pressing);
        assert_eq!(year.urgency(year.at), Urgency::Expired);
    }

    #[test]
    fn short_lives_are_announced_later() {
        let month = expiry(30);
        assert_eq!(month.thresholds()[0], DAY * 15);
        assert_eq!(month.passed(month.since), None);
        let day = expiry(1);
        assert_eq!(day.thresholds()[0], Duration::from_hours(12));
        assert_eq!(day.readable(day.since), "expires in 24 h");
        assert_eq!(day.readable(day.at.plus(DAY * 2)), "expired 2 d ago");
    }
}
