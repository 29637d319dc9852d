//! The Git hosts of the catalogue.

use super::{AuthMethod, CredentialKind, ProviderFacts};

pub(super) const GITHUB: ProviderFacts = ProviderFacts {
    label: "GitHub",
    kind: CredentialKind::Git,
    hosts: &["github.com"],
    own_hosts: &["github.com"],
    url_example: "https://github.com/OWNER/REPOSITORY",
    fixed_username: "",
    username_hint: "x-access-token, or your GitHub user name",
    password_hint: "A personal access token with read access to contents",
    shapes: &[AuthMethod::GithubApp, AuthMethod::Password],
};

pub(super) const GITLAB: ProviderFacts = ProviderFacts {
    label: "GitLab",
    kind: CredentialKind::Git,
    hosts: &["gitlab.com"],
    own_hosts: &["gitlab.com"],
    url_example: "https://gitlab.com/GROUP/PROJECT",
    fixed_username: "",
    username_hint: "oauth2, or the name of the token",
    password_hint: "A project access token with read_repository",
    shapes: &[AuthMethod::Password],
};

pub(super) const BITBUCKET: ProviderFacts = ProviderFacts {
    label: "Bitbucket",
    kind: CredentialKind::Git,
    hosts: &["bitbucket.org"],
    own_hosts: &["bitbucket.org"],
    url_example: "https://bitbucket.org/WORKSPACE/REPOSITORY",
    fixed_username: "",
    username_hint: "x-token-auth, or your Bitbucket user name",
    password_hint: "A repository access token",
    shapes: &[AuthMethod::Password],
};

pub(super) const GENERIC_GIT: ProviderFacts = ProviderFacts {
    label: "Other Git server",
    kind: CredentialKind::Git,
    hosts: &[],
    own_hosts: &[],
    url_example: "https://git.example.com/repository.git",
    fixed_username: "",
    username_hint: "",
    password_hint: "Password or access token",
    shapes: &[AuthMethod::Password],
};
