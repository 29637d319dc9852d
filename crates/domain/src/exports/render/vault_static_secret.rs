//! Vault Secrets Operator: a `VaultStaticSecret` per secret. It reads one path, so a secret has one
//! credential.
//!
//! Field names: hashicorp/vault-secrets-operator `api/v1beta1/vaultstaticsecret_types.go` and
//! `common.go`. The version is pinned, because a candidate that is only being tested may lie above
//! the one that counts.

use serde_json::{Map, Value, json};

use super::{
    CredentialFacts,
    draft::Draft,
    login::Maker,
    object::put,
    plan::{Part, SecretPlan},
    secret::pairs_value,
    template::template,
};

/// How often the operator looks again; it only has to mend what somebody changed by hand.
const REFRESH: &str = "1h";

pub(super) fn object(
    draft: &mut Draft<'_>,
    plan: &SecretPlan<'_>,
    credential: &CredentialFacts,
) -> Value {
    let named = |_: &CredentialFacts, part: Part, _: Option<&Maker>| {
        let key = match part {
            Part::Username => "username",
            Part::Password => "password",
        };
        format!("get .Secrets \"{key}\"")
    };
    let templates: Map<String, Value> = plan
        .pieces
        .iter()
        .map(|(key, piece)| ((*key).to_owned(), json!({"text": template(piece, &named)})))
        .collect();
    let meta = &plan.meta;
    let mut destination = json!({
        "name": meta.name,
        "create": true,
        "overwrite": false,
        "type": plan.kind,
        "transformation": {"excludeRaw": true, "excludes": [".*"], "templates": templates},
    });
    for (key, pairs) in [("labels", &meta.labels), ("annotations", &meta.annotations)] {
        if !pairs.is_empty() {
            put(&mut destination, key, pairs_value(pairs));
        }
    }
    draft.reads(credential);
    let vault = &draft.facts.vault;
    let mut spec = json!({
        "vaultAuthRef": draft.fields.settings.store,
        "mount": vault.mount,
        "type": "kv-v2",
        "path": credential.path,
        "version": credential.vault_version,
        "refreshAfter": REFRESH,
        "destination": destination,
    });
    if !vault.namespace.is_empty() {
        put(&mut spec, "namespace", Value::from(vault.namespace.as_str()));
    }
    json!({
        "apiVersion": "secrets.hashicorp.com/v1beta1",
        "kind": "VaultStaticSecret",
        "metadata": meta.without_labels().value(),
        "spec": spec,
    })
}
