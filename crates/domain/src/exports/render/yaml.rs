//! Values written as YAML. A serializer writes every byte (R-GIT-02).

use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap, SerializeSeq},
};
use serde_json::{Map, Value};
use serde_saphyr::SerializerOptions;

/// The keys that stand first in an object, in this order; all others follow by the alphabet. People
/// expect it of manifests, and equal objects become equal bytes.
const FIRST: [&str; 6] = ["apiVersion", "kind", "metadata", "name", "namespace", "type"];

/// A document of YAML, which ends with a line break. Every string reads back as the same string,
/// by YAML 1.1 and by YAML 1.2.
#[must_use]
pub fn yaml(value: &Value) -> String {
    let text = serde_saphyr::to_string_with_options(&Ordered(value), options());
    // A JSON value has string keys and finite numbers only, so there is nothing to refuse.
    ended(text.unwrap_or_default())
}

/// Several documents in one text.
#[must_use]
pub fn yaml_stream<S: AsRef<str>>(documents: &[S]) -> String {
    documents.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("---\n")
}

/// Every value of an object that is no object or list itself, with the keys and numbers that lead
/// to it, in the order in which [`yaml`] writes them.
#[must_use]
pub fn leaves(value: &Value) -> Vec<(Vec<String>, &Value)> {
    let mut found = Vec::new();
    walk(value, &mut Vec::new(), &mut found);
    found
}

fn walk<'v>(value: &'v Value, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, &'v Value)>) {
    let mut deeper = |step: String, value| {
        path.push(step);
        walk(value, path, found);
        path.pop();
    };
    match value {
        Value::Object(fields) => {
            for (key, value) in sorted(fields) {
                deeper(key.clone(), value);
            }
        }
        Value::Array(items) => {
            for (place, value) in items.iter().enumerate() {
                deeper(place.to_string(), value);
            }
        }
        leaf => found.push((path.clone(), leaf)),
    }
}

fn sorted(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_by_key(|(key, _)| (rank(key), key.as_str()));
    sorted
}

fn options() -> SerializerOptions {
    // Block scalars keep trailing line breaks in a way that readers disagree on; quotes do not.
    serde_saphyr::ser_options! { prefer_block_scalars: false }
}

fn ended(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

struct Ordered<'a>(&'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => serializer.serialize_u64(number),
                (_, Some(number), _) => serializer.serialize_i64(number),
                (_, _, Some(number)) => serializer.serialize_f64(number),
                _ => Err(S::Error::custom("a number that is none")),
            },
            Value::String(text) => serializer.serialize_str(text),
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Ordered(item))?;
                }
                list.end()
            }
            Value::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (key, value) in sorted(fields) {
                    map.serialize_entry(key, &Ordered(value))?;
                }
                map.end()
            }
        }
    }
}

fn rank(key: &str) -> usize {
    FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_stand_where_people_expect_them() {
        let value = json!({"spec": {"b": 1, "a": [{"x": true, "name": "item"}]}, "kind": "K",
            "metadata": {"labels": {}, "namespace": "ns", "name": "object"}, "apiVersion": "v1"});
        assert_eq!(
            yaml(&value),
            "apiVersion: v1\nkind: K\nmetadata:\n  name: object\n  namespace: ns\n  labels: {}\nspec:\n  a:\n  - name: item\n    x: true\n  b: 1\n"
        );
    }
}
