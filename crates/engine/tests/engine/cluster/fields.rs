//! Fields of an object as field managers own them: the paths of its leaves. Lists are leaves, as those
//! of `Secret` and of most custom resources are taken whole.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The keys on the way to a leaf.
pub type Path = Vec<String>;

/// The leaves of an object, without what names it and what the server writes.
pub fn leaves(value: &Value) -> BTreeMap<Path, Value> {
    let mut found = BTreeMap::new();
    collect(value, &mut Vec::new(), &mut found);
    found.retain(|path, _| !is_of_server(path));
    found
}

fn is_of_server(path: &Path) -> bool {
    let keys: Vec<_> = path.iter().map(String::as_str).collect();
    matches!(
        keys.as_slice(),
        ["apiVersion" | "kind" | "status", ..]
            | [
                "metadata",
                "name"
                    | "namespace"
                    | "uid"
                    | "resourceVersion"
                    | "creationTimestamp"
                    | "managedFields",
                ..
            ]
    )
}

fn collect(value: &Value, path: &mut Path, found: &mut BTreeMap<Path, Value>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                path.push(key.clone());
                collect(value, path, found);
                path.pop();
            }
        }
        value => {
            found.insert(path.clone(), value.clone());
        }
    }
}

pub fn set(value: &mut Value, path: &[String], leaf: Value) {
    let Some((key, rest)) = path.split_first() else {
        *value = leaf;
        return;
    };
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let next = value.as_object_mut().unwrap().entry(key.clone()).or_insert(Value::Null);
    set(next, rest, leaf);
}

pub fn remove(value: &mut Value, path: &[String]) {
    let Some(fields) = value.as_object_mut() else { return };
    match path {
        [key] => drop(fields.remove(key)),
        [key, rest @ ..] => {
            let Some(next) = fields.get_mut(key) else { return };
            remove(next, rest);
            if next.as_object().is_some_and(Map::is_empty) {
                fields.remove(key);
            }
        }
        [] => {}
    }
}

/// As the server spells it in a conflict.
pub fn spelled(path: &[String]) -> String {
    path.iter().fold(String::new(), |text, key| format!("{text}.{key}"))
}
