//! The limits of requests that registries tell in their headers.
//!
//! Docker Hub: `ratelimit-limit: 100;w=21600` and `ratelimit-remaining` on answers to requests for
//! manifests (docs.docker.com, "Docker Hub pull usage and limits"); the window slides, so there is
//! no moment when it ends. GitHub: `x-ratelimit-limit`, `-remaining` and `-reset`, the last in
//! seconds since the Unix epoch (docs.github.com, "Rate limits for the REST API").

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{CredentialId, Timestamp, connections::Quota};
use tokio::time::Instant;

use crate::repository::LoginKey;

/// The most limits that are remembered.
const REMEMBERED: usize = 4_096;

type Key = (String, Option<LoginKey>);

/// What was told last, by registry and login.
#[derive(Default)]
pub(super) struct Quotas(Mutex<HashMap<Key, (Quota, Instant)>>);

impl Quotas {
    pub(super) fn of(&self, authority: &str, login: Option<LoginKey>) -> Option<Quota> {
        self.all().get(&(authority.to_owned(), login)).map(|(quota, _)| *quota)
    }

    /// Of too many the one that was told longest ago goes.
    pub(super) fn remember(&self, authority: &str, login: Option<LoginKey>, quota: Quota) {
        let mut all = self.all();
        let key = (authority.to_owned(), login);
        if all.len() >= REMEMBERED && !all.contains_key(&key) {
            let oldest = all.iter().min_by_key(|(_, (_, told))| *told).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest {
                all.remove(&oldest);
            }
        }
        all.insert(key, (quota, Instant::now()));
    }

    pub(super) fn forget(&self, credential: CredentialId) {
        self.all().retain(|(_, login), _| login.is_none_or(|login| login.credential != credential));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, (Quota, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the limit from headers; `header` answers an empty text for one that is missing.
pub(super) fn quota<'a>(header: impl Fn(&'static str) -> &'a str) -> Option<Quota> {
    let number = |name| header(name).split(';').next().and_then(|text| text.trim().parse().ok());
    let of = |limit, remaining, resets_at| {
        Some(Quota { limit: number(limit)?, remaining: number(remaining)?, resets_at })
    };
    of("ratelimit-limit", "ratelimit-remaining", None).or_else(|| {
        let seconds = header("x-ratelimit-reset").trim().parse::<i64>().ok();
        let resets_at = seconds
            .filter(|seconds| (0..=253_402_300_799).contains(seconds))
            .map(|seconds| Timestamp::from_millis(seconds * 1_000));
        of("x-ratelimit-limit", "x-ratelimit-remaining", resets_at)
    })
}

#[cfg(test)]
mod tests {
    use domain::OrganizationId;

    use super::*;

    fn read(headers: &[(&'static str, &'static str)]) -> Option<Quota> {
        quota(|name| headers.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text))
    }

    #[test]
    fn limits_are_read_as_docker_hub_and_github_write_them() {
        let hub = [("ratelimit-limit", "100;w=21600"), ("ratelimit-remaining", "98;w=21600")];
        assert_eq!(read(&hub), Some(Quota { limit: 100, remaining: 98, resets_at: None }));
        let github = [
            ("x-ratelimit-limit", "5000"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1767323045"),
        ];
        let told = read(&github).unwrap();
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
        let login = LoginKey {
            organization: OrganizationId::new(),
            credential: CredentialId::new(),
            vault_version: 1,
        };
        quotas.remember("a", Some(login), quota);
        assert_eq!(quotas.of("a", Some(login)), Some(quota));
        assert_eq!(quotas.of("a", None), None);
        assert_eq!(quotas.of("a", Some(LoginKey { vault_version: 2, ..login })), None);
        quotas.forget(login.credential);
        assert_eq!(quotas.of("a", Some(login)), None);
        for number in 0..=REMEMBERED {
            quotas.remember(&number.to_string(), None, quota);
        }
        assert_eq!(quotas.all().len(), REMEMBERED);
    }
}
