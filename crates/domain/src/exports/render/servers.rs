//! Which registries a credential is for, and the keys they have in a Docker configuration.

use super::CredentialFacts;
use crate::{
    CredentialKind, Provider, credentials::PatternKind, is_docker_hub, repositories::RepositoryUrl,
};

/// The key of Docker Hub (docker/cli `cli/config/configfile`, kubernetes `pkg/credentialprovider`).
pub(super) const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// What people call it.
const DOCKER_HUB_HOST: &str = "docker.io";

/// A registry, and the place in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Server {
    /// Host and port.
    pub host: String,
    /// The path without slashes at its ends; may be empty.
    pub path: String,
}

impl Server {
    /// Reads `https://host/path` or `oci://host/path`.
    pub fn parse(address: &str) -> Option<Self> {
        let url = RepositoryUrl::parse(address).ok()?;
        Some(Self { host: url.authority().to_owned(), path: url.path().to_owned() })
    }

    /// All of the registry with this host.
    pub fn of(host: &str) -> Self {
        Self { host: host.to_owned(), path: String::new() }
    }

    /// The registry that has this key.
    pub fn of_key(key: &str) -> Self {
        Self::of(if key == DOCKER_HUB { DOCKER_HUB_HOST } else { key })
    }

    /// Its key, which stands for the whole registry.
    pub fn key(&self) -> String {
        if self.is_docker_hub() { DOCKER_HUB.to_owned() } else { self.host.clone() }
    }

    /// The key that stands for this place only. The kubelet prefers it to the one of the registry
    /// (kubernetes.io/docs/concepts/containers/images, "Interpretation of config.json").
    pub fn narrow_key(&self) -> Option<String> {
        let narrow = !self.is_docker_hub() && !self.path.is_empty();
        narrow.then(|| format!("{}/{}", self.host, self.path))
    }

    pub fn is_docker_hub(&self) -> bool {
        is_docker_hub(&self.host)
    }
}

/// The registries of a credential: those of its repositories, else its exact pattern, else the
/// hosts that its provider always has. OCI addresses come before those of Helm over HTTP, because
/// images lie at registries.
pub(super) fn servers(credential: &CredentialFacts) -> Vec<Server> {
    if credential.provider.facts().kind == CredentialKind::Git {
        return Vec::new();
    }
    let parsed = |address: &&String| Server::parse(address);
    let mut servers: Vec<Server> = credential
        .addresses
        .iter()
        .filter(|a| a.starts_with("oci://"))
        .filter_map(|a| parsed(&a))
        .collect();
    if servers.is_empty() {
        servers = credential.addresses.iter().filter_map(|a| parsed(&a)).collect();
    }
    if by_pattern(credential) {
        servers.extend(Server::parse(&credential.pattern));
    }
    if servers.is_empty() {
        servers.extend(fixed(credential.provider));
    }
    servers.sort();
    servers.dedup();
    servers
}

/// Whether the exact pattern of a credential says which registry it is for.
pub(super) fn by_pattern(credential: &CredentialFacts) -> bool {
    let parses = |address: &String| Server::parse(address).is_some();
    credential.pattern_kind == PatternKind::Exact && !credential.addresses.iter().any(parses)
}

/// The one host of a provider that has one. Docker Hub has several names for one.
fn fixed(provider: Provider) -> Option<Server> {
    let hosts = provider.facts().hosts;
    let host = match (provider, hosts) {
        (Provider::DockerHub, _) => DOCKER_HUB_HOST,
        (_, [host]) if !host.starts_with('.') => host,
        _ => return None,
    };
    Some(Server::of(host))
}
