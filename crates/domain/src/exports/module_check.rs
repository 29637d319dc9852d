//! Whether a Kyma `ModuleTemplate` names the registry secret in each of its layers (F26).

use serde::{Deserialize, Serialize};

/// The label by which the lifecycle manager finds a registry secret.
#[cfg(feature = "host")]
pub(super) const CREDENTIAL_LABEL: &str = "operator.kyma-project.io/oci-registry-cred";
/// The label of a layer that says which secret opens it.
#[cfg(feature = "host")]
pub(super) const LAYER_LABEL: &str = "oci-registry-cred";

/// The layers of a `ModuleTemplate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleCheck {
    /// The layers, in the order of `descriptor.component.resources`.
    pub layers: Vec<ModuleLayer>,
}

/// A layer of a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleLayer {
    /// Its name; its number, from 1, when it has none.
    pub name: String,
    /// What its label says.
    pub label: LayerLabel,
}

/// What the label of a layer says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerLabel {
    /// It names this export's secret.
    Carried,
    /// It names another value.
    Other(String),
    /// There is none: the lifecycle manager would pull the layer without a credential.
    Missing,
}

impl ModuleCheck {
    /// Whether every layer names the secret, and there is one at all.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        !self.layers.is_empty()
            && self.layers.iter().all(|layer| layer.label == LayerLabel::Carried)
    }
}
