//! Kinds of tokens and keys, by the prefix that their makers give them.

use super::super::Provider;
use crate::{UnverifiedClaims, packed};

/// What a secret is, as far as its first characters tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    GithubClassic,
    GithubFineGrained,
    GithubOauth,
    GithubInstallation,
    GithubUser,
    GithubRefresh,
    DockerPersonal,
    DockerOrganization,
    GitlabPersonal,
    GitlabDeploy,
    GitlabJob,
    GitlabRunner,
    BitbucketAccess,
    BitbucketAppPassword,
    JfrogApiKey,
    JfrogReference,
    AwsKeyId,
    AwsTemporaryKeyId,
    EcrToken,
    Jwt,
    JsonKey,
    Certificate,
    PrivateKey,
    EncryptedKey,
    SshKey,
}

/// Prefixes in public use. Sources: each provider's own documentation of token formats.
const PREFIXES: [(&str, Kind); 19] = [
    ("ghp_", Kind::GithubClassic),
    ("github_pat_", Kind::GithubFineGrained),
    ("gho_", Kind::GithubOauth),
    ("ghs_", Kind::GithubInstallation),
    ("ghu_", Kind::GithubUser),
    ("ghr_", Kind::GithubRefresh),
    ("dckr_pat_", Kind::DockerPersonal),
    ("dckr_oat_", Kind::DockerOrganization),
    ("glpat-", Kind::GitlabPersonal),
    ("gldt-", Kind::GitlabDeploy),
    ("glcbt-", Kind::GitlabJob),
    ("glrt-", Kind::GitlabRunner),
    ("ATCTT3", Kind::BitbucketAccess),
    ("ATBB", Kind::BitbucketAppPassword),
    ("AKCp", Kind::JfrogApiKey),
    // The beginning of `reftkn` in base64.
    ("cmVmdGtu", Kind::JfrogReference),
    // The beginning of `{"payload":"` in base64.
    ("eyJwYXlsb2FkIjoi", Kind::EcrToken),
    ("-----BEGIN OPENSSH PRIVATE KEY", Kind::SshKey),
    ("ssh-", Kind::SshKey),
];

impl Kind {
    /// The kind of a trimmed secret, if its form tells.
    pub fn of(token: &str) -> Option<Self> {
        if let Some((_, kind)) = PREFIXES.iter().find(|(prefix, _)| token.starts_with(prefix)) {
            return Some(*kind);
        }
        if let Some(kind) = aws_key_id(token) {
            return Some(kind);
        }
        if token.starts_with("-----BEGIN ") {
            return Some(of_pem(token));
        }
        if UnverifiedClaims::of_text(token).is_some() {
            return Some(Self::Jwt);
        }
        packed::key_file(token).map(|_| Self::JsonKey)
    }

    /// For people; a whole sentence.
    pub const fn label(self) -> &'static str {
        match self {
            Self::GithubClassic => "A classic token of GitHub (ghp_…).",
            Self::GithubFineGrained => "A fine-grained token of GitHub (github_pat_…).",
            Self::GithubOauth => "A token of a GitHub OAuth app (gho_…).",
            Self::GithubInstallation => "An installation token of a GitHub App (ghs_…).",
            Self::GithubUser => "A user token of a GitHub App (ghu_…).",
            Self::GithubRefresh => "A refresh token of a GitHub App (ghr_…).",
            Self::DockerPersonal => "A personal access token of Docker Hub (dckr_pat_…).",
            Self::DockerOrganization => {
                "An organization's access token of Docker Hub (dckr_oat_…)."
            }
            Self::GitlabPersonal => {
                "An access token of GitLab (glpat-…), of a person, project or group."
            }
            Self::GitlabDeploy => "A deploy token of GitLab (gldt-…).",
            Self::GitlabJob => "A job token of GitLab (glcbt-…).",
            Self::GitlabRunner => "A runner token of GitLab (glrt-…).",
            Self::BitbucketAccess => "An access token of Bitbucket (ATCTT3…).",
            Self::BitbucketAppPassword => "An app password of Bitbucket (ATBB…).",
            Self::JfrogApiKey => "An API key of JFrog (AKCp…).",
            Self::JfrogReference => "A reference token of JFrog.",
            Self::AwsKeyId => "The id of an AWS access key (AKIA…).",
            Self::AwsTemporaryKeyId => "The id of a temporary AWS access key (ASIA…).",
            Self::EcrToken => "A login token of Amazon ECR.",
            Self::Jwt => "A signed token (JWT).",
            Self::JsonKey => "A JSON file.",
            Self::Certificate => "A certificate in PEM.",
            Self::PrivateKey => "A private key in PEM.",
            Self::EncryptedKey => "A private key in PEM, with a passphrase.",
            Self::SshKey => "An SSH key.",
        }
    }

    /// Whether `provider` may take it; servers that could be anything take anything.
    pub const fn belongs_to(self, provider: Provider) -> bool {
        use Provider as P;
        if matches!(provider, P::GenericRegistry | P::GenericGit) {
            return true;
        }
        match self {
            Self::GithubClassic
            | Self::GithubFineGrained
            | Self::GithubOauth
            | Self::GithubInstallation
            | Self::GithubUser
            | Self::GithubRefresh => matches!(provider, P::Ghcr | P::Github),
            Self::DockerPersonal | Self::DockerOrganization => matches!(provider, P::DockerHub),
            Self::GitlabPersonal | Self::GitlabDeploy | Self::GitlabJob | Self::GitlabRunner => {
                matches!(provider, P::Gitlab | P::GitlabRegistry)
            }
            Self::BitbucketAccess | Self::BitbucketAppPassword => matches!(provider, P::Bitbucket),
            Self::JfrogApiKey | Self::JfrogReference => matches!(provider, P::Jfrog),
            Self::AwsKeyId | Self::AwsTemporaryKeyId | Self::EcrToken => {
                matches!(provider, P::AmazonEcr | P::AmazonEcrPublic)
            }
            Self::JsonKey => matches!(provider, P::GoogleArtifactRegistry),
            Self::Jwt
            | Self::Certificate
            | Self::PrivateKey
            | Self::EncryptedKey
            | Self::SshKey => true,
        }
    }
}

/// 20 capital letters and digits that begin with the letters of their kind.
fn aws_key_id(token: &str) -> Option<Kind> {
    let fits =
        token.len() == 20 && token.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    match token.get(..4) {
        Some("AKIA") if fits => Some(Kind::AwsKeyId),
        Some("ASIA") if fits => Some(Kind::AwsTemporaryKeyId),
        _ => None,
    }
}

fn of_pem(token: &str) -> Kind {
    let encrypted = token.contains("ENCRYPTED");
    if token.contains("PRIVATE KEY") && encrypted {
        Kind::EncryptedKey
    } else if token.contains("PRIVATE KEY") {
        Kind::PrivateKey
    } else {
        Kind::Certificate
    }
}
