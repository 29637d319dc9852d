//! The provider catalogue: what Hawser knows about each registry and Git host.

mod advice;
mod auth_method;
mod git;
mod guide;
mod kubernetes;
mod registries;

pub use advice::{Advice, Severity, advise, registry_place};
pub use auth_method::{AuthMethod, Need, ShapeFacts, ShapeField, Typed};
pub use guide::{Access, Guide, GuideStep, Link};

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// The kinds of credential (F1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum CredentialKind {
    /// Opens Helm HTTP and OCI chart repositories.
    Registry,
    /// Opens Git repositories.
    Git,
    /// Opens the API server of a Kubernetes cluster that exports are applied to.
    Cluster,
}

spelled!(CredentialKind);

impl CredentialKind {
    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Registry => "Registry",
            Self::Git => "Git",
            Self::Cluster => "Cluster",
        }
    }
}

/// What a credential may be looked up for (F2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// Git repositories.
    Git,
    /// Helm and OCI chart repositories.
    Helm,
    /// Container images.
    Image,
}

spelled!(Purpose);

/// Where a credential comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "each variant is the provider it names")]
pub enum Provider {
    Ghcr,
    GoogleArtifactRegistry,
    AmazonEcr,
    AmazonEcrPublic,
    AzureAcr,
    DockerHub,
    Harbor,
    Jfrog,
    GitlabRegistry,
    Quay,
    Chainguard,
    GenericRegistry,
    Github,
    Gitlab,
    Bitbucket,
    GenericGit,
    Kubernetes,
}

spelled!(Provider);

/// The facts of one provider, for the form's hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderFacts {
    /// For people.
    pub label: &'static str,
    /// Registry, Git or cluster.
    pub kind: CredentialKind,
    /// Host suffixes this provider is recognized by; an entry without a leading dot is the whole
    /// host. Of Amazon's hosts only those of registries count ([`registry_place`]).
    pub hosts: &'static [&'static str],
    /// The hosts at which it serves all its customers; empty where each has a host of their own.
    pub own_hosts: &'static [&'static str],
    /// What a repository URL looks like.
    pub url_example: &'static str,
    /// The user name the provider fixes, such as `_json_key`; empty when people choose it.
    pub fixed_username: &'static str,
    /// What to type as user name, without a full stop; an example stands at the end. Empty when
    /// there is nothing to say.
    pub username_hint: &'static str,
    /// What to paste as password.
    pub password_hint: &'static str,
    /// The ways to authenticate, the recommended one first.
    pub shapes: &'static [AuthMethod],
}

impl Provider {
    /// The purposes of its credentials; none for a cluster, whose kubeconfig says what it opens.
    #[must_use]
    pub const fn purposes(self) -> &'static [Purpose] {
        match self.facts().kind {
            CredentialKind::Registry => &[Purpose::Helm, Purpose::Image],
            CredentialKind::Git => &[Purpose::Git],
            CredentialKind::Cluster => &[],
        }
    }

    /// Its name where there is little room, such as in a column.
    #[must_use]
    pub const fn short_label(self) -> &'static str {
        match self {
            Self::Ghcr => "GHCR",
            Self::GoogleArtifactRegistry => "Google",
            Self::AmazonEcrPublic => "ECR Public",
            Self::AzureAcr => "Azure ACR",
            Self::Jfrog => "Artifactory",
            Self::GitlabRegistry => "GitLab",
            Self::GenericRegistry => "Registry",
            Self::GenericGit => "Git",
            _ => self.facts().label,
        }
    }

    /// Whether its API can be asked about a token for Git without cloning anything.
    #[must_use]
    pub const fn tells_of_tokens(self) -> bool {
        matches!(self, Self::Github | Self::Gitlab)
    }

    /// What `shape` is called at this provider.
    #[must_use]
    pub const fn shape_label(self, shape: AuthMethod) -> &'static str {
        match (self, shape) {
            (Self::AmazonEcr | Self::AmazonEcrPublic, AuthMethod::Password) => "Pasted token",
            _ => shape.facts().label,
        }
    }

    /// When to choose `shape` at this provider, in a sentence.
    #[must_use]
    pub const fn shape_summary(self, shape: AuthMethod) -> &'static str {
        match (self, shape) {
            (Self::AmazonEcr | Self::AmazonEcrPublic, AuthMethod::Password) => {
                "Temporary token: expires within 12 hours, and you replace it by hand."
            }
            _ => shape.facts().summary,
        }
    }

    /// Whether `host` (without port) is one of this provider's hosts.
    #[must_use]
    pub fn serves(self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        if self == Self::AmazonEcr {
            return registry_place(&host).is_some();
        }
        self.facts().hosts.iter().any(|known| match known.strip_prefix('.') {
            Some(_) => host.ends_with(known) && host.len() > known.len(),
            None => host == *known,
        })
    }

    /// Whether `origin` (`scheme://host:port`) is an address at which this provider serves all its
    /// customers, so that no login sent there reaches one of them. Hosts with a customer's name in
    /// them are none.
    #[must_use]
    pub fn owns(self, origin: &str) -> bool {
        let host = origin.strip_prefix("https://").and_then(|rest| rest.strip_suffix(":443"));
        host.is_some_and(|host| self.facts().own_hosts.contains(&host))
    }

    /// The registry provider that serves `host`, if the catalogue knows one.
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.serves(host))
    }

    /// What Hawser knows about it.
    #[must_use]
    pub const fn facts(self) -> &'static ProviderFacts {
        match self {
            Self::Ghcr => &registries::GHCR,
            Self::GoogleArtifactRegistry => &registries::GOOGLE_ARTIFACT_REGISTRY,
            Self::AmazonEcr => &registries::AMAZON_ECR,
            Self::AmazonEcrPublic => &registries::AMAZON_ECR_PUBLIC,
            Self::AzureAcr => &registries::AZURE_ACR,
            Self::DockerHub => &registries::DOCKER_HUB,
            Self::Harbor => &registries::HARBOR,
            Self::Jfrog => &registries::JFROG,
            Self::GitlabRegistry => &registries::GITLAB_REGISTRY,
            Self::Quay => &registries::QUAY,
            Self::Chainguard => &registries::CHAINGUARD,
            Self::GenericRegistry => &registries::GENERIC_REGISTRY,
            Self::Github => &git::GITHUB,
            Self::Gitlab => &git::GITLAB,
            Self::Bitbucket => &git::BITBUCKET,
            Self::GenericGit => &git::GENERIC_GIT,
            Self::Kubernetes => &kubernetes::KUBERNETES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for provider in Provider::ALL {
            let facts = provider.facts();
            assert_eq!(Provider::parse(provider.as_str()), Some(provider));
            assert_eq!(
                serde_json::to_string(&provider).unwrap(),
                format!("\"{}\"", provider.as_str())
            );
            assert!(!facts.label.is_empty() && !facts.url_example.is_empty());
            assert!(!facts.shapes.is_empty(), "{}", provider.as_str());
        }
    }

    #[test]
    fn hosts_are_matched_whole() {
        assert_eq!(Provider::of_host("ghcr.io"), Some(Provider::Ghcr));
        assert_eq!(Provider::of_host("GHCR.IO"), Some(Provider::Ghcr));
        assert_eq!(
            Provider::of_host("europe-docker.pkg.dev"),
            Some(Provider::GoogleArtifactRegistry)
        );
        assert_eq!(
            Provider::of_host("123456789012.dkr.ecr.eu-west-1.amazonaws.com"),
            Some(Provider::AmazonEcr)
        );
        for other in [
            "ghcr.io.evil.example",
            "evilghcr.io",
            "pkg.dev",
            "bucket.s3.amazonaws.com",
            "charts.example.com",
        ] {
            assert_eq!(Provider::of_host(other), None, "{other}");
        }
    }
}
