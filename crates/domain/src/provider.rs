//! The provider catalogue: what Hawser knows about each registry and Git host.

use serde::{Deserialize, Serialize};

/// The two kinds of credential (F1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CredentialKind {
    /// Opens Helm HTTP and OCI chart repositories.
    Registry,
    /// Opens Git repositories.
    Git,
}

impl CredentialKind {
    /// As the database and the API spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Git => "git",
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Registry => "Registry",
            Self::Git => "Git",
        }
    }
}

/// What a credential may be looked up for (F2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Git repositories.
    Git,
    /// Helm and OCI chart repositories.
    Helm,
    /// Container images.
    Image,
}

/// Where a credential comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
}

/// The facts of one provider, for the form's hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderFacts {
    /// As the database, the form and the API spell it.
    pub code: &'static str,
    /// For people.
    pub label: &'static str,
    /// Registry or Git.
    pub kind: CredentialKind,
    /// Host suffixes this provider is recognized by; an entry without a leading dot is the whole host.
    pub hosts: &'static [&'static str],
    /// What a repository URL looks like.
    pub url_example: &'static str,
    /// The user name the provider fixes, such as `_json_key`; empty when people choose it.
    pub fixed_username: &'static str,
    /// What to type as user name.
    pub username_hint: &'static str,
    /// What to paste as password.
    pub password_hint: &'static str,
    /// How to create it there, step by step, read-only by default.
    pub steps: &'static [&'static str],
}

impl Provider {
    /// The whole catalogue, in the order of the list.
    pub const ALL: [Self; 16] = [
        Self::Ghcr,
        Self::GoogleArtifactRegistry,
        Self::AmazonEcr,
        Self::AmazonEcrPublic,
        Self::AzureAcr,
        Self::DockerHub,
        Self::Harbor,
        Self::Jfrog,
        Self::GitlabRegistry,
        Self::Quay,
        Self::Chainguard,
        Self::GenericRegistry,
        Self::Github,
        Self::Gitlab,
        Self::Bitbucket,
        Self::GenericGit,
    ];

    /// Reads the code of [`ProviderFacts::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.facts().code == code)
    }

    /// The purposes of its credentials.
    #[must_use]
    pub const fn purposes(self) -> &'static [Purpose] {
        match self.facts().kind {
            CredentialKind::Registry => &[Purpose::Helm, Purpose::Image],
            CredentialKind::Git => &[Purpose::Git],
        }
    }

    /// Whether `host` (without port) is one of this provider's hosts.
    #[must_use]
    pub fn serves(self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.facts().hosts.iter().any(|known| match known.strip_prefix('.') {
            Some(_) => host.ends_with(known) && host.len() > known.len(),
            None => host == *known,
        })
    }

    /// The registry provider that serves `host`, if the catalogue knows one.
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.serves(host))
    }

    /// What Hawser knows about it.
    #[must_use]
    pub const fn facts(self) -> &'static ProviderFacts {
        use CredentialKind::{Git, Registry};
        macro_rules! facts {
            ($code:literal, $label:literal, $kind:expr, [$($host:literal),*], $url:literal,
             $fixed:literal, $user:literal, $password:literal, [$($step:literal),+ $(,)?]) => {
                &ProviderFacts {
                    code: $code, label: $label, kind: $kind, hosts: &[$($host),*], url_example: $url,
                    fixed_username: $fixed, username_hint: $user, password_hint: $password,
                    steps: &[$($step),+],
                }
            };
        }
        match self {
            Self::Ghcr => facts!(
                "ghcr",
                "GitHub Container Registry (GHCR)",
                Registry,
                ["ghcr.io"],
                "oci://ghcr.io/ORGANIZATION/charts",
                "",
                "Your GitHub user name",
                "A classic personal access token (ghp_…); GHCR refuses fine-grained ones (github_pat_…)",
                [
                    "Open GitHub → Settings → Developer settings → Personal access tokens → Tokens (classic).",
                    "Generate a new token with the scope read:packages. Add write:packages only if you push.",
                    "If the organization uses SSO, choose Configure SSO and authorize the token.",
                ]
            ),
            Self::GoogleArtifactRegistry => facts!(
                "google_artifact_registry",
                "Google Artifact Registry",
                Registry,
                [".pkg.dev", "gcr.io", ".gcr.io"],
                "oci://REGION-docker.pkg.dev/PROJECT/REPOSITORY",
                "_json_key",
                "_json_key",
                "The entire JSON key file of the service account",
                [
                    "Open Google Cloud Console → IAM & Admin → Service Accounts and create a service account.",
                    "Grant it the role Artifact Registry Reader.",
                    "Open Keys → Add key → Create new key → JSON, and paste the whole file as the password.",
                ]
            ),
            Self::AmazonEcr => facts!(
                "amazon_ecr",
                "Amazon ECR",
                Registry,
                [".amazonaws.com", ".amazonaws.com.cn"],
                "oci://ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAMESPACE",
                "AWS",
                "AWS",
                "The token that aws ecr get-login-password prints; it expires after 12 hours",
                [
                    "Run: aws ecr get-login-password --region REGION",
                    "Paste the printed token as the password. It expires after 12 hours.",
                    "The identity needs AmazonEC2ContainerRegistryReadOnly and nothing more.",
                ]
            ),
            Self::AmazonEcrPublic => facts!(
                "amazon_ecr_public",
                "Amazon ECR Public",
                Registry,
                ["public.ecr.aws"],
                "oci://public.ecr.aws/ALIAS",
                "AWS",
                "AWS",
                "The token that aws ecr-public get-login-password prints; it expires after 12 hours",
                [
                    "Run: aws ecr-public get-login-password --region us-east-1",
                    "Paste the printed token as the password. Public charts can also be read without a credential.",
                ]
            ),
            Self::AzureAcr => facts!(
                "azure_acr",
                "Azure Container Registry (ACR)",
                Registry,
                [".azurecr.io", ".azurecr.cn", ".azurecr.us", ".azurecr.de"],
                "oci://REGISTRY.azurecr.io/helm",
                "",
                "The appId of the service principal, or the name of a repository-scoped token",
                "The password of the service principal or token",
                [
                    "Run: az ad sp create-for-rbac --name hawser --role AcrPull --scopes REGISTRY_ID",
                    "Username is the appId of the output, password is its password.",
                    "A repository-scoped token (Repository permissions → Tokens) works too; it cannot list the catalog.",
                ]
            ),
            Self::DockerHub => facts!(
                "docker_hub",
                "Docker Hub",
                Registry,
                ["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"],
                "oci://registry-1.docker.io/NAMESPACE",
                "",
                "Your Docker Hub user name or organization",
                "An access token (dckr_pat_…), not your password",
                [
                    "Open Docker Hub → Account Settings → Security → New Access Token.",
                    "Choose the permission Read, and paste the token as the password (not your password).",
                ]
            ),
            Self::Harbor => facts!(
                "harbor",
                "Harbor",
                Registry,
                [],
                "oci://harbor.example.com/PROJECT",
                "",
                "robot$PROJECT+NAME",
                "The secret that Harbor shows once when the robot is made",
                [
                    "Open the project in Harbor → Robot Accounts → New Robot Account.",
                    "Grant Pull (and List) on repositories and artifacts, nothing else.",
                    "Username is the full name, such as robot$project+name; password is the shown secret.",
                ]
            ),
            Self::Jfrog => facts!(
                "jfrog",
                "JFrog Artifactory",
                Registry,
                [".jfrog.io"],
                "https://COMPANY.jfrog.io/artifactory/REPOSITORY",
                "",
                "Your Artifactory user name",
                "An identity or access token; API keys no longer work",
                [
                    "Open your profile in Artifactory → Edit Profile → Generate an Identity Token.",
                    "API keys have reached their end of life: use an identity, reference or access token.",
                ]
            ),
            Self::GitlabRegistry => facts!(
                "gitlab_registry",
                "GitLab registry",
                Registry,
                ["registry.gitlab.com"],
                "oci://registry.gitlab.com/GROUP/PROJECT",
                "",
                "gitlab+deploy-token-NUMBER, or your user name",
                "The deploy token, or a personal access token with read_registry",
                [
                    "Open the project or group → Settings → Repository → Deploy tokens.",
                    "Create a token with the scope read_registry (and read_package_registry for Helm HTTP).",
                ]
            ),
            Self::Quay => facts!(
                "quay",
                "Quay",
                Registry,
                ["quay.io"],
                "oci://quay.io/ORGANIZATION",
                "",
                "ORGANIZATION+ROBOT",
                "The robot account's token",
                [
                    "Open the organization in Quay → Robot Accounts → Create Robot Account.",
                    "Give it Read on the repositories; username is organization+robot.",
                ]
            ),
            Self::Chainguard => facts!(
                "chainguard",
                "Chainguard",
                Registry,
                ["cgr.dev"],
                "oci://cgr.dev/ORGANIZATION/charts",
                "",
                "The identity id that the pull token prints",
                "The pull token (a long JWT)",
                [
                    "Run: chainctl auth pull-token create --ttl=720h",
                    "It prints a docker login command; take username and password from there.",
                ]
            ),
            Self::GenericRegistry => facts!(
                "generic_registry",
                "Another registry",
                Registry,
                [],
                "https://charts.example.com",
                "",
                "User name",
                "Password or access token",
                [
                    "Create an account or token with read access at the registry.",
                    "Prefer a token that can be revoked on its own to a person's password.",
                ]
            ),
            Self::Github => facts!(
                "github",
                "GitHub",
                Git,
                ["github.com"],
                "https://github.com/OWNER/REPOSITORY",
                "",
                "Your GitHub user name, or x-access-token",
                "A personal access token with read access to contents",
                [
                    "Open GitHub → Settings → Developer settings → Personal access tokens → Fine-grained tokens.",
                    "Choose the repositories and grant Contents: Read-only (Read and write only to commit).",
                ]
            ),
            Self::Gitlab => facts!(
                "gitlab",
                "GitLab",
                Git,
                ["gitlab.com"],
                "https://gitlab.com/GROUP/PROJECT",
                "",
                "oauth2, or the name of the token",
                "A project access token with read_repository",
                [
                    "Open the project → Settings → Access tokens.",
                    "Create a token with the scope read_repository (write_repository only to commit).",
                ]
            ),
            Self::Bitbucket => facts!(
                "bitbucket",
                "Bitbucket",
                Git,
                ["bitbucket.org"],
                "https://bitbucket.org/WORKSPACE/REPOSITORY",
                "",
                "x-token-auth, or your Bitbucket user name",
                "A repository access token",
                [
                    "Open the repository → Repository settings → Access tokens.",
                    "Create a token with Repositories: Read.",
                ]
            ),
            Self::GenericGit => facts!(
                "generic_git",
                "Another Git server",
                Git,
                [],
                "https://git.example.com/repository.git",
                "",
                "User name",
                "Password or access token",
                ["Create an account or token with read access to the repository over HTTPS.",]
            ),
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
            assert_eq!(Provider::parse(facts.code), Some(provider));
            assert_eq!(serde_json::to_string(&provider).unwrap(), format!("\"{}\"", facts.code));
            assert!(
                !facts.label.is_empty() && !facts.steps.is_empty() && !facts.url_example.is_empty()
            );
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
            Provider::of_host("1.dkr.ecr.eu-west-1.amazonaws.com"),
            Some(Provider::AmazonEcr)
        );
        for other in ["ghcr.io.evil.example", "evilghcr.io", "pkg.dev", "charts.example.com"] {
            assert_eq!(Provider::of_host(other), None, "{other}");
        }
    }
}
