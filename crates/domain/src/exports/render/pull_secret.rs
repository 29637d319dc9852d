//! Kubernetes: a secret of the type `kubernetes.io/dockerconfigjson` (F69 to F71, F74).
//!
//! Source: kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry and
//! kubernetes.io/docs/concepts/containers/images.

use serde_json::json;

use super::{
    auths::{Reader, auths},
    draft::{Draft, SecretRoute},
    plan::{Opened, Piece, SecretPlan},
    secret::Meta,
};

pub(super) const DOCKER_CONFIG: &str = "kubernetes.io/dockerconfigjson";

pub(super) fn render(draft: &mut Draft<'_>) {
    let auths = auths(draft, Reader::Kubelet);
    if auths.is_empty() {
        return;
    }
    let base = secret_name(draft);
    let mut names = Vec::new();
    for (meta, auths) in split(draft, &base, auths) {
        names.push(meta.name.clone());
        let plan = docker_config(meta, auths);
        let objects = draft.secret(&plan);
        draft.file(&plan.meta.name, objects);
    }
    snippets(draft, &names);
}

/// The name of the secret: as typed, or that of the export.
pub(super) fn secret_name(draft: &mut Draft<'_>) -> String {
    match draft.fields.settings.secret_name.as_str() {
        "" => {
            let name = draft.fields.name.as_str();
            draft.names.take(name, name)
        }
        typed => {
            draft.names.reserve(typed);
            typed.to_owned()
        }
    }
}

pub(super) fn docker_config(meta: Meta, auths: Vec<(String, Opened<'_>)>) -> SecretPlan<'_> {
    SecretPlan {
        meta,
        kind: DOCKER_CONFIG,
        pieces: vec![(".dockerconfigjson", Piece::DockerConfig(auths))],
    }
}

/// One secret for all credentials; or one for each where the delivery method reads one path only.
pub(super) fn split<'a>(
    draft: &mut Draft<'a>,
    base: &str,
    auths: Vec<(String, Opened<'a>)>,
) -> Vec<(Meta, Vec<(String, Opened<'a>)>)> {
    let first = auths.first().map(|(_, opened)| opened.credential.id);
    let several = auths.iter().any(|(_, opened)| Some(opened.credential.id) != first);
    if !(several && draft.way == SecretRoute::VaultStaticSecret) {
        return vec![(draft.meta(base), auths)];
    }
    draft.info(
        "A VaultStaticSecret reads one path, so each credential has a secret of its own. A pod may name several.",
    );
    let mut secrets: Vec<(Meta, Vec<(String, Opened<'a>)>)> = Vec::new();
    let mut last = None;
    for (server, opened) in auths {
        let credential = opened.credential;
        if last != Some(credential.id) {
            let name = format!("{base}-{}", credential.name);
            let name = draft.names.take(&name, &credential.id.to_string());
            secrets.push((draft.meta(&name), Vec::new()));
            last = Some(credential.id);
        }
        if let Some((_, auths)) = secrets.last_mut() {
            auths.push((server, opened));
        }
    }
    secrets
}

fn snippets(draft: &mut Draft<'_>, names: &[String]) {
    let references: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
    draft.snippet(
        "Pod: pull with these secrets",
        &json!({"spec": {"imagePullSecrets": references}}),
    );
    let namespace = draft.namespace();
    for account in draft.fields.settings.service_accounts.split(',').filter(|name| !name.is_empty())
    {
        draft.snippet(
            &format!("Service account {account}: all of its pods pull with these secrets"),
            &json!({
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": account, "namespace": namespace},
                "imagePullSecrets": references,
            }),
        );
    }
}
