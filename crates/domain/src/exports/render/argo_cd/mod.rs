//! Argo CD: a secret for each repository, or a template of credentials for each place.
//!
//! Source: argoproj/argo-cd `docs/operator-manual/declarative-setup.md`, "Repositories" and
//! "Helm Chart Repositories"; keys as `util/db/repository_secrets.go` reads them.

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
    Shape,
    repositories::{RepositoryKind, RepositoryUrl},
};

/// The label by which Argo CD finds its secrets, and the two values used here.
const LABEL: &str = "argocd.argoproj.io/secret-type";
const REPOSITORY: &str = "repository";
const TEMPLATE: &str = "repo-creds";

pub(super) fn render(draft: &mut Draft<'_>) {
    let as_template = draft.fields.settings.template == "template";
    if as_template {
        templates(draft);
    } else {
        for repository in draft.repositories() {
            let stem = draft.names.take(&repository.name, &repository.id.to_string());
            secret(draft, REPOSITORY, &stem, &repository.name, &repository.url, repository);
        }
    }
    authorities(draft);
}

/// One template for the repositories of a host that share a credential: Argo CD takes the template
/// with the longest URL that a repository's URL begins with.
fn templates(draft: &mut Draft<'_>) {
    let mut places: BTreeMap<_, Vec<&RepositoryFacts>> = BTreeMap::new();
    for repository in draft.repositories() {
        let Some(credential) = repository.credential else {
            draft.info(&format!(
                "{}: it has no credential, so it needs no template.",
                repository.name
            ));
            continue;
        };
        let Ok(url) = RepositoryUrl::parse(&repository.url) else { continue };
        let place = (url.origin(), repository.kind.as_str(), credential);
        places.entry(place).or_default().push(repository);
    }
    for repositories in places.into_values() {
        let Some(first) = repositories.first() else { continue };
        let urls: Vec<&str> =
            repositories.iter().map(|repository| repository.url.as_str()).collect();
        let prefix = common_prefix(&urls);
        let stem = draft.names.take(&format!("{}-creds", first.name), &first.id.to_string());
        secret(draft, TEMPLATE, &stem, "", &prefix, first);
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
    let url = if oci { without_scheme(url) } else { url };
    pieces.push(("url", Piece::Text(url.to_owned())));
    if oci {
        pieces.push(("enableOCI", Piece::Text("true".to_owned())));
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
    if credential.shape == Shape::ClientCertificate {
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

fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

/// The longest run of whole segments that all URLs begin with.
fn common_prefix(urls: &[&str]) -> String {
    let Some((first, rest)) = urls.split_first() else { return String::new() };
    let mut common: Vec<&str> = first.split('/').collect();
    for url in rest {
        let same = common.iter().zip(url.split('/')).take_while(|(a, b)| *a == b).count();
        common.truncate(same);
    }
    common.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_between_segments() {
        assert_eq!(common_prefix(&["https://a/b/c", "https://a/b/d"]), "https://a/b");
        assert_eq!(common_prefix(&["https://a/bc", "https://a/bd"]), "https://a");
        assert_eq!(common_prefix(&["https://a/b"]), "https://a/b");
    }
}
