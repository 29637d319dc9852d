//! Kyma: a registry secret that the lifecycle manager finds by its labels (F24, F25, F28).
//!
//! Source: kyma-project/lifecycle-manager `docs/contributor/03-config-private-registry.md`.

use serde_json::json;

use super::{
    auths::{Reader, auths},
    draft::Draft,
    plan::Opened,
    pull_secret::{docker_config, secret_name},
    remark::Remark,
    servers::Server,
};
use crate::{
    CredentialId,
    exports::{
        ExportForm, ExportSettings, Remedy,
        module_check::{CREDENTIAL_LABEL, LAYER_LABEL},
    },
};

pub(super) fn render(draft: &mut Draft<'_>) {
    let Some((server, opened)) = chosen(draft) else { return };
    let name = secret_name(draft);
    let label = draft.fields.settings.label.clone();
    let mut meta = draft.meta(&name);
    meta.labels.push(("operator.kyma-project.io/managed-by", "lifecycle-manager".to_owned()));
    meta.labels.push((CREDENTIAL_LABEL, label.clone()));
    let plan = docker_config(meta, vec![(server, opened)]);
    let objects = draft.secret(&plan);
    draft.file(&name, objects);
    draft.info(
        "The secret has to be in the cluster of the ModuleTemplate: the control plane, or the runtime when the template lies there.",
    );
    draft.snippet(
        "ModuleTemplate: each layer of descriptor.component.resources carries this",
        &json!({"labels": [{"name": LAYER_LABEL, "value": {CREDENTIAL_LABEL: label}}]}),
    );
}

/// The one registry of the secret, for the lifecycle manager reads a secret with exactly one entry: the
/// one that was asked for, or the first.
fn chosen<'a>(draft: &mut Draft<'a>) -> Option<(String, Opened<'a>)> {
    let mut auths = auths(draft, Reader::Kyma);
    let registry = draft.fields.settings.registry.as_str();
    let key = Server::of(registry).key();
    let asked = |(server, _): &(String, Opened<'_>)| registry.is_empty() || *server == key;
    let Some(place) = auths.iter().position(asked) else {
        if !auths.is_empty() {
            draft.left_out(format!("None of these credentials is for {registry}."));
        }
        return None;
    };
    let (server, opened) = auths.remove(place);
    // The other registries of its credential were left to other exports on purpose.
    auths.retain(|(_, other)| registry.is_empty() || other.credential.id != opened.credential.id);
    for (other, opened) in auths {
        let host = Server::of_key(&other).host;
        let told = format!(
            ": the lifecycle manager takes one registry from a secret, and {server} is in this one."
        );
        let remedy = Remedy {
            label: format!("Make another export for {host}"),
            form: another(draft, opened.credential.id, &host),
        };
        draft.left_out(Remark::of(opened.credential).say(told).mended_by(remedy));
    }
    Some((server, opened))
}

/// The form of an export that is like this one, for another registry of a credential. Its secret gets a
/// name of its own.
fn another(draft: &Draft<'_>, credential: CredentialId, host: &str) -> ExportForm {
    let fields = draft.fields;
    ExportForm {
        name: format!("{} {host}", fields.name.as_str()),
        consumer: fields.consumer.as_str().to_owned(),
        carrier: fields.carrier.as_str().to_owned(),
        credentials: vec![credential.to_string()],
        settings: ExportSettings {
            registry: host.to_owned(),
            secret_name: String::new(),
            ..fields.settings.clone()
        },
        ..ExportForm::default()
    }
}
