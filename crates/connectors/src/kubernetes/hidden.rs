//! What a stranger's words must not hold before they are kept or shown.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Secret;
use serde_json::Value;
use zeroize::Zeroizing;

use super::Manifest;

/// Shorter secrets are found in harmless words too.
const SHORTEST: usize = 4;
/// The same for the parts of a manifest, among them the names of users and of kinds of repositories.
const SHORTEST_PART: usize = 8;

/// The values of the secrets that were sent to a cluster, and their parts: a server could say them
/// again in its refusals, which people read and the database keeps.
#[derive(Default)]
pub struct Hidden(Vec<Zeroizing<String>>);

impl Hidden {
    /// The values of these manifests too, and their parts.
    pub fn and_parts_of(&mut self, manifests: &[Manifest]) {
        for manifest in manifests {
            let is_secret = manifest.object().kind == "Secret";
            for field in ["data", "stringData"] {
                let values = manifest.value().get(field).and_then(Value::as_object);
                for value in values.into_iter().flatten().filter_map(|(_, value)| value.as_str()) {
                    if is_secret {
                        self.add(value, 3);
                    }
                }
            }
        }
    }

    /// These secrets too, whatever their manifests make of them.
    pub fn and<'a>(&mut self, secrets: impl IntoIterator<Item = &'a Secret>) {
        let long = secrets.into_iter().filter(|secret| secret.expose().len() >= SHORTEST);
        self.0.extend(long.map(|secret| Zeroizing::new(secret.expose().to_owned())));
    }

    /// `text`, or nothing when it holds one of the values.
    #[must_use]
    pub fn without(&self, text: String) -> String {
        let holds = self.0.iter().any(|value| text.contains(value.as_str()));
        if holds { String::new() } else { text }
    }

    /// A value, what it is in base64 of, and the texts of a document in it, such as the login of a
    /// Docker configuration.
    fn add(&mut self, value: &str, depth: u8) {
        if value.len() < SHORTEST_PART {
            return;
        }
        self.0.push(Zeroizing::new(value.to_owned()));
        let Some(depth) = depth.checked_sub(1) else { return };
        if let Some(unpacked) = unpacked(value) {
            self.add(&unpacked, depth);
            if let Some((_, password)) = unpacked.split_once(':') {
                self.add(password, 0);
            }
        }
        if value.starts_with(['{', '['])
            && let Ok(mut document) = serde_json::from_str::<Value>(value)
        {
            self.leaves(&document, depth);
            super::live::wipe(&mut document);
        }
    }

    fn leaves(&mut self, value: &Value, depth: u8) {
        match value {
            Value::String(text) => self.add(text, depth),
            Value::Array(items) => items.iter().for_each(|item| self.leaves(item, depth)),
            Value::Object(fields) => fields.values().for_each(|value| self.leaves(value, depth)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn unpacked(value: &str) -> Option<Zeroizing<String>> {
    let bytes = Zeroizing::new(STANDARD.decode(value).ok()?);
    std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use domain::ClusterId;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_parts_of_a_docker_configuration_are_found() {
        let auth = STANDARD.encode("robot:canary-7f3a");
        let config = json!({"auths": {"ghcr.io": {"auth": auth}}}).to_string();
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "b"},
            "data": {".dockerconfigjson": STANDARD.encode(&config)}});
        let manifest = Manifest::parse(&Secret::new(secret.to_string()), ClusterId::new()).unwrap();
        let mut hidden = Hidden::default();
        hidden.and_parts_of(&[manifest]);
        for said in ["no canary-7f3a here", &auth, &config, &STANDARD.encode(&config)] {
            assert_eq!(hidden.without(format!("invalid: {said}")), "", "{said}");
        }
        assert_eq!(hidden.without("robot owns .type".into()), "robot owns .type");
        let mut hidden = Hidden::default();
        hidden.and([&Secret::new("pass".into())]);
        assert_eq!(hidden.without("a pass".into()), "");
    }
}
