//! Argo CD: a secret for each repository, or a template of credentials for each place.
//!
//! Source: argoproj/argo-cd `docs/operator-manual/declarative-setup.md`, "Repositories" and
//! "Helm Chart Repositories"; keys as `util/db/repository_secrets.go` reads them.

mod templates;

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    RepositoryFacts,
    draft::Draft,
    login::Form,
    plan::{Part, Piece, SecretPlan},
    servers::Server,
};
use crate::{
    AuthMethod,
    repositories::{RepositoryKind, RepositoryUrl},
};

/// The label by which Argo CD finds its secrets, and the two values used here.
const LABEL: &str = "argocd.argoproj.io/secret-type";
const REPOSITORY: &str = "repository";
const TEMPLATE: &str = "repo-creds";

pub(super) fn render(draft: &mut Draft<'_>) {
    let as_template = draft.fields.settings.template == "template";
    if as_template {
        templates::render(draft);
    } else {
        let mut written = Written::default();
        for repository in draft.repositories() {
            alone(draft, &mut written, repository);
        }
    }
    spellings(draft);
    authorities(draft);
}

/// The repositories that have a secret of their own, by the URL that Argo CD finds it by.
type Written<'a> = BTreeMap<String, &'a RepositoryFacts>;

/// A secret for one repository. Repositories that Argo CD knows by one URL have one secret, because it
/// would take any one of several.
fn alone<'a>(draft: &mut Draft<'a>, written: &mut Written<'a>, repository: &'a RepositoryFacts) {
    let url = repository.namespace_url();
    match written.get(&url) {
        Some(other) if other.credential == repository.credential => {
            draft.info(format!(
                "{}: Argo CD finds it by the URL {}, as it finds {}, so one secret does for both.",
                repository.name,
                spelled(repository.kind, &url),
                other.name
            ));
        }
        Some(other) => draft.left_out(format!(
            "{}: Argo CD finds it by the URL {}, and {} has the secret for that with another credential.",
            repository.name,
            spelled(repository.kind, &url),
            other.name
        )),
        None => {
            let stem = draft.names.take(&repository.name, &repository.id.to_string());
            secret(draft, REPOSITORY, &stem, &repository.name, &url, repository);
            written.insert(url, repository);
        }
    }
}

/// Where an Application has to name another URL than that of the repository.
fn spellings(draft: &mut Draft<'_>) {
    for repository in draft.repositories() {
        let url = repository.namespace_url();
        let shown = spelled(repository.kind, &url);
        if let Some(chart) = repository.itself() {
            draft.info(format!(
                "{}: its URL is the chart {} itself. An Application names it as repoURL: {shown} and chart: {}.",
                repository.name, chart.name, chart.name
            ));
        } else if url != repository.url {
            draft.info(format!(
                "{}: an Application names it as repoURL: {shown}, the name of Docker Hub that serves charts.",
                repository.name
            ));
        }
    }
}

fn secret(
    draft: &mut Draft<'_>,
    kind: &str,
    stem: &str,
    name: &str,
    url: &str,
    repository: &RepositoryFacts,
) {
    let mut pieces = vec![("type", Piece::Text("helm".to_owned()))];
    if !name.is_empty() {
        pieces.push(("name", Piece::Text(name.to_owned())));
    }
    let oci = repository.kind == RepositoryKind::Oci;
    let url = spelled(repository.kind, url);
    pieces.push(("url", Piece::Text(url.to_owned())));
    if oci {
        pieces.push(("enableOCI", Piece::Text("true".to_owned())));
    }
    if repository.is_plain_oci() {
        // Helm got no word of it before version 4 (argoproj/argo-cd, issues 23676 and 28152).
        pieces.push(("insecureOCIForceHttp", Piece::Text("true".to_owned())));
        draft.warning(format!(
            "{}: its registry uses plain HTTP, which needs Argo CD 3.5 or later.",
            repository.name
        ));
    }
    let project = &draft.fields.settings.argo_project;
    if !project.is_empty() {
        pieces.push(("project", Piece::Text(project.clone())));
    }
    let Some(login) = login(draft, repository) else { return };
    pieces.extend(login);
    let mut meta = draft.meta(stem);
    meta.labels.push((LABEL, kind.to_owned()));
    let plan = SecretPlan { meta, kind: "Opaque", pieces };
    let objects = draft.secret(&plan);
    draft.file(stem, objects);
}

/// What opens the repository; `None` when its credential cannot be written, and a note says why.
fn login<'a>(
    draft: &mut Draft<'a>,
    repository: &RepositoryFacts,
) -> Option<Vec<(&'static str, Piece<'a>)>> {
    let Some(credential) = repository.credential.and_then(|id| draft.facts.credential(id)) else {
        return Some(Vec::new());
    };
    if credential.shape == AuthMethod::ClientCertificate {
        let certificate = credential.parameters.certificate.clone();
        return Some(vec![
            ("tlsClientCertData", Piece::Text(certificate)),
            ("tlsClientCertKey", Piece::Stored(credential, Part::Password, Form::AsIs)),
        ]);
    }
    let server = Server::parse(&repository.url);
    let hosts: Vec<&str> = server.iter().map(|server| server.host.as_str()).collect();
    let opened = draft.opened_at(credential, &hosts)?;
    Some(vec![
        ("username", Piece::Shown(opened.clone(), Part::Username)),
        ("password", Piece::Shown(opened, Part::Password)),
    ])
}

/// Argo CD reads certificate authorities from one `ConfigMap` for all repositories.
fn authorities(draft: &mut Draft<'_>) {
    let mut hosts = serde_json::Map::new();
    for repository in draft.repositories() {
        let Ok(url) = RepositoryUrl::parse(&repository.url) else { continue };
        if !repository.ca.is_empty() {
            hosts.insert(url.host().to_owned(), repository.ca.as_str().into());
        }
    }
    if hosts.is_empty() {
        return;
    }
    draft.warning(
        "Argo CD takes certificate authorities from the ConfigMap argocd-tls-certs-cm, which all repositories share. Add the entries of the snippet to it.",
    );
    let namespace = draft.namespace();
    draft.snippet(
        "Certificate authorities for Argo CD",
        &json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "argocd-tls-certs-cm", "namespace": namespace},
            "data": hosts,
        }),
    );
}

/// The URL as Argo CD wants it: that of a registry has no scheme.
fn spelled(kind: RepositoryKind, url: &str) -> &str {
    match (kind, url.split_once("://")) {
        (RepositoryKind::Oci, Some((_, rest))) => rest,
        _ => url,
    }
}
