//! JSON objects while they are being made.

use serde_json::Value;

/// Sets a field of an object; nothing happens to what is no object.
pub(super) fn put(object: &mut Value, key: &str, value: impl Into<Value>) {
    if let Value::Object(fields) = object {
        fields.insert(key.to_owned(), value.into());
    }
}
