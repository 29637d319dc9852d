//! Who reads an export, and how the secret values get there.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::facts;
use crate::{CredentialKind, Field};

/// The system that reads an export.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Consumer {
    /// The kubelet: a `kubernetes.io/dockerconfigjson` secret (F69–F71).
    #[default]
    PullSecret,
    /// Argo CD: repository secrets and credential templates.
    ArgoCd,
    /// Flux: `HelmRepository` with its secrets.
    Flux,
    /// Kargo: credentials of its projects (F17–F22).
    Kargo,
    /// Kyma: registry secrets of the lifecycle manager (F24–F28).
    Kyma,
    /// Carvel: kapp-controller and secretgen-controller (F53, F54, F72–F78).
    Carvel,
    /// Helm's own `repositories.yaml`; it carries no secret.
    Helm,
}

spelled!(Consumer);

/// What an export of a consumer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selects {
    /// Credentials that a person chooses.
    Credentials,
    /// Repositories that a person chooses, with the credentials they are linked to.
    Repositories,
}

/// A setting of an export that its consumer or delivery method asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The field; its input carries [`Field::as_str`].
    pub field: Field,
    /// For people.
    pub label: &'static str,
    /// What to type; a whole sentence.
    pub hint: &'static str,
    /// What an empty field stands for; empty when something has to be typed or nothing is meant.
    pub usual: &'static str,
}

/// What Hawser knows about a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsumerFacts {
    /// For people.
    pub label: &'static str,
    /// What it gets, in a sentence.
    pub summary: &'static str,
    /// What its exports are about.
    pub selects: Selects,
    /// The credentials that it can use.
    pub kinds: &'static [CredentialKind],
    /// What it asks for besides.
    pub settings: &'static [Setting],
    /// Where its secrets have to lie, and who reads them; whole sentences.
    pub help: &'static [&'static str],
    /// Who decrypts the files that SOPS encrypted, and what that takes.
    pub sops: SopsReader,
    /// Whether it carries no secret at all, so that no delivery method is chosen.
    pub carriers: &'static [DeliveryMethod],
}

/// Who decrypts the files of an export that SOPS encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SopsReader {
    /// The consumer itself; what to set up for it, in whole sentences.
    Itself(&'static str),
    /// Something else; what that may be, in whole sentences.
    Another(&'static str),
}

impl SopsReader {
    /// What has to be set up, in whole sentences.
    #[must_use]
    pub const fn needs(self) -> &'static str {
        match self {
            Self::Itself(needs) | Self::Another(needs) => needs,
        }
    }
}

/// How the values of secrets get to the cluster. None of them puts a value into Git in the clear.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryMethod {
    /// An `ExternalSecret` that points at the Vault path (External Secrets Operator).
    #[default]
    ExternalSecret,
    /// A `VaultStaticSecret` that points at the Vault path (Vault Secrets Operator).
    VaultStaticSecret,
    /// A `Secret` that is encrypted to age recipients; the cluster decrypts it (SOPS).
    Sops,
    /// None: the consumer gets no secret.
    None,
}

spelled!(DeliveryMethod);

/// What Hawser knows about a delivery method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CarrierFacts {
    /// For people.
    pub label: &'static str,
    /// When to choose it, in a sentence.
    pub summary: &'static str,
    /// What it asks for besides.
    pub settings: &'static [Setting],
}

impl Consumer {
    /// Whether its manifests hold the patterns of credentials, by which it chooses among them itself.
    #[must_use]
    pub const fn names_patterns(self) -> bool {
        matches!(self, Self::Kargo)
    }

    /// What Hawser knows about it.
    #[must_use]
    pub const fn facts(self) -> &'static ConsumerFacts {
        match self {
            Self::PullSecret => &facts::PULL_SECRET,
            Self::ArgoCd => &facts::ARGO_CD,
            Self::Flux => &facts::FLUX,
            Self::Kargo => &facts::KARGO,
            Self::Kyma => &facts::KYMA,
            Self::Carvel => &facts::CARVEL,
            Self::Helm => &facts::HELM,
        }
    }
}

impl DeliveryMethod {
    /// What Hawser knows about it.
    #[must_use]
    pub const fn facts(self) -> &'static CarrierFacts {
        match self {
            Self::ExternalSecret => &facts::BY_EXTERNAL_SECRET,
            Self::VaultStaticSecret => &facts::BY_VAULT_STATIC_SECRET,
            Self::Sops => &facts::BY_SOPS,
            Self::None => &facts::BY_NONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for consumer in Consumer::ALL {
            let facts = consumer.facts();
            assert_eq!(Consumer::parse(consumer.as_str()), Some(consumer));
            assert!(facts.summary.ends_with('.') && !facts.carriers.is_empty());
            assert!(facts.help.iter().all(|sentence| sentence.ends_with('.')));
            let seals = facts.carriers.contains(&DeliveryMethod::Sops);
            assert_eq!(seals, facts.sops.needs().ends_with('.'), "{}", consumer.as_str());
            assert_eq!(seals, !facts.help.is_empty(), "F28 for {}", consumer.as_str());
        }
        for carrier in DeliveryMethod::ALL {
            assert_eq!(DeliveryMethod::parse(carrier.as_str()), Some(carrier));
        }
    }
}
