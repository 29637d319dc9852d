//! What every provider implements.

use std::time::Duration;

use async_trait::async_trait;
use domain::{Secret, Timestamp};

use super::call::Caller;
use egress::Failure;

/// One way of making a short-lived login. A new provider is one file that implements this, and one
/// line in [`super::way`].
#[async_trait]
pub(super) trait TokenExchange: Send + Sync {
    /// What the login depends on besides the stored version: the region, the registry. Logins are
    /// shared by all who ask for the same scope.
    fn scope(&self) -> String;

    /// How long a login may be kept.
    fn keeping(&self) -> Keeping;

    /// Asks the provider.
    async fn exchange(&self, caller: &Caller<'_>) -> Result<Exchanged, Failure>;
}

/// A login as the provider gave it.
pub(super) struct Exchanged {
    pub(super) username: String,
    pub(super) password: Secret,
    /// When the provider says that it ends.
    pub(super) expires_at: Timestamp,
}

/// How long a login may be kept: so long, or until so much before its end, whichever is sooner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Keeping {
    pub(super) longest: Duration,
    pub(super) margin: Duration,
}

impl Keeping {
    /// So long, and never longer than five minutes before the end.
    pub(super) const fn at_most(longest: Duration) -> Self {
        Self { longest, margin: Duration::from_mins(5) }
    }

    /// Until when a login may be used again; not after `now` for one that is too short.
    pub(super) fn until(self, now: Timestamp, expires_at: Timestamp) -> Timestamp {
        now.plus(self.longest).min(expires_at.minus(self.margin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whichever_is_sooner() {
        let now = Timestamp::from_millis(1_000_000_000);
        let keeping = Keeping::at_most(Duration::from_hours(10));
        let until = |life| keeping.until(now, now.plus(life)).since(now);
        assert_eq!(until(Duration::from_hours(12)), Duration::from_hours(10));
        assert_eq!(until(Duration::from_hours(10)), Duration::from_mins(595));
        assert_eq!(until(Duration::from_mins(5)), Duration::ZERO);
        assert_eq!(until(Duration::ZERO), Duration::ZERO);
    }
}
