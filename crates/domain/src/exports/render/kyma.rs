//! Kyma: a registry secret that the lifecycle manager finds by its labels (F24, F25, F28).
//!
//! Source: kyma-project/lifecycle-manager `docs/contributor/03-config-private-registry.md`.

use serde_json::json;

use super::{
    auths::{Reader, auths},
    draft::Draft,
    pull_secret::{docker_config, secret_name},
    remark::Remark,
};
use crate::exports::module_check::{CREDENTIAL_LABEL, LAYER_LABEL};

pub(super) fn render(draft: &mut Draft<'_>) {
    let mut auths = auths(draft, Reader::Kyma).into_iter();
    // The lifecycle manager reads a secret with exactly one entry.
    let Some((server, opened)) = auths.next() else { return };
    for (other, opened) in auths {
        draft.left_out(Remark::of(opened.credential).say(format!(
            ": the lifecycle manager takes one registry from a secret, and {server} is in this one. Make another export for {other}."
        )));
    }
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
