//! The way to a host that differs from the usual one: own authorities, a client certificate, a
//! proxy.
//!
//! What a proxy sees: the host and port of every `https` target (the tunnel is opened with
//! `CONNECT host:port`), its own login, and how much is sent when. What is inside the tunnel it
//! does not see: certificates are checked end to end. A plain `http` target, which only the
//! operator can allow, it sees whole, logins included. The proxy resolves names by itself; Hawser
//! judges the addresses that it finds for a name before the proxy is asked, and refuses a name for
//! which it finds none unless the operator's allow-list names it with its port. The proxy is asked
//! for the name and not for the address, so an answer of DNS that changes in between is the
//! proxy's to judge.

#![expect(clippy::disallowed_methods, reason = "hashes a private key")]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::{ClientCertificate, client_pool::ClientPool};

/// The most client pools that are kept.
const KEPT: usize = 64;
/// How long a client pool that nobody uses is kept: it holds a private key.
const IDLE: Duration = Duration::from_mins(15);

/// What a repository says about the way to its host. The default is the system's authorities and
/// no proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct EgressProfile {
    /// Certificate authorities to trust besides those of the system, in PEM; empty for none.
    pub ca: String,
    /// The name of a proxy that the operator configured; empty for none.
    pub proxy: String,
}

/// An egress profile with the certificate that is shown on it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ProfileKey([u8; 32]);

impl ProfileKey {
    pub(super) fn of(egress: &EgressProfile, certificate: Option<&ClientCertificate>) -> Self {
        let mut digest = Sha256::new();
        let shown = certificate.map_or(["", ""], |shown| [&shown.certificate, shown.key.expose()]);
        for part in [egress.ca.as_str(), egress.proxy.as_str()].into_iter().chain(shown) {
            digest.update(part.len().to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self(digest.finalize().into())
    }
}

/// The client pools of the egress profiles that were used lately.
#[derive(Default)]
pub(super) struct ProfileCache(Mutex<HashMap<ProfileKey, PooledClients>>);

struct PooledClients {
    pool: Arc<ClientPool>,
    used: Instant,
}

impl ProfileCache {
    pub(super) fn get(&self, key: ProfileKey) -> Option<Arc<ClientPool>> {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cached.retain(|_, kept| kept.used.elapsed() < IDLE);
        let kept = cached.get_mut(&key)?;
        kept.used = Instant::now();
        Some(Arc::clone(&kept.pool))
    }

    /// Keeps a client pool; of too many the one that was used longest ago goes.
    pub(super) fn insert(&self, key: ProfileKey, pool: Arc<ClientPool>) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while cached.len() >= KEPT {
            let Some(oldest) = cached.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| *key)
            else {
                break;
            };
            cached.remove(&oldest);
        }
        cached.insert(key, PooledClients { pool, used: Instant::now() });
    }
}

#[cfg(test)]
mod tests {
    use domain::Secret;

    use super::{
        super::{Outbound, OutboundSettings},
        *,
    };

    #[test]
    fn a_client_pool_is_built_once_and_of_too_many_the_oldest_goes() {
        let proxy =
            |number: usize| (number.to_string(), "http://proxy.local:3128".parse().unwrap());
        let proxies = (0..=KEPT).map(proxy).collect();
        let settings = OutboundSettings { proxies, ..OutboundSettings::default() };
        let outbound = Outbound::with(settings).unwrap();
        let by = |number: usize| {
            let egress = EgressProfile { proxy: number.to_string(), ..EgressProfile::default() };
            outbound.on(&egress, None).unwrap()
        };
        let usual = outbound.on(&EgressProfile::default(), None).unwrap();
        assert!(std::ptr::eq(usual.pool(), outbound.pool()));
        let first = by(0);
        assert!(std::ptr::eq(first.pool(), by(0).pool()));
        for number in 1..=KEPT {
            by(number);
        }
        assert!(!std::ptr::eq(first.pool(), by(0).pool()));
    }

    #[test]
    fn every_part_of_an_egress_profile_makes_another_key() {
        let egress = |ca: &str, proxy: &str| EgressProfile { ca: ca.into(), proxy: proxy.into() };
        let shown = |certificate: &str, key: &str| ClientCertificate {
            certificate: certificate.into(),
            key: Secret::new(key.into()),
        };
        let (a, b) = (shown("c", "k"), shown("ck", ""));
        let keys = [
            ProfileKey::of(&egress("", ""), None),
            ProfileKey::of(&egress("x", ""), None),
            ProfileKey::of(&egress("", "x"), None),
            ProfileKey::of(&egress("x", "y"), None),
            ProfileKey::of(&egress("xy", ""), None),
            ProfileKey::of(&egress("", ""), Some(&a)),
            ProfileKey::of(&egress("", ""), Some(&b)),
        ];
        let all: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(all.len(), keys.len());
        assert!(
            ProfileKey::of(&egress("x", "y"), Some(&a))
                == ProfileKey::of(&egress("x", "y"), Some(&a))
        );
    }
}
