//! The connectors against real servers: an OCI registry, OpenBao, and hostile hosts in process.

#![expect(clippy::disallowed_methods, reason = "tests compare secrets with what was typed")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod authority;
mod bad_answers;
mod challenges;
mod egress_profiles;
mod examine;
mod examine_login;
mod examine_network;
mod examine_tls;
mod exchange_aws;
mod exchange_azure;
mod exchange_github;
mod exchange_google;
mod exchange_keys;
mod exchange_metadata;
mod exchange_roles;
mod exchange_servers;
mod exchange_stored;
mod exchange_stub;
mod git_egress;
mod git_hostile;
mod git_hostile_files;
mod git_hostile_push;
mod git_large;
mod git_paths;
mod git_pull_request;
mod git_push;
mod git_refusals;
mod git_request_standing;
mod github_accounts;
mod host;
mod left_out;
mod makers;
mod oci_registry;
mod odd_registries;
mod proxy;
mod redirects;
mod registry;
mod rights;
mod token_service;
mod tokens;
mod transport;
mod vault;
mod vault_examined;
mod vault_folder;

use domain::{
    CredentialId, OrganizationId, Secret,
    repositories::{RepositoryKind, RepositoryUrl},
};
use egress::{AllowList, EgressProfile, Failure, Login, LoginKey, Outbound};
use registries::{KnownVersions, Registries, Synced, Target, Validators};

/// Registries that may reach these hosts and nothing private besides.
fn registries(allow: &str) -> Registries {
    Registries::new(Outbound::new(AllowList::parse(allow).unwrap()).unwrap())
}

fn target(url: &str, kind: RepositoryKind) -> Target {
    Target {
        url: RepositoryUrl::parse(url).unwrap(),
        kind,
        login: None,
        login_key: None,
        chart_names: Vec::new(),
        egress: EgressProfile::default(),
    }
}

fn helm(url: &str) -> Target {
    target(url, RepositoryKind::Helm)
}

fn oci(url: &str) -> Target {
    target(url, RepositoryKind::Oci)
}

/// The same target with a stored login.
fn with_login(target: Target, password: &str) -> Target {
    let login = Login::stored("ann".into(), Secret::new(password.into()));
    let login_key = LoginKey {
        organization: OrganizationId::new(),
        credential: CredentialId::new(),
        vault_version: 1,
    };
    Target { login: Some(login), login_key: Some(login_key), ..target }
}

async fn sync(registries: &Registries, target: &Target) -> Result<Synced, Failure> {
    registries.sync(target, &Validators::default(), &KnownVersions::new()).await
}

/// The names and versions of a sync, in its order.
fn versions(synced: &Synced) -> Vec<String> {
    match synced {
        Synced::Unchanged { .. } => vec!["unchanged".into()],
        Synced::Charts { versions, .. } => versions
            .iter()
            .map(|found| format!("{} {}", found.chart, found.version.version))
            .collect(),
    }
}
