//! What a credential shows at a registry, and whether it can be written down.

use super::CredentialFacts;
use crate::{AuthMethod, registry_place};

/// How a cluster gets a user name and password from what lies in Vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ClusterLogin {
    /// They lie there.
    Stored {
        /// The user name.
        user: User,
        /// The password.
        form: Form,
    },
    /// Something in the cluster has to exchange them for a token, again and again.
    Made(Maker),
    /// It cannot.
    Never(&'static str),
}

/// A user name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum User {
    /// It lies in Vault.
    Stored,
    /// Auth method or provider fixes it.
    Fixed(&'static str),
}

/// How the registry wants the stored secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it lies in Vault.
    AsIs,
    /// In base64.
    Base64,
}

/// What makes a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Maker {
    /// Amazon ECR, in this region.
    Ecr(String),
    /// Amazon ECR Public.
    EcrPublic,
    /// Google.
    Google,
    /// Azure, for this registry.
    Acr(String),
    /// A GitHub App.
    Github,
}

impl Maker {
    /// Why its token cannot be written once.
    pub const fn lifetime(&self) -> &'static str {
        match self {
            Self::Ecr(_) | Self::EcrPublic => "Its token would expire after 12 hours.",
            Self::Google | Self::Github => "Its token would expire after an hour.",
            Self::Acr(_) => "Its token would expire after three hours.",
        }
    }
}

/// `hosts` are those of the registries it is used for.
pub(super) fn login(credential: &CredentialFacts, hosts: &[&str]) -> ClusterLogin {
    let stored = |user, form| ClusterLogin::Stored { user, form };
    match credential.shape {
        AuthMethod::Password => {
            let fixed = credential.provider.facts().fixed_username;
            let user = match credential.username.as_str() {
                "" if !fixed.is_empty() => User::Fixed(fixed),
                _ => User::Stored,
            };
            stored(user, Form::AsIs)
        }
        AuthMethod::AcrServicePrincipal | AuthMethod::AcrToken | AuthMethod::PullToken => {
            stored(User::Stored, Form::AsIs)
        }
        AuthMethod::GoogleKey => stored(User::Fixed("_json_key"), Form::AsIs),
        AuthMethod::GoogleKeyBase64 => stored(User::Fixed("_json_key_base64"), Form::Base64),
        AuthMethod::EcrAccessKey => match region(credential, hosts) {
            Some(region) => ClusterLogin::Made(Maker::Ecr(region)),
            None => ClusterLogin::Never(
                "Its region is not known. Set the region of the credential, or link a repository to it.",
            ),
        },
        AuthMethod::EcrPublicAccessKey => ClusterLogin::Made(Maker::EcrPublic),
        AuthMethod::GoogleKeyExchange => ClusterLogin::Made(Maker::Google),
        AuthMethod::AcrEntra => match hosts.first() {
            Some(host) => ClusterLogin::Made(Maker::Acr((*host).to_owned())),
            None => ClusterLogin::Never("Its registry is not known. Link a repository to it."),
        },
        AuthMethod::GithubApp => ClusterLogin::Made(Maker::Github),
        AuthMethod::ClientCertificate => ClusterLogin::Never(
            "It is a client certificate, and this place holds user names and passwords only.",
        ),
        AuthMethod::EcrRole => ClusterLogin::Never(
            "It has no secret: it is a role that this server assumes. Give the nodes or the service account of the cluster the right to pull (AmazonEC2ContainerRegistryPullOnly) instead.",
        ),
        AuthMethod::GoogleWorkload => ClusterLogin::Never(
            "It has no secret: it is this server's own identity. Give the nodes of the cluster the role Artifact Registry Reader instead.",
        ),
        AuthMethod::GithubInstallation => ClusterLogin::Never(
            "Its key belongs to the operator of this server. Make a credential with the auth method GitHub App with a key of your own.",
        ),
        AuthMethod::Kubeconfig => {
            ClusterLogin::Never("It opens a cluster, and no registry or Git host.")
        }
        AuthMethod::GithubOauth => ClusterLogin::Never(
            "The tokens of a connected account are renewed by this server, and a copy would stop working. Make a credential with a personal access token.",
        ),
    }
}

/// The region of an access key: that of the credential, else that of the first registry.
pub(super) fn region(credential: &CredentialFacts, hosts: &[&str]) -> Option<String> {
    match credential.parameters.region.as_str() {
        "" => {
            hosts.iter().find_map(|host| registry_place(host)).map(|(_, region)| region.to_owned())
        }
        region => Some(region.to_owned()),
    }
}
