//! Helm: a `repositories.yaml`. It carries no secret; people log in by themselves.
//!
//! Source: helm/helm `pkg/repo/repo.go` (type `File`).

use serde_json::{Value, json};

use super::{RenderedObject, RepositoryFacts, draft::Draft};
use crate::repositories::{ChartPlace, RepositoryKind};

pub(super) fn render(draft: &mut Draft<'_>) {
    let mut entries = Vec::new();
    for repository in draft.repositories() {
        if repository.kind == RepositoryKind::Oci {
            registry(draft, repository);
            continue;
        }
        // A slash in a name would end it: helm install NAME/CHART.
        let name = draft.names.take(&repository.name, &repository.id.to_string());
        if repository.credential.is_some() {
            draft.info(format!(
                "{name}: it asks for a login. Run helm repo add {name} {} --username USERNAME --password-stdin --force-update.",
                repository.url
            ));
        }
        if repository.credential.is_some() && !repository.archives.is_empty() {
            draft.info(format!(
                "{name}: its index names archives at {}. If that host takes the same login, add --pass-credentials, which sends it to every host that the index names.",
                repository.archives.join(", ")
            ));
        }
        if !repository.ca.is_empty() {
            draft.info(format!(
                "{name}: save its certificate authority to a file and add --ca-file."
            ));
        }
        entries.push(json!({"name": name, "url": repository.url}));
    }
    if entries.is_empty() {
        return;
    }
    // `generated` is the zero time of Go, so that the file changes only when a repository does.
    let file = json!({
        "apiVersion": "v1",
        "generated": "0001-01-01T00:00:00Z",
        "repositories": Value::Array(entries),
    });
    draft.file("repositories", vec![RenderedObject::Open(file)]);
}

/// What to run instead (helm.sh/docs, `helm_pull` and `helm_registry_login`, which takes the host alone).
fn registry(draft: &mut Draft<'_>, repository: &RepositoryFacts) {
    let plain = if repository.is_plain_oci() { " --plain-http" } else { "" };
    let name = repository.itself().map_or("CHART", |chart| &chart.name);
    let place = repository.place_of(name);
    let (ChartPlace::Registry { host, .. }, Some(address)) = (&place, place.address()) else {
        return;
    };
    let login = match repository.credential {
        Some(_) => {
            format!(" after helm registry login {host} --username USERNAME --password-stdin{plain}")
        }
        None => String::new(),
    };
    draft.left_out(format!(
        "{}: Helm does not list OCI registries. Use helm pull {address}{plain}{login}.",
        repository.name
    ));
}
