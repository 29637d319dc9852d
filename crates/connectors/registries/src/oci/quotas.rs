//! The limits of requests that registries tell in their headers.
//!
//! Docker Hub: `ratelimit-limit: 100;w=21600` and `ratelimit-remaining` on answers to requests for
//! manifests (docs.docker.com, "Docker Hub pull usage and limits"); the window slides, so there is
//! no moment when it ends. GitHub: `x-ratelimit-limit`, `-remaining` and `-reset`, the last in
//! seconds since the Unix epoch (docs.github.com, "Rate limits for the REST API").

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{CredentialId, Timestamp, connection_tests::Quota};
use tokio::time::Instant;

use egress::LoginKey;

/// The most limits that are remembered.
const REMEMBERED: usize = 4_096;
/// How long a window lasts when neither its length nor its end is told.
const WINDOW: Duration = Duration::from_hours(1);
/// The longest that a limit is remembered, whatever was told.
const LONGEST: Duration = Duration::from_hours(24);

type Key = (String, Option<LoginKey>);

/// A limit as it was told, and how long that says anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AnnouncedLimit {
    pub(super) quota: Quota,
    window: Duration,
}

struct RememberedLimit {
    told: AnnouncedLimit,
    at: Instant,
}

impl RememberedLimit {
    fn is_over(&self) -> bool {
        self.at.elapsed() >= self.told.window
    }
}

/// What was told last, by registry and login, until its window is over. A moment that was told is
/// left to those who have a clock.
#[derive(Default)]
pub(super) struct Quotas(Mutex<HashMap<Key, RememberedLimit>>);

impl Quotas {
    pub(super) fn of(&self, authority: &str, login: Option<LoginKey>) -> Option<Quota> {
        let all = self.all();
        let known = all.get(&(authority.to_owned(), login)).filter(|known| !known.is_over())?;
        Some(known.told.quota)
    }

    /// Of too many the one that was told longest ago goes.
    pub(super) fn remember(&self, authority: &str, login: Option<LoginKey>, told: AnnouncedLimit) {
        let mut all = self.all();
        let key = (authority.to_owned(), login);
        if all.len() >= REMEMBERED && !all.contains_key(&key) {
            let oldest = all.iter().min_by_key(|(_, known)| known.at).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                all.remove(&oldest);
            }
        }
        all.insert(key, RememberedLimit { told, at: Instant::now() });
    }

    pub(super) fn evict(&self, credential: CredentialId) {
        self.all().retain(|(_, login), _| login.is_none_or(|login| login.credential != credential));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, RememberedLimit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the limit from headers; `header` answers an empty text for one that is missing.
pub(super) fn quota<'a>(header: impl Fn(&'static str) -> &'a str) -> Option<AnnouncedLimit> {
    let number = |name| header(name).split(';').next().and_then(|text| text.trim().parse().ok());
    let of = |limit, remaining, resets_at, window: Duration| {
        let quota = Quota { limit: number(limit)?, remaining: number(remaining)?, resets_at };
        Some(AnnouncedLimit { quota, window: window.min(LONGEST) })
    };
    let window = window(header("ratelimit-remaining"))
        .or_else(|| window(header("ratelimit-limit")))
        .unwrap_or(WINDOW);
    of("ratelimit-limit", "ratelimit-remaining", None, window).or_else(|| {
        let seconds = header("x-ratelimit-reset").trim().parse::<i64>().ok();
        let resets_at = seconds
            .filter(|seconds| (0..=253_402_300_799).contains(seconds))
            .map(|seconds| Timestamp::from_millis(seconds * 1_000));
        let window = if resets_at.is_some() { LONGEST } else { WINDOW };
        of("x-ratelimit-limit", "x-ratelimit-remaining", resets_at, window)
    })
}

/// The length of the window in `100;w=21600`.
fn window(text: &str) -> Option<Duration> {
    let seconds = text.split(';').find_map(|part| part.trim().strip_prefix("w="))?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use domain::OrganizationId;

    use super::*;

    fn read(headers: &[(&'static str, &'static str)]) -> Option<AnnouncedLimit> {
        quota(|name| headers.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text))
    }

    #[test]
    fn limits_are_read_as_docker_hub_and_github_write_them() {
        let hub = [("ratelimit-limit", "100;w=21600"), ("ratelimit-remaining", "98;w=21600")];
        let expected = Quota { limit: 100, remaining: 98, resets_at: None };
        let six_hours = Duration::from_hours(6);
        assert_eq!(read(&hub), Some(AnnouncedLimit { quota: expected, window: six_hours }));
        let window = |limit| read(&[hub[1], ("ratelimit-limit", limit)]).unwrap().window;
        assert_eq!(window("100;w=999999999"), six_hours, "the newer number counts");
        let plain = |limit| read(&[("ratelimit-remaining", "9"), ("ratelimit-limit", limit)]);
        let windows = ["100", "100;w=x", "100;w=60", "100;w=999999999"]
            .map(|limit| plain(limit).unwrap().window);
        assert_eq!(windows, [WINDOW, WINDOW, Duration::from_mins(1), LONGEST]);
        let github = [
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1767323045"),
        ];
        let AnnouncedLimit { quota: told, window } = read(&github).unwrap();
        assert_eq!(window, LONGEST);
        assert_eq!((told.limit, told.remaining), (5_000, 0));
        assert_eq!(told.resets_at.unwrap().rfc3339(), "2026-01-02T03:04:05Z");
        for nonsense in ["", "many", "-1", "99999999999", "100"] {
            assert_eq!(read(&[("ratelimit-limit", nonsense)]), None, "{nonsense}");
        }
    }

    #[test]
    fn the_number_of_remembered_limits_is_bounded() {
        let (quotas, quota) =
            (Quotas::default(), Quota { limit: 1, remaining: 1, resets_at: None });
        let told = AnnouncedLimit { quota, window: WINDOW };
        let login = LoginKey {
            organization: OrganizationId::new(),
            credential: CredentialId::new(),
            vault_version: 1,
        };
        quotas.remember("a", Some(login), told);
        assert_eq!(quotas.of("a", Some(login)), Some(quota));
        assert_eq!(quotas.of("a", None), None);
        assert_eq!(quotas.of("a", Some(LoginKey { vault_version: 2, ..login })), None);
        quotas.evict(login.credential);
        assert_eq!(quotas.of("a", Some(login)), None);
        for number in 0..=REMEMBERED {
            quotas.remember(&number.to_string(), None, told);
        }
        assert_eq!(quotas.all().len(), REMEMBERED);
    }

    #[test]
    fn a_limit_is_forgotten_with_its_window() {
        let quotas = Quotas::default();
        let quota = Quota { limit: 100, remaining: 0, resets_at: None };
        let told = AnnouncedLimit { quota, window: WINDOW };
        quotas.remember("a", None, told);
        assert_eq!(quotas.of("a", None), Some(quota));
        let at = Instant::now().checked_sub(WINDOW).unwrap();
        quotas.all().insert(("a".to_owned(), None), RememberedLimit { told, at });
        assert_eq!(quotas.of("a", None), None);
    }
}
