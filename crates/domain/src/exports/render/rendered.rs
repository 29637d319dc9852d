//! What was rendered.

use serde_json::Value;

use super::{SecretObject, yaml, yaml_stream};
use crate::exports::{ExportFile, ExportNote, ExportPreview, ExportSnippet};

/// What an export writes.
#[derive(Debug, Clone, Default)]
pub struct Rendered {
    /// The files, by path.
    pub files: Vec<RenderedFile>,
    /// Limits, warnings, what is left out and why.
    pub notes: Vec<ExportNote>,
    /// What goes beside it by hand.
    pub snippets: Vec<ExportSnippet>,
}

/// A file of an export.
#[derive(Debug, Clone)]
pub struct RenderedFile {
    /// Its path: segments of lower-case letters, digits, dashes and dots, unique in the export
    /// (R-GIT-01).
    pub path: String,
    /// The documents in it. A secret that SOPS encrypts is the only one of its file.
    pub objects: Vec<RenderedObject>,
}

/// A document.
#[derive(Debug, Clone)]
pub enum RenderedObject {
    /// One that everybody may read.
    Open(Value),
    /// A Kubernetes secret whose values are secret.
    Secret(SecretObject),
}

impl Rendered {
    /// What people see of it: no value of a secret.
    #[must_use]
    pub fn preview(&self) -> ExportPreview {
        ExportPreview {
            files: self.files.iter().map(RenderedFile::preview).collect(),
            notes: self.notes.clone(),
            snippets: self.snippets.clone(),
        }
    }
}

impl RenderedFile {
    fn preview(&self) -> ExportFile {
        let documents: Vec<String> = self
            .objects
            .iter()
            .map(|object| match object {
                RenderedObject::Open(value) => yaml(value),
                RenderedObject::Secret(secret) => yaml(&secret.preview()),
            })
            .collect();
        ExportFile { path: self.path.clone(), text: yaml_stream(&documents) }
    }
}
