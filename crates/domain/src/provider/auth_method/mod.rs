//! Auth methods: the ways in which a credential of a provider can be made.

mod facts;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::Field;

/// How a credential authenticates. What lies in Vault and which fields a form has follow from it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum AuthMethod {
    /// A user name and a password or token, sent as they are.
    #[default]
    Password,
    /// A client certificate (mutual TLS).
    ClientCertificate,
    /// An AWS access key, exchanged for a registry token (F36).
    EcrAccessKey,
    /// An AWS role that this server assumes (F37).
    EcrRole,
    /// An AWS access key for the public gallery.
    EcrPublicAccessKey,
    /// A Google service-account key, sent as `_json_key` (F31).
    GoogleKey,
    /// The same key in base64, sent as `_json_key_base64` (F32).
    GoogleKeyBase64,
    /// The same key, exchanged for an access token of an hour (F33).
    GoogleKeyExchange,
    /// This server's own identity, federated to a Google service account (F34).
    GoogleWorkload,
    /// An Azure service principal, sent as it is (F38).
    AcrServicePrincipal,
    /// A repository-scoped token of an Azure registry (F39).
    AcrToken,
    /// An Azure service principal, exchanged at Entra ID and at the registry.
    AcrEntra,
    /// A GitHub App, exchanged for an installation token of an hour.
    GithubApp,
    /// A Chainguard pull token (F44).
    PullToken,
    /// A GitHub account that was connected by OAuth.
    GithubOauth,
    /// An installation of the GitHub App that the operator configured.
    GithubInstallation,
    /// A kubeconfig, which opens the API server of a cluster.
    Kubeconfig,
}

spelled!(AuthMethod);

/// How a field is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// One line that is never shown again.
    Secret,
    /// A file or several lines that are never shown again.
    SecretFile,
}

/// Whether a field may stay empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It may not.
    Required,
    /// It may.
    Optional,
}

/// One field of an auth method's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapeField {
    /// The field; its input carries [`Field::as_str`].
    pub field: Field,
    /// For people.
    pub label: &'static str,
    /// What to type; a whole sentence. Empty takes the hint of the provider.
    pub hint: &'static str,
    /// How it is typed.
    pub typed: Typed,
    /// Whether it may stay empty.
    pub need: Need,
}

/// The facts of one auth method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShapeFacts {
    /// For people.
    pub label: &'static str,
    /// When to choose it, in a sentence.
    pub summary: &'static str,
    /// The user name on the wire that this auth method fixes; empty when the form asks for one.
    pub fixed_username: &'static str,
    /// The fields of its form, in order, without name and description.
    pub fields: &'static [ShapeField],
}

impl AuthMethod {
    /// Whether what lies in Vault is exchanged for something short-lived before a registry sees it.
    #[must_use]
    pub const fn is_exchanged(self) -> bool {
        matches!(
            self,
            Self::EcrAccessKey
                | Self::EcrRole
                | Self::EcrPublicAccessKey
                | Self::GoogleKeyExchange
                | Self::GoogleWorkload
                | Self::AcrEntra
                | Self::GithubApp
                | Self::GithubInstallation
        )
    }

    /// Whether it has no secret of its own and uses the identity of this server, which the operator
    /// has to turn on.
    #[must_use]
    pub const fn is_ambient(self) -> bool {
        matches!(self, Self::EcrRole | Self::GoogleWorkload | Self::GithubInstallation)
    }

    /// Whether it is made by connecting an account, so that nobody types it.
    #[must_use]
    pub const fn is_connected(self) -> bool {
        matches!(self, Self::GithubOauth | Self::GithubInstallation)
    }

    /// What Hawser knows about it.
    #[must_use]
    pub const fn facts(self) -> &'static ShapeFacts {
        match self {
            Self::Password => &facts::PASSWORD,
            Self::ClientCertificate => &facts::CLIENT_CERTIFICATE,
            Self::EcrAccessKey => &facts::ECR_ACCESS_KEY,
            Self::EcrRole => &facts::ECR_ROLE,
            Self::EcrPublicAccessKey => &facts::ECR_PUBLIC_ACCESS_KEY,
            Self::GoogleKey => &facts::GOOGLE_KEY,
            Self::GoogleKeyBase64 => &facts::GOOGLE_KEY_BASE64,
            Self::GoogleKeyExchange => &facts::GOOGLE_KEY_EXCHANGE,
            Self::GoogleWorkload => &facts::GOOGLE_WORKLOAD,
            Self::AcrServicePrincipal => &facts::ACR_SERVICE_PRINCIPAL,
            Self::AcrToken => &facts::ACR_TOKEN,
            Self::AcrEntra => &facts::ACR_ENTRA,
            Self::GithubApp => &facts::GITHUB_APP,
            Self::PullToken => &facts::PULL_TOKEN,
            Self::GithubOauth => &facts::GITHUB_OAUTH,
            Self::GithubInstallation => &facts::GITHUB_INSTALLATION,
            Self::Kubeconfig => &facts::KUBECONFIG,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for shape in AuthMethod::ALL {
            let facts = shape.facts();
            assert_eq!(AuthMethod::parse(shape.as_str()), Some(shape));
            assert_eq!(serde_json::to_string(&shape).unwrap(), format!("\"{}\"", shape.as_str()));
            assert!(facts.summary.ends_with('.') && !facts.fields.is_empty());
            let secrets = facts.fields.iter().filter(|field| field.field == Field::Password);
            assert_eq!(secrets.count(), usize::from(!shape.is_ambient()), "{}", shape.as_str());
        }
    }
}
