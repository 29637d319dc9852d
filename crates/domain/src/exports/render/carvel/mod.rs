//! Carvel: a secret, its `SecretExport`, placeholders, and what refers to them (F53, F54, F72 to
//! F78).
//!
//! Source: carvel-dev/secretgen-controller `docs/secret-export.md`; kapp-controller "Package
//! consumption" and "Private registry authentication".

mod packages;

use serde_json::{Value, json};

use super::{
    ExportFacts, ExportFields, RenderedObject, Values,
    allowed::permitted,
    auths::{Reader, auths},
    draft::Draft,
    pull_secret::{DOCKER_CONFIG, docker_config, secret_name, split},
    servers::Server,
};
use crate::{
    ExportId,
    exports::{Consumer, carvel::ExportSource},
};

/// secretgen-controller fills secrets with this annotation; it is written empty.
const PLACEHOLDER: &str = "secretgen.carvel.dev/image-pull-secret";
/// `{}` in base64: a Docker configuration without entries.
const EMPTY: &str = "e30K";

pub(super) fn render(draft: &mut Draft<'_>) {
    let auths = auths(draft, Reader::Carvel);
    if auths.is_empty() {
        return;
    }
    let keys: Vec<String> = auths.iter().map(|(key, _)| key.clone()).collect();
    let base = secret_name(draft);
    let to: Vec<&str> = draft.fields.settings.to_namespaces.split(',').collect();
    let secrets = split(draft, &base, auths);
    let first = secrets.first().map_or_else(String::new, |(meta, _)| meta.name.clone());
    for (meta, auths) in secrets {
        let name = meta.name.clone();
        let mut objects = draft.secret(&docker_config(meta, auths));
        objects.push(RenderedObject::Open(json!({
            "apiVersion": "secretgen.carvel.dev/v1alpha1",
            "kind": "SecretExport",
            // Both have to have the same name and namespace.
            "metadata": draft.meta(&name).value(),
            "spec": {"toNamespaces": to},
        })));
        draft.file(&name, objects);
    }
    placeholders(draft, &base, &to);
    packages::render(draft, &first, &keys);
    warn(draft, &to);
}

/// The secrets that the export with this id makes for secretgen-controller, without their values;
/// none for another consumer.
#[must_use]
pub fn sources(id: ExportId, fields: &ExportFields, facts: &ExportFacts) -> Vec<ExportSource> {
    if fields.consumer != Consumer::Carvel {
        return Vec::new();
    }
    let permitted = permitted(fields, facts);
    let mut draft = Draft::new(fields, &permitted.facts, Values::Carried);
    let auths = auths(&mut draft, Reader::Carvel);
    if auths.is_empty() {
        return Vec::new();
    }
    let base = secret_name(&mut draft);
    split(&mut draft, &base, auths)
        .into_iter()
        .map(|(meta, auths)| ExportSource {
            export: id,
            namespace: meta.namespace,
            name: meta.name,
            weight: String::new(),
            to_namespaces: fields.settings.to_namespaces.split(',').map(str::to_owned).collect(),
            servers: auths.into_iter().map(|(server, _)| server).collect(),
        })
        .collect()
}

fn placeholder(name: &str, namespace: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "annotations": {PLACEHOLDER: ""}},
        "type": DOCKER_CONFIG,
        "data": {".dockerconfigjson": EMPTY},
    })
}

/// A placeholder in every namespace that is named; for all namespaces, one to copy.
fn placeholders(draft: &mut Draft<'_>, base: &str, to: &[&str]) {
    let name = draft.names.take(&format!("{base}-pull"), base);
    let named: Vec<&&str> = to.iter().filter(|namespace| **namespace != "*").collect();
    let objects: Vec<_> =
        named.iter().map(|namespace| RenderedObject::Open(placeholder(&name, namespace))).collect();
    if objects.is_empty() {
        draft.snippet(
            "Placeholder: secretgen-controller fills it in each namespace where it lies",
            &placeholder(&name, "NAMESPACE"),
        );
    } else {
        draft.info(
            "secretgen-controller writes into the placeholders. Tell what applies this folder to leave their data alone (Argo CD: ignoreDifferences of /data; Flux: the annotation kustomize.toolkit.fluxcd.io/ssa: IfNotPresent).",
        );
        draft.file(&name, objects);
    }
    draft.snippet(
        "Pod: pull with the placeholder",
        &json!({"spec": {"imagePullSecrets": [{"name": name}]}}),
    );
}

fn warn(draft: &mut Draft<'_>, to: &[&str]) {
    let who = if to == ["*"] { "every namespace" } else { "these namespaces" };
    draft.warning(format!(
        "Whoever reads secrets in {who} can read these credentials. Export only ones that may pull and nothing else, and as little of the registry as possible."
    ));
    draft.info(
        "A package that was copied into this registry needs the credential too, even when the original was public; so do its images, which the kubelet pulls.",
    );
}
