//! A Kubernetes secret with its values.

#![expect(clippy::disallowed_methods, reason = "writes what a preview may show")]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::yaml;
use crate::Secret;

/// A Kubernetes secret whose values are secret. It does not serialize, and `Debug` shows no value.
#[derive(Debug, Clone)]
pub struct SecretObject {
    pub(super) meta: Meta,
    pub(super) kind: &'static str,
    pub(super) values: Vec<SecretValue>,
    pub(super) cover: Cover,
}

/// Name, namespace, labels and annotations of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) labels: Vec<(&'static str, String)>,
    pub(super) annotations: Vec<(&'static str, String)>,
}

/// One value of a secret.
#[derive(Debug, Clone)]
pub(super) struct SecretValue {
    pub(super) key: String,
    /// `None` in a preview, which was rendered without the content of credentials.
    pub(super) value: Option<Secret>,
    pub(super) tone: Tone,
}

/// Whether a value gives something away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// It may be shown, such as a URL.
    Open,
    /// It may not.
    Closed,
}

/// What stands for a value where it is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    /// The file will hold it encrypted, as SOPS encrypts every value.
    Encrypted,
    /// The file or cluster will hold it as it is.
    Redacted,
}

impl SecretObject {
    /// The value that stands for an encrypted one in a preview.
    pub const ENCRYPTED: &str = crate::exports::view::ENCRYPTED;
    /// The value that stands for one that is not shown, as Kargo writes it (F13).
    pub const REDACTED: &str = "*** REDACTED ***";

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.meta.name
    }

    /// Its namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.meta.namespace
    }

    /// The type of the secret, such as `kubernetes.io/dockerconfigjson`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// Whether every value is there. A preview, which was rendered without the content of
    /// credentials, is not whole and must not be encrypted or applied.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.values.iter().all(|value| value.value.is_some())
    }

    /// Keys and values, in the order of the manifest; the cover in place of a missing value.
    pub fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|value| {
            (value.key.as_str(), value.value.as_ref().map_or(self.covered(), Secret::expose))
        })
    }

    /// Everything but the values: `apiVersion`, `kind`, `metadata` and `type`.
    #[must_use]
    pub fn open(&self) -> Value {
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": self.meta.value(), "type": self.kind})
    }

    /// The manifest as YAML with its values in the clear under `stringData`, for a person.
    #[must_use]
    pub fn reveal(&self) -> Secret {
        let mut manifest = self.with("stringData", |text| Value::String(text.to_owned()));
        let text = yaml(&manifest);
        wipe(&mut manifest);
        Secret::new(text)
    }

    /// The manifest as JSON with its values in base64 under `data`, for a Kubernetes API server.
    #[must_use]
    pub fn applied(&self) -> Secret {
        let mut manifest = self.with("data", |text| Value::String(STANDARD.encode(text)));
        let text = Secret::new(manifest.to_string());
        wipe(&mut manifest);
        text
    }

    /// The manifest with covers in place of its values.
    #[must_use]
    pub fn preview(&self) -> Value {
        let values: Map<String, Value> = self
            .values
            .iter()
            .map(|value| {
                let text = match (&value.value, self.cover, value.tone) {
                    (Some(value), Cover::Redacted, Tone::Open) => value.expose(),
                    _ => self.covered(),
                };
                (value.key.clone(), Value::from(text))
            })
            .collect();
        let mut manifest = self.open();
        if let Value::Object(fields) = &mut manifest {
            fields.insert("stringData".to_owned(), Value::Object(values));
        }
        manifest
    }

    fn with(&self, field: &str, written: impl Fn(&str) -> Value) -> Value {
        let values: Map<String, Value> =
            self.values().map(|(key, text)| (key.to_owned(), written(text))).collect();
        let mut manifest = self.open();
        if let Value::Object(fields) = &mut manifest {
            fields.insert(field.to_owned(), Value::Object(values));
        }
        manifest
    }

    const fn covered(&self) -> &'static str {
        match self.cover {
            Cover::Encrypted => Self::ENCRYPTED,
            Cover::Redacted => Self::REDACTED,
        }
    }
}

impl Meta {
    /// Name and namespace only: labels and annotations belong to the secret that a delivery method makes.
    pub(super) fn without_labels(&self) -> Self {
        Self { name: self.name.clone(), namespace: self.namespace.clone(), ..Self::default() }
    }

    pub(super) fn value(&self) -> Value {
        let mut meta = Map::new();
        meta.insert("name".to_owned(), Value::from(self.name.as_str()));
        if !self.namespace.is_empty() {
            meta.insert("namespace".to_owned(), Value::from(self.namespace.as_str()));
        }
        for (key, pairs) in [("labels", &self.labels), ("annotations", &self.annotations)] {
            if !pairs.is_empty() {
                meta.insert(key.to_owned(), pairs_value(pairs));
            }
        }
        Value::Object(meta)
    }
}

pub(super) fn pairs_value(pairs: &[(&'static str, String)]) -> Value {
    pairs.iter().map(|(key, text)| ((*key).to_owned(), Value::from(text.as_str()))).collect()
}

/// Wipes the texts of a manifest that held values.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => drop(Zeroizing::new(std::mem::take(text))),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
