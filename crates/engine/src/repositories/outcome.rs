//! From the end of a sync to what is written down, and when the next one starts.

use std::time::Duration;

use domain::{
    Cause, CredentialId, Timestamp, charts::FoundVersion, connection_tests::Quota,
    repositories::SyncTrigger,
};
use egress::Failure;
use registries::{Synced, Validators};
use storage::{
    Scope,
    repositories::{SyncOutcome, SyncTarget},
};

use super::{
    ask::RegistryAnswer,
    login::CommittedVersion,
    sync::{Attempt, next},
};

/// The first pause after a failure that may pass; it doubles with every further one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_mins(15);
/// The longest pause while Vault is away: nothing is wrong with the registry, and everything has
/// to be well two minutes after Vault is back.
const LONGEST_VAULT_PAUSE: Duration = Duration::from_secs(30);
/// A repository that syncs only by hand is tried again by itself this many times.
const TRIES_BY_HAND: u32 = 12;

/// How asking a registry ended.
pub(super) enum SyncEnd {
    /// It answered; with a login, this credential version was proven.
    Synced(Synced, Option<(CredentialId, i64)>),
    /// It refused or did not answer.
    Failed(Failure),
    /// It was not asked.
    Cause(Cause),
}

impl SyncEnd {
    pub(super) const fn cause(&self) -> Option<Cause> {
        match self {
            Self::Synced(..) => None,
            Self::Failed(failure) => Some(failure.cause),
            Self::Cause(cause) => Some(*cause),
        }
    }

    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Failed(failure) => failure.retry_after,
            Self::Synced(..) | Self::Cause(_) => None,
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Failed(failure) => Some(failure.sentence()),
            Self::Synced(..) | Self::Cause(_) => None,
        }
    }

    fn refused_service(&self) -> String {
        match self {
            Self::Failed(failure) => failure
                .refused_service
                .as_ref()
                .map(|refused| refused.0.clone())
                .unwrap_or_default(),
            Self::Synced(..) | Self::Cause(_) => String::new(),
        }
    }

    const fn status(&self) -> Option<u16> {
        match self {
            Self::Failed(failure) => failure.status,
            Self::Synced(..) | Self::Cause(_) => None,
        }
    }
}

/// What is to be written down about a sync.
pub(super) fn outcome(
    scope: Scope,
    target: &SyncTarget,
    trigger: SyncTrigger,
    started_at: Timestamp,
    finished_at: Timestamp,
    (asked, used): (RegistryAnswer, Option<CommittedVersion>),
) -> Attempt {
    let RegistryAnswer { ended, quota, transport, observation } = asked;
    let next_sync_at = next(target, finished_at, &ended, quota);
    let (cause, status, retry_after) = (ended.cause(), ended.status(), ended.retry_after());
    let refused_service = ended.refused_service();
    let detail = ended.detail().unwrap_or_default();
    let (versions, left_out, validators, proven) = match ended {
        SyncEnd::Synced(Synced::Charts { versions, left_out, validators }, proven) => {
            (Some(versions), Some(left_out), validators, proven)
        }
        SyncEnd::Synced(Synced::Unchanged { validators }, proven) => {
            (None, None, validators, proven)
        }
        SyncEnd::Failed(_) | SyncEnd::Cause(_) => (None, None, Validators::default(), None),
    };
    let is_new = cause.is_none() && transport != target.transport;
    let outcome = SyncOutcome {
        scope,
        repository: target.id,
        epoch: target.epoch,
        trigger,
        started_at,
        finished_at,
        cause,
        status,
        detail,
        next_sync_at,
        etag: validators.etag,
        last_modified: validators.last_modified,
        digest: validators.digest,
        found: versions.as_deref().map(found),
        left_out,
        proven,
        quota,
        refused_service,
        transport: is_new.then_some(transport),
    };
    Attempt { outcome, versions, retry_after, used, observation }
}

/// How many charts and versions there are.
fn found(versions: &[FoundVersion]) -> (u32, u32) {
    let charts: std::collections::HashSet<_> =
        versions.iter().map(|found| found.chart.as_str()).collect();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (count(charts.len()), count(versions.len()))
}

/// How long until the next sync; `None` for not by itself. `failures` counts those before this one.
pub(super) fn next_sync(
    interval: u32,
    failures: u32,
    cause: Option<Cause>,
    retry_after: Option<Duration>,
) -> Option<Duration> {
    let by_itself = (interval > 0).then(|| Duration::from_secs(interval.into()));
    let Some(cause) = cause.filter(|cause| cause.may_pass()) else { return by_itself };
    let pause = pause(cause, failures, retry_after);
    match by_itself {
        Some(interval) => Some(pause.min(interval).max(retry_after.unwrap_or_default())),
        None => (failures < TRIES_BY_HAND || cause.is_vaults()).then_some(pause),
    }
}

/// How long a window of requests lasts when the registry does not tell its end.
const WINDOW: Duration = Duration::from_hours(1);
/// The longest that a registry's clock, or ours, makes a sync wait.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Until when a sync by itself leaves a registry alone that has told how few requests are left:
/// under 2 % of them are for people.
pub(super) fn left_alone_until(quota: Quota, now: Timestamp) -> Option<Timestamp> {
    let few = u64::from(quota.remaining) * 50 < u64::from(quota.limit);
    (quota.remaining == 0 || few).then(|| {
        let end = quota.resets_at.unwrap_or_else(|| now.plus(WINDOW));
        end.min(now.plus(LONGEST_WAIT))
    })
}

/// The pause before the next try after `tries` failed ones: 5 s, doubled each time, at most 15
/// minutes, of which a random part is waited (so that many do not come back at once), but never
/// less than the host asked for.
pub(crate) fn pause(cause: Cause, tries: u32, retry_after: Option<Duration>) -> Duration {
    let longest = if cause.is_vaults() { LONGEST_VAULT_PAUSE } else { LONGEST_PAUSE };
    let most =
        FIRST_PAUSE.saturating_mul(1_u32.checked_shl(tries).unwrap_or(u32::MAX)).min(longest);
    let part = f64::from(u32::from_le_bytes(crate::random::bytes())) / f64::from(u32::MAX);
    most.mul_f64(part).max(retry_after.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_quarter_of_an_hour() {
        for tries in [0, 1, 8, 40] {
            let most = Duration::from_secs(5 * (1 << tries.min(10))).min(LONGEST_PAUSE);
            let pauses: Vec<_> = (0..50).map(|_| pause(Cause::Timeout, tries, None)).collect();
            assert!(pauses.iter().all(|pause| *pause <= most), "{tries}");
            assert!(pauses.iter().any(|pause| *pause > most / 4), "{tries}");
        }
        let asked = Duration::from_hours(1);
        assert_eq!(pause(Cause::RateLimited, 0, Some(asked)), asked);
        assert!(pause(Cause::VaultUnavailable, 30, None) <= LONGEST_VAULT_PAUSE);
    }

    #[test]
    fn the_last_requests_of_a_window_are_left_to_people() {
        let now = Timestamp::from_millis(1_000);
        let end = now.plus(Duration::from_mins(7));
        let until = |remaining, resets_at| {
            left_alone_until(Quota { limit: 100, remaining, resets_at }, now)
        };
        assert_eq!(until(2, Some(end)), None);
        assert_eq!(until(1, Some(end)), Some(end));
        assert_eq!(until(0, None), Some(now.plus(WINDOW)));
        let far = now.plus(LONGEST_WAIT * 300);
        assert_eq!(until(0, Some(far)), Some(now.plus(LONGEST_WAIT)), "no host stops us for long");
        assert_eq!(
            left_alone_until(Quota { limit: 0, remaining: 0, resets_at: Some(end) }, now),
            Some(end)
        );
    }

    #[test]
    fn refused_logins_wait_for_the_interval() {
        assert_eq!(
            next_sync(3_600, 3, Some(Cause::InvalidCredentials), None),
            Some(Duration::from_hours(1))
        );
        assert_eq!(next_sync(0, 3, Some(Cause::InvalidCredentials), None), None);
        assert!(next_sync(3_600, 0, Some(Cause::Timeout), None).unwrap() <= FIRST_PAUSE);
        assert_eq!(next_sync(0, 12, Some(Cause::Timeout), None), None);
        assert_eq!(next_sync(300, 0, None, None), Some(Duration::from_mins(5)));
    }
}
