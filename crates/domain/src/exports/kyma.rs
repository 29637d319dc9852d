//! Kyma: the check of a `ModuleTemplate` that a person pastes (F26).

use serde::Deserialize;
use std::collections::BTreeMap;

use super::module_check::{CREDENTIAL_LABEL, LAYER_LABEL, LayerLabel, ModuleCheck, ModuleLayer};
use crate::{Field, FieldProblem};

/// The most bytes of a `ModuleTemplate`.
const MAX_BYTES: usize = 1024 * 1024;
/// The most characters that are kept of a name or value.
const CHARS: usize = 253;
/// The most layers that are looked at.
const LAYERS: usize = 1_000;

/// Looks in every layer of `descriptor.component.resources` for the label `oci-registry-cred` with
/// the value `label`.
///
/// # Errors
/// When the text is too long, is no YAML, or holds no `ModuleTemplate` with a descriptor; the
/// problem belongs to [`Field::Template`] and does not repeat the text.
pub fn check_module_template(text: &str, label: &str) -> Result<ModuleCheck, FieldProblem> {
    let problem = |message: &str| Field::Template.problem(message);
    if text.len() > MAX_BYTES {
        return Err(problem("Too long: a ModuleTemplate may have 1 MiB."));
    }
    // The parser bounds depth, aliases and merges by itself.
    let documents: Vec<Document> = serde_saphyr::from_multiple(text)
        .map_err(|_| problem("This is not YAML. Paste the whole ModuleTemplate."))?;
    let descriptor = documents
        .into_iter()
        .filter(|document| document.kind == "ModuleTemplate")
        .find_map(|document| document.spec?.descriptor)
        .ok_or_else(|| {
            problem("There is no ModuleTemplate with a spec.descriptor in this text.")
        })?;
    let layers = descriptor.component.resources.into_iter().take(LAYERS).enumerate();
    Ok(ModuleCheck { layers: layers.map(|(place, layer)| layer.checked(place, label)).collect() })
}

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    kind: String,
    spec: Option<Spec>,
}

#[derive(Deserialize)]
struct Spec {
    descriptor: Option<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    component: Component,
}

#[derive(Deserialize)]
struct Component {
    #[serde(default)]
    resources: Vec<Layer>,
}

#[derive(Deserialize)]
struct Layer {
    #[serde(default)]
    name: String,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: Option<Value>,
}

/// Other labels hold other things than selectors.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Selector(BTreeMap<String, String>),
    Other(serde::de::IgnoredAny),
}

impl Layer {
    fn checked(self, place: usize, label: &str) -> ModuleLayer {
        let found =
            self.labels.into_iter().filter(|found| found.name == LAYER_LABEL).find_map(|found| {
                match found.value {
                    Some(Value::Selector(mut selector)) => selector.remove(CREDENTIAL_LABEL),
                    Some(Value::Other(_)) | None => None,
                }
            });
        let label = match found {
            Some(value) if value == label => LayerLabel::Carried,
            Some(value) => LayerLabel::Other(value.chars().take(CHARS).collect()),
            None => LayerLabel::Missing,
        };
        let name = match self.name.as_str() {
            "" => format!("{}", place + 1),
            name => name.chars().take(CHARS).collect(),
        };
        ModuleLayer { name, label }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "apiVersion: operator.kyma-project.io/v1beta2\nkind: ModuleTemplate\nspec:\n  descriptor:\n    component:\n      resources:\n      - name: raw-manifest\n        access: {type: localOciBlob}\n        labels:\n        - name: other\n          value: 1\n        - name: oci-registry-cred\n          value:\n            operator.kyma-project.io/oci-registry-cred: test-operator\n      - name: config\n        labels:\n        - name: oci-registry-cred\n          value: {operator.kyma-project.io/oci-registry-cred: else}\n      - access: {type: localOciBlob}\n";

    #[test]
    fn each_layer_is_looked_at() {
        let check = check_module_template(TEMPLATE, "test-operator").unwrap();
        let labels: Vec<_> =
            check.layers.iter().map(|layer| (layer.name.as_str(), &layer.label)).collect();
        assert_eq!(
            labels,
            [
                ("raw-manifest", &LayerLabel::Carried),
                ("config", &LayerLabel::Other("else".into())),
                ("3", &LayerLabel::Missing),
            ]
        );
        assert!(!check.is_fine());
        let fine = TEMPLATE.split("      - name: config").next().unwrap();
        assert!(check_module_template(fine, "test-operator").unwrap().is_fine());
    }

    #[test]
    fn other_texts_are_refused_and_not_repeated() {
        let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (this, last) in ('b'..='z').zip('a'..) {
            let nine = vec![format!("*{last}"); 9].join(",");
            bomb = format!("{bomb}{this}: &{this} [{nine}]\n");
        }
        let deep = "[".repeat(100_000);
        for bad in [
            "",
            "canary",
            "kind: ConfigMap",
            "kind: ModuleTemplate",
            "a: [",
            &bomb,
            &deep,
            &"x".repeat(MAX_BYTES + 1),
        ] {
            let problem = check_module_template(bad, "x").unwrap_err();
            assert_eq!(problem.field, Field::Template);
            assert!(!problem.message.contains("canary"));
        }
    }
}
