//! What a credential shows at a registry, and whether it can be written down.

use super::CredentialFacts;
use crate::{Shape, registry_place};

/// How a cluster gets a user name and password from what lies in Vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Login {
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
    /// Shape or provider fixes it.
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
pub(super) fn login(credential: &CredentialFacts, hosts: &[&str]) -> Login {
    let stored = |user, form| Login::Stored { user, form };
    match credential.shape {
        Shape::Password => {
            let fixed = credential.provider.facts().fixed_username;
            let user = match credential.username.as_str() {
                "" if !fixed.is_empty() => User::Fixed(fixed),
                _ => User::Stored,
            };
            stored(user, Form::AsIs)
        }
        Shape::AcrServicePrincipal | Shape::AcrToken | Shape::PullToken => {
            stored(User::Stored, Form::AsIs)
        }
        Shape::GoogleKey => stored(User::Fixed("_json_key"), Form::AsIs),
        Shape::GoogleKeyBase64 => stored(User::Fixed("_json_key_base64"), Form::Base64),
        Shape::EcrAccessKey => match region(credential, hosts) {
            Some(region) => Login::Made(Maker::Ecr(region)),
            None => Login::Never(
                "Its region is not known. Set the region of the credential, or link a repository to it.",
            ),
        },
        Shape::EcrPublicAccessKey => Login::Made(Maker::EcrPublic),
        Shape::GoogleKeyExchange => Login::Made(Maker::Google),
        Shape::AcrEntra => match hosts.first() {
            Some(host) => Login::Made(Maker::Acr((*host).to_owned())),
            None => Login::Never("Its registry is not known. Link a repository to it."),
        },
        Shape::GithubApp => Login::Made(Maker::Github),
        Shape::ClientCertificate => Login::Never(
            "It is a client certificate, and this place holds user names and passwords only.",
        ),
        Shape::EcrRole => Login::Never(
            "It has no secret: it is a role that this server assumes. Give the nodes or the service account of the cluster the right to pull (AmazonEC2ContainerRegistryPullOnly) instead.",
        ),
        Shape::GoogleWorkload => Login::Never(
            "It has no secret: it is this server's own identity. Give the nodes of the cluster the role Artifact Registry Reader instead.",
        ),
        Shape::GithubInstallation => Login::Never(
            "Its key belongs to the operator of this server. Make a credential of the shape GitHub App with a key of your own.",
        ),
        Shape::Kubeconfig => Login::Never("It opens a cluster, and no registry or Git host."),
        Shape::GithubOauth => Login::Never(
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
