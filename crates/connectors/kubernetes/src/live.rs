//! An object as an API server answered it.

use std::fmt;

use domain::ClusterId;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{CLUSTER, MANAGED_BY, MANAGER, ObjectRef, manifest::object_ref};

/// What stands for a value of a secret.
const REDACTED: &str = "*** REDACTED ***";
/// The same, where the value becomes another one.
const OTHER: &str = "*** REDACTED *** (the value changes)";
/// What the server counts and writes down by itself.
const BOOKKEEPING: [&str; 6] =
    ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
/// `kubectl apply` keeps the whole object in it, values included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// An object in a cluster. It may hold secrets, as [`super::Manifest`] does.
pub struct Live {
    object: ObjectRef,
    value: Value,
}

impl Live {
    /// An answer, if it is the object that was asked for.
    pub(super) fn of(mut value: Value, asked: &ObjectRef) -> Option<Self> {
        let fits = object_ref(&value).is_some_and(|object| object == *asked);
        if fits {
            return Some(Self { object: asked.clone(), value });
        }
        wipe(&mut value);
        None
    }

    /// Which object it is.
    #[must_use]
    pub const fn object(&self) -> &ObjectRef {
        &self.object
    }

    /// Whether Hawser made it for this cluster: it carries our labels, and our manager applied it.
    #[must_use]
    pub fn is_ours(&self, cluster: ClusterId) -> bool {
        let label =
            |key: &str| self.metadata("labels").and_then(|labels| labels.get(key)?.as_str());
        let applied = |entry: &Value| {
            let text = |key: &str| entry.get(key).and_then(Value::as_str);
            text("manager") == Some(MANAGER) && text("operation") == Some("Apply")
        };
        label(MANAGED_BY) == Some(MANAGER)
            && label(CLUSTER) == Some(cluster.to_string().as_str())
            && self
                .metadata("managedFields")
                .and_then(Value::as_array)
                .is_some_and(|entries| entries.iter().any(applied))
    }

    /// The id that this object has and no later one of its name.
    pub(super) fn uid(&self) -> Option<&str> {
        self.metadata("uid").and_then(Value::as_str)
    }

    /// Whether both hold the same, leaving aside what the server counts by itself.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let (mut one, mut two) = (settled(&self.value), settled(&other.value));
        let is_same = self.object == other.object && one == two;
        wipe(&mut one);
        wipe(&mut two);
        is_same
    }

    fn metadata(&self, key: &str) -> Option<&Value> {
        self.value.get("metadata")?.get(key)
    }

    fn is_secret(&self) -> bool {
        self.object.kind == "Secret" && self.object.api_version == "v1"
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        wipe(&mut self.value);
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Live").field(&self.object).finish()
    }
}

/// Both sides of a change for people, without the values of secrets: of those only is told whether
/// they change.
#[must_use]
pub fn masked(before: Option<&Live>, after: Option<&Live>) -> (Option<Value>, Option<Value>) {
    let shown = |of: Option<&Live>, other: Option<&Live>, changed| {
        of.map(|live| {
            let mut value = settled(&live.value);
            if live.is_secret() {
                let other = other.map(|other| &other.value);
                for field in ["data", "stringData"] {
                    mask(&mut value, other, field, changed);
                }
            }
            value
        })
    };
    (shown(before, after, REDACTED), shown(after, before, OTHER))
}

fn mask(value: &mut Value, other: Option<&Value>, field: &str, changed: &str) {
    let Some(values) = value.get_mut(field).and_then(Value::as_object_mut) else { return };
    for (key, value) in values {
        let before = other.map(|other| other.get(field).and_then(|values| values.get(key)));
        let is_same = before.is_none_or(|before| before.is_none_or(|before| before == value));
        wipe(value);
        *value = (if is_same { REDACTED } else { changed }).into();
    }
}

/// An object without what the server counts and reports by itself.
fn settled(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        for key in BOOKKEEPING {
            metadata.remove(key);
        }
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            if let Some(mut whole) = annotations.remove(LAST_APPLIED) {
                wipe(&mut whole);
            }
            if annotations.is_empty() {
                metadata.remove("annotations");
            }
        }
    }
    value
}

/// Wipes the texts of a document that may hold secrets.
pub(super) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => drop(Zeroizing::new(std::mem::take(text))),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn live(value: Value) -> Live {
        let object = object_ref(&value).unwrap();
        Live::of(value, &object).unwrap()
    }

    fn secret(password: &str) -> Live {
        live(json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": {"name": "a", "namespace": "b", "resourceVersion": password, "uid": "1",
                "annotations": {LAST_APPLIED: "canary"}},
            "data": {"password": password, "username": "cm9ib3Q="}}))
    }

    #[test]
    fn values_of_secrets_are_told_apart_and_not_shown() {
        let (before, after) = (secret("canary-1"), secret("canary-2"));
        let (old, new) = masked(Some(&before), Some(&after));
        let (old, new) = (old.unwrap(), new.unwrap());
        assert!(!format!("{old}{new}").contains("canary"));
        assert_eq!(new["data"]["password"], OTHER);
        assert_eq!(new["data"]["username"], REDACTED);
        assert_eq!(old["data"]["password"], REDACTED);
        assert!(before.is_same(&secret("canary-1")) && !before.is_same(&after));
        assert_eq!(masked(None, Some(&after)).1.unwrap()["data"]["password"], REDACTED);
        assert!(!format!("{before:?}").contains("canary"));
    }

    #[test]
    fn only_what_our_manager_applied_for_this_cluster_is_ours() {
        let cluster = ClusterId::new();
        let object = |labels: Value, manager: &str, operation: &str| {
            live(
                json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "labels": labels,
                "managedFields": [{"manager": manager, "operation": operation}]}}),
            )
        };
        let ours = json!({MANAGED_BY: MANAGER, CLUSTER: cluster.to_string()});
        assert!(object(ours.clone(), MANAGER, "Apply").is_ours(cluster));
        assert!(!object(ours.clone(), MANAGER, "Apply").is_ours(ClusterId::new()));
        assert!(!object(ours.clone(), MANAGER, "Update").is_ours(cluster));
        assert!(!object(ours, "kubectl", "Apply").is_ours(cluster));
        assert!(!object(json!({MANAGED_BY: MANAGER}), MANAGER, "Apply").is_ours(cluster));
        assert!(!object(json!({}), MANAGER, "Apply").is_ours(cluster));
    }
}
