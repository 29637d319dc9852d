//! OCI registries: the distribution API with its token dance, reduced to reading charts.

mod challenge;
mod connection_test;
mod detect;
mod discover;
mod grant;
mod manifest;
mod pages;
mod ping;
mod quotas;
mod realm;
mod registry;
mod rights;
mod scope;
mod session;
mod tokens;

pub(crate) use connection_test::OciTest;
pub(crate) use detect::{Sign, sign};
pub(crate) use registry::Registry;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    CredentialId,
    connection_tests::Quota,
    registry_host,
    repositories::{RepositoryKind, RepositoryUrl, Transport},
};
use quotas::Quotas;
use tokens::Tokens;
use url::Url;

use crate::registry_types::Target;

/// What is remembered from one request to the next.
#[derive(Default)]
pub(crate) struct Oci {
    tokens: Arc<Tokens>,
    /// Registries that answered without TLS, by authority.
    plain: Mutex<HashSet<String>>,
    quotas: Quotas,
}

impl Oci {
    pub(crate) fn evict(&self, credential: CredentialId) {
        self.tokens.evict(credential);
        self.quotas.evict(credential);
    }

    /// The limit of requests that the registry told last to this login; none for a login that is
    /// not stored.
    pub(crate) fn quota(&self, target: &Target) -> Option<Quota> {
        let shared = target.login_key.is_some() || target.login.is_none();
        shared.then(|| self.quotas.of(base(&target.url).authority(), target.login_key)).flatten()
    }

    /// The web address of `url`: with plain `http` if its registry spoke nothing else before.
    pub(crate) fn as_spoken(&self, url: &RepositoryUrl) -> Url {
        let web = url.web();
        let spoken = plain(web).filter(|_| {
            url.implied_kind() == Some(RepositoryKind::Oci) && self.is_plain(&base(url))
        });
        spoken.unwrap_or_else(|| web.clone())
    }

    /// What the registry of `url` spoke last.
    pub(crate) fn transport(&self, url: &RepositoryUrl) -> Transport {
        if self.is_plain(&base(url)) { Transport::Plain } else { Transport::Tls }
    }

    fn is_plain(&self, base: &Url) -> bool {
        self.plain.lock().unwrap_or_else(PoisonError::into_inner).contains(base.authority())
    }

    fn forget_plain(&self, base: &Url) {
        self.plain.lock().unwrap_or_else(PoisonError::into_inner).remove(base.authority());
    }

    fn remember_plain(&self, base: &Url) {
        self.plain
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(base.authority().to_owned());
    }
}

/// The root of the registry that serves `url`: scheme, host, port and `/`.
pub(crate) fn base(url: &RepositoryUrl) -> Url {
    let mut base = url.web().clone();
    base.set_path("/");
    let host = registry_host(url.host());
    if host != url.host() && base.set_host(Some(host)).is_err() {
        return url.web().clone();
    }
    base
}

/// The same address with plain `http` and the same port.
fn plain(base: &Url) -> Option<Url> {
    let mut plain = base.clone();
    let port = base.port_or_known_default();
    plain.set_scheme("http").ok()?;
    plain.set_port(port).ok()?;
    Some(plain)
}
