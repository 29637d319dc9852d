//! Helm: a `repositories.yaml`. It carries no secret; people log in by themselves.
//!
//! Source: helm/helm `pkg/repo/repo.go` (type `File`).

use serde_json::{Value, json};

use super::{RenderedObject, draft::Draft};
use crate::repositories::RepositoryKind;

pub(super) fn render(draft: &mut Draft<'_>) {
    let mut entries = Vec::new();
    for repository in draft.repositories() {
        if repository.kind == RepositoryKind::Oci {
            // helm.sh/docs/helm/helm_pull and helm_registry_login.
            let plain = if repository.is_plain_oci() { " --plain-http" } else { "" };
            draft.left_out(format!(
                "{}: Helm does not list OCI registries. Use helm pull {}/CHART{plain} after helm registry login{plain}.",
                repository.name, repository.url
            ));
            continue;
        }
        // A slash in a name would end it: helm install NAME/CHART.
        let name = draft.names.take(&repository.name, &repository.id.to_string());
        if repository.credential.is_some() {
            draft.info(format!(
                "{name}: it asks for a login. Run helm repo add {name} {} --username NAME --password-stdin --force-update.",
                repository.url
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
