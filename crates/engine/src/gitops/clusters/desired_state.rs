//! What a cluster should hold: its exports as manifests, values in the clear.

use std::collections::BTreeMap;

use domain::{
    Cause, ClusterId, CredentialId, Redactor, Secret,
    exports::{ExportNote, NoteTone, Values},
};
use kubernetes::{Manifest, ObjectRef};
use storage::{Scope, gitops::clusters::Cluster};

use super::Stopped;
use crate::{
    Engine, Error,
    credentials::Use,
    exports::{RenderedExport, rendered},
    repositories::cause_of,
};

/// The objects, and what they were made from.
pub(super) struct Wanted {
    pub(super) manifests: Vec<Manifest>,
    /// The credentials in them, each at the version it was read with.
    pub(super) versions: Vec<(CredentialId, i64)>,
    pub(super) notes: Vec<ExportNote>,
    /// Takes the secrets in them out of what is kept or shown.
    pub(super) redactor: Redactor,
}

impl Wanted {
    /// Nothing: what is there goes.
    pub(super) fn nothing() -> Self {
        Self {
            manifests: Vec::new(),
            versions: Vec::new(),
            notes: Vec::new(),
            redactor: Redactor::default(),
        }
    }

    /// Whether the object is among them.
    pub(super) fn holds(&self, object: &ObjectRef) -> bool {
        self.manifests.iter().any(|manifest| manifest.object() == object)
    }

    /// Whether nothing was left out that an export should hold.
    pub(super) fn is_whole(&self) -> bool {
        self.notes.iter().all(|note| note.tone != NoteTone::LeftOut)
    }
}

pub(super) async fn wanted(
    engine: &Engine,
    scope: Scope,
    cluster: &Cluster,
    used: &Use,
) -> Result<Result<Wanted, Stopped>, Error> {
    let used = used.at(&cluster.server);
    let exports = match rendered(engine, scope, &cluster.exports, Values::Plain, &used).await {
        Ok(exports) => exports,
        Err(Error::Storage(error)) => return Err(error.into()),
        // Nothing is applied then, since what is missing would be taken away.
        Err(error) => {
            let detail = "A secret of its exports cannot be read.";
            return Ok(Err(Stopped::because(cause_of(&error), detail)));
        }
    };
    Ok(together(cluster.id, exports))
}

fn together(cluster: ClusterId, exports: Vec<RenderedExport>) -> Result<Wanted, Stopped> {
    let (mut versions, mut notes) = (BTreeMap::new(), Vec::new());
    let mut manifests: Vec<Manifest> = Vec::new();
    let mut secrets: Vec<Secret> = Vec::new();
    for export in exports {
        versions.extend(export.versions);
        secrets.extend(export.secrets);
        notes.extend(export.rendered.notes);
        for file in export.rendered.files {
            for object in &file.objects {
                let Ok(manifest) = Manifest::parse(&object.applied(), cluster) else {
                    notes.push(left_out(export.fields.name.as_str(), &file.path));
                    continue;
                };
                let same = manifests.iter().any(|other| other.object() == manifest.object());
                if same {
                    let detail = format!("{} is in two exports.", manifest.object());
                    return Err(Stopped::because(Cause::ExportIncomplete, detail));
                }
                manifests.push(manifest);
            }
        }
    }
    manifests.sort_by(|a, b| a.object().cmp(b.object()));
    let redactor = Redactor::of(&secrets);
    Ok(Wanted { manifests, versions: versions.into_iter().collect(), notes, redactor })
}

fn left_out(export: &str, path: &str) -> ExportNote {
    let text = format!("{export}: {path} holds no object of Kubernetes, so it is not applied.");
    ExportNote::new(NoteTone::LeftOut, text)
}
