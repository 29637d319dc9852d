//! Points in time, as milliseconds since the Unix epoch.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A point in time in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the Unix epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds since the Unix epoch as foreign services write them, perhaps with a fraction;
    /// `None` for what is no date, such as zero or a year beyond 9999.
    #[cfg(feature = "host")]
    #[must_use]
    pub fn from_seconds(seconds: f64) -> Option<Self> {
        /// 9999-12-31T23:59:59Z.
        const LAST: f64 = 253_402_300_799.0;
        #[expect(clippy::cast_possible_truncation, reason = "the year is below 10,000")]
        (seconds > 0.0 && seconds <= LAST).then_some(Self((seconds * 1_000.0) as i64))
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This point moved later by `duration`.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// This point moved earlier by `duration`.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The time from `earlier` to this point; zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 3339 in UTC with seconds, such as `2026-11-21T09:30:00Z`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.utc().format(&Rfc3339).unwrap_or_default()
    }

    /// A date and time for people, in UTC: `2026-11-21 09:30 UTC`.
    #[must_use]
    pub fn readable(self) -> String {
        let at = self.utc();
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02} UTC",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute()
        )
    }

    /// How long before `now` this was, for people: `just now`, `8 min ago`, `3 h ago`, `12 d ago`.
    #[must_use]
    pub fn age(self, now: Self) -> String {
        let seconds = now.since(self).as_secs();
        match seconds {
            0..=44 => "just now".to_owned(),
            45..=3_599 => format!("{} min ago", seconds.div_ceil(60).min(59)),
            3_600..=86_399 => format!("{} h ago", seconds / 3_600),
            _ => format!("{} d ago", seconds / 86_400),
        }
    }

    /// How far it is from `now`, for people: its [`Self::age`], or the time that is left, such as `in 12 min`.
    #[must_use]
    pub fn relative_to(self, now: Self) -> String {
        if self <= now {
            return self.age(now);
        }
        match self.since(now).as_secs() {
            0..=59 => "in a moment".to_owned(),
            seconds @ 60..=3_599 => format!("in {} min", seconds / 60),
            seconds @ 3_600..=86_399 => format!("in {} h", seconds / 3_600),
            seconds => format!("in {} d", seconds / 86_400),
        }
    }

    /// Reads a day such as `2027-01-31`: its first moment in UTC.
    #[must_use]
    pub fn parse_day(text: &str) -> Option<Self> {
        if text.len() == 10 { Self::parse_rfc3339(&format!("{text}T00:00:00Z")) } else { None }
    }

    /// The day in UTC, such as `2027-01-31`.
    #[must_use]
    pub fn day(self) -> String {
        self.rfc3339().split('T').next().unwrap_or_default().to_owned()
    }

    /// Reads RFC 3339; `None` when the text is something else.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok().map(Self)
    }

    fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1_000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_rfc_3339() {
        let at = Timestamp::parse_rfc3339("2016-10-06T16:23:20.499814565-06:00").unwrap();
        assert_eq!(at.rfc3339(), "2016-10-06T22:23:20Z");
        assert_eq!(at.readable(), "2016-10-06 22:23 UTC");
        assert!(Timestamp::parse_rfc3339("yesterday").is_none());
    }

    #[test]
    fn tells_ages_in_words() {
        let now = Timestamp::from_millis(1_000_000_000);
        assert_eq!(now.age(now), "just now");
        assert_eq!(now.minus(Duration::from_secs(485)).age(now), "9 min ago");
        assert_eq!(now.minus(Duration::from_secs(3_599)).age(now), "59 min ago");
        assert_eq!(now.minus(Duration::from_hours(25)).age(now), "1 d ago");
        assert_eq!(now.plus(Duration::from_secs(10)).age(now), "just now");
        assert_eq!(now.plus(Duration::from_secs(10)).relative_to(now), "in a moment");
        assert_eq!(now.plus(Duration::from_mins(12)).relative_to(now), "in 12 min");
        assert_eq!(now.minus(Duration::from_hours(25)).relative_to(now), "1 d ago");
    }
}
