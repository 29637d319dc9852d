//! Which registry is shown which credential, in a Docker configuration.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    CredentialFacts,
    draft::Draft,
    plan::Opened,
    remark::Remark,
    servers::{Server, servers},
};
use crate::{CredentialId, CredentialKind};

/// Who reads a Docker configuration, and which keys they understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The kubelet: also `host/path`.
    Kubelet,
    /// Carvel: hosts only, and `index.docker.io` for Docker Hub (F41).
    Carvel,
    /// The lifecycle manager of Kyma: hosts only.
    Kyma,
}

/// The keys and logins of the chosen credentials, in the order of their names. There is one login
/// for a key (F74); who has to stand back is told in a note.
pub(super) fn auths<'a>(draft: &mut Draft<'a>, reader: Reader) -> Vec<(String, Opened<'a>)> {
    let mut places = Vec::new();
    for credential in draft.credentials() {
        for server in servers_of(draft, credential, reader) {
            if let Some(opened) = draft.opened_at(credential, &[&server.host]) {
                places.push((server, opened));
            }
        }
    }
    let mut sharing: BTreeMap<String, BTreeSet<CredentialId>> = BTreeMap::new();
    for (server, opened) in &places {
        sharing.entry(server.key()).or_default().insert(opened.credential.id);
    }
    let mut taken: BTreeMap<String, CredentialId> = BTreeMap::new();
    let mut auths: Vec<(String, Opened<'a>)> = Vec::new();
    for (server, opened) in places {
        let several = sharing.get(&server.key()).is_some_and(|credentials| credentials.len() > 1);
        let width = if several && reader == Reader::Kubelet { Width::Narrow } else { Width::Host };
        let key = key(draft, &server, reader, width);
        match taken.get(&key) {
            None => {
                taken.insert(key.clone(), opened.credential.id);
                auths.push((key, opened));
            }
            Some(id) if *id == opened.credential.id => {}
            Some(id) => {
                let other = draft.facts.credential(*id);
                let told = Remark::of(opened.credential)
                    .say(format!(": {} has room for one credential, and ", server.host));
                let told = match other {
                    Some(other) => told.name(other),
                    None => told.say("another"),
                };
                draft.left_out(told.say(
                    " has it. Export them separately, and let each pod name the secret it needs.",
                ));
            }
        }
    }
    auths
}

/// How much of a registry a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    /// All of it.
    Host,
    /// The place of the repository, where it has a path.
    Narrow,
}

fn key(draft: &mut Draft<'_>, server: &Server, reader: Reader, width: Width) -> String {
    match server.narrow_key() {
        Some(narrow) if width == Width::Narrow => {
            draft.info(format!(
                "Several credentials are for {}. Their keys have paths, which the kubelet reads; Docker, Flux, Kargo and Carvel compare hosts only.",
                server.host
            ));
            narrow
        }
        _ if reader == Reader::Carvel && server.is_docker_hub() => "index.docker.io".to_owned(),
        _ => server.key(),
    }
}

/// The registries of a credential; empty when there are none, and a note says what to do.
fn servers_of(draft: &mut Draft<'_>, credential: &CredentialFacts, reader: Reader) -> Vec<Server> {
    if credential.provider.facts().kind == CredentialKind::Git {
        draft.left_out(Remark::of(credential).say(": it opens Git repositories, not registries."));
        return Vec::new();
    }
    let servers = servers(credential);
    if servers.is_empty() {
        draft.left_out(Remark::of(credential).say(
            ": its registry is not known. Link a repository to it, or give it an exact pattern.",
        ));
    }
    if reader == Reader::Kubelet && servers.iter().any(Server::is_docker_hub) {
        draft.info(
            "Docker Hub has the key https://index.docker.io/v1/, which the kubelet and Docker read; for tools that ask for a host, type index.docker.io.",
        );
    }
    servers
}
