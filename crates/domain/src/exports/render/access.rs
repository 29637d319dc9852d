//! What an operator in the cluster needs to read the secrets of an export: a policy, and how to reach
//! Vault.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{VaultFacts, object::put, yaml};
use crate::exports::{DeliveryMethod, ExportFields, ExportSnippet};

/// The snippets for the delivery method of an export that reads `paths`.
pub(super) fn access(
    fields: &ExportFields,
    vault: &VaultFacts,
    paths: &BTreeSet<String>,
) -> Vec<ExportSnippet> {
    let snippet = |title: &str, text: String| ExportSnippet { title: title.to_owned(), text };
    let mut snippets = vec![snippet(
        "Vault policy: read these credentials and no others",
        policy(&vault.mount, paths),
    )];
    match fields.carrier {
        DeliveryMethod::ExternalSecret => snippets.push(snippet(
            "Secret store, once for the cluster: fill in the address of Vault and how to log in",
            yaml(&store(fields, vault)),
        )),
        DeliveryMethod::VaultStaticSecret => snippets.push(snippet(
            "VaultAuth, once for the cluster: fill in how to log in",
            yaml(&auth(fields, vault)),
        )),
        DeliveryMethod::Sops | DeliveryMethod::None => {}
    }
    snippets
}

/// A policy in JSON, which Vault reads as well as HCL
/// (developer.hashicorp.com/vault/docs/concepts/policies).
fn policy(mount: &str, paths: &BTreeSet<String>) -> String {
    let rules: serde_json::Map<String, Value> = paths
        .iter()
        .map(|path| (format!("{mount}/data/{path}"), json!({"capabilities": ["read"]})))
        .collect();
    format!("{:#}\n", json!({"path": rules}))
}

/// external-secrets.io, on the provider of Vault. The keys of the export are relative to the mount, which
/// the store names.
fn store(fields: &ExportFields, vault: &VaultFacts) -> Value {
    let settings = &fields.settings;
    let mut provider = json!({
        "server": "https://VAULT",
        "path": vault.mount,
        "version": "v2",
        "auth": {"kubernetes": {"mountPath": "kubernetes", "role": "ROLE"}},
    });
    if !vault.namespace.is_empty() {
        put(&mut provider, "namespace", vault.namespace.as_str());
    }
    let mut metadata = json!({"name": settings.store});
    if settings.store_kind == "SecretStore" {
        put(&mut metadata, "namespace", settings.namespace.as_str());
    }
    json!({
        "apiVersion": "external-secrets.io/v1",
        "kind": settings.store_kind,
        "metadata": metadata,
        "spec": {"provider": {"vault": provider}},
    })
}

/// developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference, on `VaultAuth`.
fn auth(fields: &ExportFields, vault: &VaultFacts) -> Value {
    let settings = &fields.settings;
    let (namespace, name) =
        settings.store.split_once('/').unwrap_or((&settings.namespace, &settings.store));
    let mut spec = json!({
        "method": "kubernetes",
        "mount": "kubernetes",
        "kubernetes": {"role": "ROLE", "serviceAccount": "default"},
    });
    if !vault.namespace.is_empty() {
        put(&mut spec, "namespace", vault.namespace.as_str());
    }
    json!({
        "apiVersion": "secrets.hashicorp.com/v1beta1",
        "kind": "VaultAuth",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    })
}
