//! What was rendered.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{SecretObject, yaml, yaml_stream};
use crate::{
    Secret,
    exports::{ExportFile, ExportNote, ExportPreview, ExportSnippet},
};

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

impl RenderedObject {
    /// The manifest as JSON for a Kubernetes API server, with what a secret holds under `data`. Server-side
    /// apply does not remove keys that were applied as `stringData`, once they are dropped
    /// (kubernetes.io/docs/tasks/configmap-secret/managing-secret-using-config-file).
    #[must_use]
    pub fn applied(&self) -> Secret {
        match self {
            Self::Open(value) => Secret::new(with_data(value).to_string()),
            Self::Secret(secret) => secret.applied(),
        }
    }
}

/// A manifest whose `stringData` is `data`; others stay as they are.
fn with_data(manifest: &Value) -> Value {
    let mut manifest = manifest.clone();
    let Value::Object(fields) = &mut manifest else { return manifest };
    if fields.get("kind").and_then(Value::as_str) != Some("Secret") {
        return manifest;
    }
    if let Some(Value::Object(texts)) = fields.remove("stringData") {
        let packed = |text: &Value| Value::from(STANDARD.encode(text.as_str().unwrap_or_default()));
        let data: Map<_, _> = texts.iter().map(|(key, text)| (key.clone(), packed(text))).collect();
        fields.insert("data".to_owned(), Value::Object(data));
    }
    manifest
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
