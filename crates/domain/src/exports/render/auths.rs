//! Which registry is shown which credential, in a Docker configuration.

use std::collections::BTreeMap;

use super::{
    CredentialFacts,
    draft::Draft,
    plan::Opened,
    servers::{Server, servers},
};
use crate::CredentialKind;

/// Whether the reader of a Docker configuration understands `host/path` as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paths {
    /// It does: the kubelet.
    Read,
    /// It compares hosts only.
    Ignored,
}

/// The keys and logins of the chosen credentials, in the order of their names. There is one login
/// for a key (F74); who has to stand back is told in a note.
pub(super) fn auths<'a>(draft: &mut Draft<'a>, paths: Paths) -> Vec<(String, Opened<'a>)> {
    let mut opened = Vec::new();
    for credential in draft.credentials() {
        let servers = places(draft, credential);
        if servers.is_empty() {
            continue;
        }
        if let Some(login) = draft.opened(credential) {
            opened.push((login, servers));
        }
    }
    let mut sharing: BTreeMap<String, usize> = BTreeMap::new();
    for (_, servers) in &opened {
        let mut keys: Vec<String> = servers.iter().map(Server::key).collect();
        keys.dedup();
        for key in keys {
            *sharing.entry(key).or_default() += 1;
        }
    }
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut auths = Vec::new();
    for (login, servers) in opened {
        for server in servers {
            let shared = sharing.get(&server.key()).is_some_and(|count| *count > 1);
            let key = key(draft, &server, paths, shared);
            let name = &login.credential.name;
            match taken.get(&key) {
                None => {
                    taken.insert(key.clone(), name.clone());
                    auths.push((key, login.clone()));
                }
                Some(other) if other == name => {}
                Some(other) => draft.left_out(&format!(
                    "{name}: {} has room for one credential, and {other} has it. Export them separately, and let each pod name the secret it needs.",
                    server.host
                )),
            }
        }
    }
    auths
}

fn key(draft: &mut Draft<'_>, server: &Server, paths: Paths, shared: bool) -> String {
    match server.narrow_key() {
        Some(narrow) if shared && paths == Paths::Read => {
            draft.info(&format!(
                "Several credentials are for {}. Their keys have paths, which the kubelet reads; Docker, Flux, Kargo and Carvel compare hosts only.",
                server.host
            ));
            narrow
        }
        _ => server.key(),
    }
}

/// The registries of a credential; empty when there are none, and a note says what to do.
fn places(draft: &mut Draft<'_>, credential: &CredentialFacts) -> Vec<Server> {
    if credential.provider.facts().kind == CredentialKind::Git {
        draft.left_out(&format!("{}: it opens Git repositories, not registries.", credential.name));
        return Vec::new();
    }
    let servers = servers(credential);
    if servers.is_empty() {
        draft.left_out(&format!(
            "{}: its registry is not known. Link a repository to it, or give it an exact pattern.",
            credential.name
        ));
    }
    if servers.iter().any(Server::is_docker_hub) {
        draft.info(
            "Docker Hub has the key https://index.docker.io/v1/, which the kubelet and Docker read; for tools that ask for a host, type index.docker.io.",
        );
    }
    servers
}
