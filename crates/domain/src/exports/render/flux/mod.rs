//! Flux: a `HelmRepository` for each repository, an `OCIRepository` for each chart that is named, and
//! the secrets they refer to.
//!
//! Source: fluxcd/source-controller `api/v1/helmrepository_types.go` and
//! `docs/spec/v1/helmrepositories.md`, `docs/spec/v1/ocirepositories.md`.

mod charts;

use serde_json::json;

use super::{
    CredentialFacts, RenderedObject, RepositoryFacts,
    draft::{Draft, SecretRoute},
    login::Form,
    object::put,
    plan::{Part, Piece, SecretPlan},
    pull_secret::docker_config,
    remark::Remark,
    servers::Server,
};
use crate::{AuthMethod, registry_host, repositories::RepositoryKind};

const API: &str = "source.toolkit.fluxcd.io/v1";

pub(super) fn render(draft: &mut Draft<'_>) {
    for repository in draft.repositories() {
        let stem = draft.names.take(&repository.name, &repository.id.to_string());
        source(draft, repository, &stem);
    }
    charts::remarks(draft);
}

fn source(draft: &mut Draft<'_>, repository: &RepositoryFacts, stem: &str) {
    let oci = repository.kind == RepositoryKind::Oci;
    let mut spec = json!({
        "url": repository.namespace_url(),
        "interval": interval(draft, repository),
    });
    if oci {
        put(&mut spec, "type", "oci");
    }
    if repository.is_plain_oci() {
        put(&mut spec, "insecure", true);
    }
    let credential = repository.credential.and_then(|id| draft.facts.credential(id));
    let mut objects = Vec::new();
    if let Some(credential) =
        credential.filter(|credential| credential.shape != AuthMethod::ClientCertificate)
    {
        match opened(draft, repository, credential, stem) {
            Access::Secret(secret) => {
                put(&mut spec, "secretRef", json!({"name": format!("{stem}-auth")}));
                objects.extend(secret);
            }
            Access::Cloud(provider) => put(&mut spec, "provider", provider),
            Access::None => return,
        }
    }
    if let Some(secret) = certificates(draft, repository, credential, stem) {
        put(&mut spec, "certSecretRef", json!({"name": format!("{stem}-tls")}));
        objects.extend(secret);
    }
    let charts = if oci { charts::objects(draft, repository, stem, &spec) } else { Vec::new() };
    notes(draft, repository, credential);
    objects.push(RenderedObject::Open(json!({
        "apiVersion": API,
        "kind": "HelmRepository",
        "metadata": draft.meta(stem).value(),
        "spec": spec,
    })));
    objects.extend(charts);
    draft.file(stem, objects);
}

/// What to know of a repository besides.
fn notes(
    draft: &mut Draft<'_>,
    repository: &RepositoryFacts,
    credential: Option<&CredentialFacts>,
) {
    if let Some(chart) = repository.itself() {
        draft.info(format!(
            "{}: its URL is the chart {} itself. Flux adds the name of a chart to the URL of a HelmRepository, so that one is without it.",
            repository.name, chart.name
        ));
    }
    if credential.is_some() && !repository.archives.is_empty() {
        draft.warning(format!(
            "{}: its index names archives at {}. Flux sends the login to the host of the index alone; if that other host takes this login too, add passCredentials: true to the spec of the HelmRepository, which sends it to every host that the index names.",
            repository.name,
            repository.archives.join(", ")
        ));
    }
}

/// How Flux opens a repository.
enum Access {
    Secret(Vec<RenderedObject>),
    /// With the identity of its own pod at this cloud.
    Cloud(&'static str),
    /// It cannot; a note says why.
    None,
}

fn opened<'a>(
    draft: &mut Draft<'a>,
    repository: &RepositoryFacts,
    credential: &'a CredentialFacts,
    stem: &str,
) -> Access {
    let oci = repository.kind == RepositoryKind::Oci;
    if let Some((cloud, needs)) = cloud(credential, draft.way).filter(|_| oci) {
        draft.info(
            Remark::from(format!(
                "{}: Flux logs in with its own identity instead of ",
                repository.name
            ))
            .name(credential)
            .say(format!(". {needs}")),
        );
        return Access::Cloud(cloud);
    }
    let server = Server::parse(&repository.url);
    let hosts: Vec<&str> = server.iter().map(|server| server.host.as_str()).collect();
    let Some(opened) = draft.opened_at(credential, &hosts) else { return Access::None };
    let meta = draft.meta(&format!("{stem}-auth"));
    let plan = match server {
        // Flux compares the host of the URL with the keys, so Docker Hub has no other key here.
        Some(server) if oci => {
            docker_config(meta, vec![(registry_host(&server.host).to_owned(), opened)])
        }
        _ => SecretPlan {
            meta,
            kind: "Opaque",
            pieces: vec![
                ("username", Piece::Shown(opened.clone(), Part::Username)),
                ("password", Piece::Shown(opened, Part::Password)),
            ],
        },
    };
    Access::Secret(draft.secret(&plan))
}

/// The cloud whose identity Flux uses, and what that identity needs. Keys are used where something
/// in the cluster can exchange them.
fn cloud(credential: &CredentialFacts, way: SecretRoute) -> Option<(&'static str, &'static str)> {
    let keys_work = way == SecretRoute::ExternalSecret;
    Some(match credential.shape {
        AuthMethod::EcrRole => ("aws", AWS),
        AuthMethod::EcrAccessKey if !keys_work => ("aws", AWS),
        AuthMethod::GoogleWorkload => ("gcp", GCP),
        AuthMethod::GoogleKeyExchange if !keys_work => ("gcp", GCP),
        AuthMethod::AcrEntra if !keys_work => ("azure", AZURE),
        _ => return None,
    })
}

const AWS: &str = "Give the service account source-controller, or the nodes, an IAM role with AmazonEC2ContainerRegistryReadOnly.";
const GCP: &str = "Bind the service account source-controller to a Google service account with the role Artifact Registry Reader.";
const AZURE: &str = "Give the managed identity of source-controller the role AcrPull.";

/// A certificate authority, a client certificate, or both.
fn certificates<'a>(
    draft: &mut Draft<'a>,
    repository: &RepositoryFacts,
    credential: Option<&'a CredentialFacts>,
    stem: &str,
) -> Option<Vec<RenderedObject>> {
    let mut pieces = Vec::new();
    if !repository.ca.is_empty() {
        pieces.push(("ca.crt", Piece::Text(repository.ca.clone())));
    }
    if let Some(credential) = credential.filter(|c| c.shape == AuthMethod::ClientCertificate) {
        let certificate = credential.parameters.certificate.clone();
        pieces.push(("tls.crt", Piece::Text(certificate)));
        pieces.push(("tls.key", Piece::Stored(credential, Part::Password, Form::AsIs)));
    }
    if pieces.is_empty() {
        return None;
    }
    let meta = draft.meta(&format!("{stem}-tls"));
    Some(draft.secret(&SecretPlan { meta, kind: "Opaque", pieces }))
}

/// How often Flux looks again; it always does.
fn interval(draft: &mut Draft<'_>, repository: &RepositoryFacts) -> String {
    match repository.interval_seconds {
        0 => {
            draft.info(format!(
                "{}: Hawser syncs it by hand only; Flux looks once a day.",
                repository.name
            ));
            "24h".to_owned()
        }
        seconds if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}
