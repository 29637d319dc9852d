//! The mark of a provider: a drawing of ours for each, in one colour; none is a trademark.

use domain::Provider;

/// The symbol in the sprite.
pub(crate) const fn glyph(provider: Provider) -> &'static str {
    match provider {
        Provider::Ghcr => "p-ghcr",
        Provider::GoogleArtifactRegistry => "p-google",
        Provider::AmazonEcr => "p-ecr",
        Provider::AmazonEcrPublic => "p-ecr-public",
        Provider::AzureAcr => "p-acr",
        Provider::DockerHub => "p-docker",
        Provider::Harbor => "p-harbor",
        Provider::Jfrog => "p-jfrog",
        Provider::GitlabRegistry | Provider::Gitlab => "p-gitlab",
        Provider::Quay => "p-quay",
        Provider::Chainguard => "p-chainguard",
        Provider::GenericRegistry => "container",
        Provider::Github => "p-github",
        Provider::Bitbucket => "p-bitbucket",
        Provider::GenericGit => "git-branch",
        Provider::Kubernetes => "p-kubernetes",
    }
}
