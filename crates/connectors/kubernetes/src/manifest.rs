//! What an object should be.

use std::fmt;

use domain::{ClusterId, Secret};
use serde_json::{Map, Value};

use super::{CLUSTER, MANAGED_BY, MANAGER, live::wipe};

/// Names an object of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// Such as `v1` or `external-secrets.io/v1`.
    pub api_version: String,
    /// Such as `Secret`.
    pub kind: String,
    /// Its namespace; empty for an object of the whole cluster.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace.as_str() {
            "" => write!(f, "{} {}", self.kind, self.name),
            namespace => write!(f, "{} {namespace}/{}", self.kind, self.name),
        }
    }
}

/// A document is not the manifest of an object that could be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the document has no apiVersion, kind, metadata.name or metadata.namespace of Kubernetes")]
pub struct BadManifest;

/// An object as it should be, with the labels that make it ours. It may hold secrets: it does not
/// serialize, `Debug` shows its name alone, and its texts are wiped.
pub struct Manifest {
    object: ObjectRef,
    value: Value,
}

impl Manifest {
    /// Reads a manifest in JSON and labels it as an object of `cluster`.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(json: &Secret, cluster: ClusterId) -> Result<Self, BadManifest> {
        let mut value: Value = json.json().ok_or(BadManifest)?;
        let object = object_ref(&value).ok_or(BadManifest);
        let labelled = label(&mut value, cluster);
        if let (Ok(object), Some(())) = (object, labelled) {
            return Ok(Self { object, value });
        }
        wipe(&mut value);
        Err(BadManifest)
    }

    /// Which object it is.
    #[must_use]
    pub const fn object(&self) -> &ObjectRef {
        &self.object
    }

    pub(super) const fn value(&self) -> &Value {
        &self.value
    }
}

impl Drop for Manifest {
    fn drop(&mut self) {
        wipe(&mut self.value);
    }
}

impl fmt::Debug for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Manifest").field(&self.object).finish()
    }
}

/// The name of the object in a manifest or answer; `None` when a part is missing or is no name.
pub(super) fn object_ref(value: &Value) -> Option<ObjectRef> {
    let text = |value: &Value, pointer: &str| {
        value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
    };
    let object = ObjectRef {
        api_version: text(value, "/apiVersion")?,
        kind: text(value, "/kind")?,
        namespace: text(value, "/metadata/namespace").unwrap_or_default(),
        name: text(value, "/metadata/name")?,
    };
    object.is_name().then_some(object)
}

impl ObjectRef {
    /// Whether every part is what Kubernetes takes for one, so that none can mean another path.
    fn is_name(&self) -> bool {
        let plain = |text: &str, more: &[u8]| {
            text.len() <= 253
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
                && !text.starts_with(['-', '.'])
        };
        let mut version = self.api_version.splitn(2, '/');
        let parts_fit = version.all(|part| !part.is_empty() && plain(part, b"-."));
        parts_fit
            && !self.kind.is_empty()
            && plain(&self.kind, b"")
            && plain(&self.namespace, b"-")
            && !self.name.is_empty()
            && plain(&self.name, b"-.")
    }
}

fn label(value: &mut Value, cluster: ClusterId) -> Option<()> {
    let metadata = value.get_mut("metadata")?.as_object_mut()?;
    let labels = metadata.entry("labels").or_insert_with(|| Value::Object(Map::new()));
    let labels = labels.as_object_mut()?;
    labels.insert(MANAGED_BY.to_owned(), MANAGER.into());
    labels.insert(CLUSTER.to_owned(), cluster.to_string().into());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(json: &str) -> Result<Manifest, BadManifest> {
        Manifest::parse(&Secret::new(json.to_owned()), ClusterId::new())
    }

    #[test]
    fn a_manifest_is_labelled_and_shows_its_name_alone() {
        let manifest = parsed(
            r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","namespace":"b","labels":{"x":"y"}},"data":{"p":"canary"}}"#,
        )
        .unwrap();
        assert_eq!(manifest.object().to_string(), "Secret b/a");
        assert!(!format!("{manifest:?}").contains("canary"));
        let labels = manifest.value().pointer("/metadata/labels").unwrap();
        assert_eq!(labels[MANAGED_BY], MANAGER);
        assert_eq!(labels["x"], "y");
    }

    #[test]
    fn a_name_cannot_mean_another_path() {
        let good =
            r#"{"apiVersion":"a.io/v1","kind":"K","metadata":{"name":"n.x-1","namespace":"s"}}"#;
        assert!(parsed(good).is_ok());
        for (from, to) in [
            ("n.x-1", ".."),
            ("n.x-1", "a/b"),
            ("n.x-1", ""),
            ("n.x-1", "a?b"),
            ("\"s\"", "\"a/b\""),
            ("\"s\"", "\"..\""),
            ("a.io/v1", "a.io/../v1"),
            ("a.io/v1", "a.io/v1/x"),
            ("a.io/v1", ""),
            ("\"K\"", "\"K/x\""),
            ("\"n.x-1\"", "1"),
        ] {
            assert!(parsed(&good.replace(from, to)).is_err(), "{from} {to}");
        }
        assert!(parsed("[]").is_err() && parsed("x").is_err());
    }
}
