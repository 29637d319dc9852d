//! OCI registries: the distribution API with its token dance, reduced to reading charts.

mod challenge;
mod discover;
mod manifest;
mod pages;
mod realm;
mod registry;
mod session;
mod sign;
mod tokens;

pub(crate) use registry::Registry;
pub(crate) use sign::{Sign, sign};

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    CredentialId,
    repositories::{RepositoryKind, RepositoryUrl},
};
use tokens::Tokens;
use url::Url;

/// Hosts of Docker Hub that are no registry themselves.
const DOCKER_HUB: [&str; 3] = ["docker.io", "index.docker.io", "registry.hub.docker.com"];

/// What is remembered from one request to the next.
#[derive(Default)]
pub(crate) struct Oci {
    tokens: Arc<Tokens>,
    /// Registries that answered without TLS, by authority.
    plain: Mutex<HashSet<String>>,
}

impl Oci {
    pub(crate) fn forget(&self, credential: CredentialId) {
        self.tokens.forget(credential);
    }

    /// The web address of `url`: with plain `http` if its registry spoke nothing else before.
    pub(crate) fn as_spoken(&self, url: &RepositoryUrl) -> Url {
        let web = url.web();
        let spoken = plain(web).filter(|_| {
            url.implied_kind() == Some(RepositoryKind::Oci) && self.is_plain(&base(url))
        });
        spoken.unwrap_or_else(|| web.clone())
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
fn base(url: &RepositoryUrl) -> Url {
    let mut base = url.web().clone();
    base.set_path("/");
    if DOCKER_HUB.contains(&url.host()) && base.set_host(Some("registry-1.docker.io")).is_err() {
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
