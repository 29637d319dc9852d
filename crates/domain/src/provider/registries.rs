//! The registries of the catalogue. Sources: the product manual (F30 to F48) and each provider's own pages.

use super::{AuthMethod, CredentialKind, ProviderFacts};

pub(super) const GHCR: ProviderFacts = ProviderFacts {
    label: "GitHub Container Registry (GHCR)",
    kind: CredentialKind::Registry,
    hosts: &["ghcr.io"],
    own_hosts: &["ghcr.io"],
    url_example: "oci://ghcr.io/ORGANIZATION/charts",
    fixed_username: "",
    username_hint: "Your GitHub user name",
    password_hint: "A classic personal access token (ghp_…); GHCR refuses fine-grained ones (github_pat_…)",
    shapes: &[AuthMethod::Password, AuthMethod::GithubApp],
};

pub(super) const GOOGLE_ARTIFACT_REGISTRY: ProviderFacts = ProviderFacts {
    label: "Google Artifact Registry",
    kind: CredentialKind::Registry,
    hosts: &[".pkg.dev", "gcr.io", ".gcr.io"],
    own_hosts: &[],
    url_example: "oci://REGION-docker.pkg.dev/PROJECT/REPOSITORY",
    fixed_username: "",
    username_hint: "_json_key",
    password_hint: "The entire JSON key file of the service account",
    shapes: &[
        AuthMethod::GoogleKeyExchange,
        AuthMethod::GoogleKey,
        AuthMethod::GoogleWorkload,
        AuthMethod::GoogleKeyBase64,
    ],
};

pub(super) const AMAZON_ECR: ProviderFacts = ProviderFacts {
    label: "Amazon ECR",
    kind: CredentialKind::Registry,
    hosts: &[".amazonaws.com", ".amazonaws.com.cn"],
    own_hosts: &[],
    url_example: "oci://ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAMESPACE",
    fixed_username: "AWS",
    username_hint: "AWS",
    password_hint: "The token that aws ecr get-login-password prints; it expires after 12 hours",
    shapes: &[AuthMethod::EcrAccessKey, AuthMethod::EcrRole, AuthMethod::Password],
};

pub(super) const AMAZON_ECR_PUBLIC: ProviderFacts = ProviderFacts {
    label: "Amazon ECR Public",
    kind: CredentialKind::Registry,
    hosts: &["public.ecr.aws"],
    own_hosts: &["public.ecr.aws"],
    url_example: "oci://public.ecr.aws/ALIAS",
    fixed_username: "AWS",
    username_hint: "AWS",
    password_hint: "The token that aws ecr-public get-login-password prints; it expires after 12 hours",
    shapes: &[AuthMethod::EcrPublicAccessKey, AuthMethod::Password],
};

pub(super) const AZURE_ACR: ProviderFacts = ProviderFacts {
    label: "Azure Container Registry (ACR)",
    kind: CredentialKind::Registry,
    hosts: &[".azurecr.io", ".azurecr.cn", ".azurecr.us"],
    own_hosts: &[],
    url_example: "oci://REGISTRY.azurecr.io/helm",
    fixed_username: "",
    username_hint: "The appId of the service principal, or the name of a repository-scoped token",
    password_hint: "The password of the service principal or token",
    shapes: &[AuthMethod::AcrEntra, AuthMethod::AcrServicePrincipal, AuthMethod::AcrToken],
};

pub(super) const DOCKER_HUB: ProviderFacts = ProviderFacts {
    label: "Docker Hub",
    kind: CredentialKind::Registry,
    hosts: crate::registry_host::DOCKER_HUB,
    own_hosts: crate::registry_host::DOCKER_HUB,
    url_example: "oci://registry-1.docker.io/NAMESPACE",
    fixed_username: "",
    username_hint: "Your Docker Hub user name or organization",
    password_hint: "An access token (dckr_pat_…), not your password",
    shapes: &[AuthMethod::Password],
};

pub(super) const HARBOR: ProviderFacts = ProviderFacts {
    label: "Harbor",
    kind: CredentialKind::Registry,
    hosts: &[],
    own_hosts: &[],
    url_example: "oci://harbor.example.com/PROJECT",
    fixed_username: "",
    username_hint: "The full name as Harbor shows it, such as robot$PROJECT+NAME",
    password_hint: "The secret that Harbor shows once when the robot is made",
    shapes: &[AuthMethod::Password],
};

pub(super) const JFROG: ProviderFacts = ProviderFacts {
    label: "JFrog Artifactory",
    kind: CredentialKind::Registry,
    hosts: &[".jfrog.io"],
    own_hosts: &[],
    url_example: "https://COMPANY.jfrog.io/artifactory/REPOSITORY",
    fixed_username: "",
    username_hint: "Your Artifactory user name",
    password_hint: "An identity or access token; API keys no longer work",
    shapes: &[AuthMethod::Password],
};

pub(super) const GITLAB_REGISTRY: ProviderFacts = ProviderFacts {
    label: "GitLab registry",
    kind: CredentialKind::Registry,
    hosts: &["registry.gitlab.com"],
    own_hosts: &["registry.gitlab.com"],
    url_example: "oci://registry.gitlab.com/GROUP/PROJECT",
    fixed_username: "",
    username_hint: "gitlab+deploy-token-NUMBER, or your user name",
    password_hint: "The deploy token, or a personal access token with read_registry",
    shapes: &[AuthMethod::Password],
};

pub(super) const QUAY: ProviderFacts = ProviderFacts {
    label: "Quay",
    kind: CredentialKind::Registry,
    hosts: &["quay.io"],
    own_hosts: &["quay.io"],
    url_example: "oci://quay.io/ORGANIZATION",
    fixed_username: "",
    username_hint: "The full name as Quay shows it, such as ORGANIZATION+ROBOT",
    password_hint: "The robot account's token",
    shapes: &[AuthMethod::Password],
};

pub(super) const CHAINGUARD: ProviderFacts = ProviderFacts {
    label: "Chainguard",
    kind: CredentialKind::Registry,
    hosts: &["cgr.dev"],
    own_hosts: &["cgr.dev"],
    url_example: "oci://cgr.dev/ORGANIZATION/charts",
    fixed_username: "",
    username_hint: "The identity id that the pull token prints",
    password_hint: "The pull token (a long JWT)",
    shapes: &[AuthMethod::PullToken],
};

pub(super) const GENERIC_REGISTRY: ProviderFacts = ProviderFacts {
    label: "Other registry",
    kind: CredentialKind::Registry,
    hosts: &[],
    own_hosts: &[],
    url_example: "https://charts.example.com",
    fixed_username: "",
    username_hint: "",
    password_hint: "Password or access token",
    shapes: &[AuthMethod::Password, AuthMethod::ClientCertificate],
};
