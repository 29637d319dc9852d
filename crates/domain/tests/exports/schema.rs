//! The published schemas of what is written. The check is stricter than an API server: a field that
//! the schema does not name is refused, where a server would drop it.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::Value;

macro_rules! schemas {
    ($($kind:literal),+ $(,)?) => {
        static SCHEMAS: LazyLock<BTreeMap<&str, Value>> = LazyLock::new(|| {
            BTreeMap::from([$(($kind, read(include_str!(concat!("schemas/", $kind, ".yaml"))))),+])
        });
    };
}

schemas!(
    "ACRAccessToken",
    "ECRAuthorizationToken",
    "ExternalSecret",
    "GCRAccessToken",
    "GithubAccessToken",
    "HelmRepository",
    "OCIRepository",
    "PackageInstall",
    "PackageRepository",
    "Secret",
    "SecretExport",
    "VaultStaticSecret",
);

fn read(text: &str) -> Value {
    serde_saphyr::from_str(text).expect("a schema is YAML")
}

/// Checks an object against the schema of its kind, and its metadata.
pub fn check(object: &Value) {
    let kind = object["kind"].as_str().expect("an object has a kind");
    let schema = SCHEMAS.get(kind).unwrap_or_else(|| panic!("no schema of {kind}"));
    walk(kind, schema, object);
    let name = object["metadata"]["name"].as_str().expect("an object has a name");
    let part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    assert!(name.len() <= 253 && name.split('.').all(part), "{name}");
    for (key, value) in object["metadata"]["labels"].as_object().into_iter().flatten() {
        let value = value.as_str().unwrap();
        assert!(value.len() <= 63, "{key}: {value}");
    }
}

fn walk(at: &str, schema: &Value, value: &Value) {
    let kind = schema["type"].as_str().unwrap_or_default();
    let fits = match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        other => panic!("{at}: a schema with the type {other:?}"),
    };
    assert!(fits, "{at}: {value} is no {kind}");
    if let Some(known) = schema["enum"].as_array() {
        assert!(known.contains(value), "{at}: {value} is not among {known:?}");
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str()) {
        let pattern = regex::Regex::new(pattern).unwrap();
        assert!(pattern.is_match(text), "{at}: {text} does not match {pattern}");
    }
    if let Some(least) = schema["minimum"].as_i64() {
        assert!(value.as_i64().is_some_and(|value| value >= least), "{at}: {value}");
    }
    if let Some(fields) = value.as_object() {
        for required in schema["required"].as_array().into_iter().flatten() {
            let required = required.as_str().unwrap();
            assert!(fields.contains_key(required), "{at}: {required} is missing");
        }
        for (key, value) in fields {
            match (&schema["properties"][key], &schema["additionalProperties"]) {
                (Value::Null, Value::Null) => assert_eq!(
                    schema["x-kubernetes-preserve-unknown-fields"],
                    Value::Bool(true),
                    "{at}: nobody knows {key}"
                ),
                (Value::Null, schema) | (schema, _) => walk(&format!("{at}.{key}"), schema, value),
            }
        }
    }
    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
        walk(&format!("{at}[{place}]"), &schema["items"], item);
    }
}
