//! From the fields of `Chart.yaml` to what a sync stores.

use domain::{
    Timestamp,
    charts::{ChartMetadata, ChartVersion, Dependency, FoundVersion, Maintainer},
};
use serde_json::Value;

use super::{Fields, bounded::cut};

/// The longest name and version.
const NAME_BYTES: usize = 255;
/// The most characters of a short text such as a link.
const SHORT: usize = 1_024;

/// Where a version was found, which no field tells.
pub(crate) struct Origin {
    /// The chart's name.
    pub(crate) chart: String,
    /// The version; empty takes the one of the fields.
    pub(crate) version: String,
    /// The digest; empty takes the one of the fields.
    pub(crate) digest: String,
    /// Where the archive lies.
    pub(crate) url: String,
}

/// The keys of a version entry that are read.
pub(crate) fn wanted(key: &str) -> bool {
    matches!(
        key,
        "name"
            | "version"
            | "appVersion"
            | "created"
            | "digest"
            | "urls"
            | "deprecated"
            | "description"
            | "home"
            | "sources"
            | "keywords"
            | "maintainers"
            | "kubeVersion"
            | "type"
            | "dependencies"
    )
}

/// Whether a chart or version may be called so.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME_BYTES
}

/// The version these fields describe; `None` when it has no name or version.
pub(crate) fn found(mut fields: Fields, origin: Origin) -> Option<FoundVersion> {
    let version = if origin.version.is_empty() {
        text(fields.remove("version"), NAME_BYTES + 1)
    } else {
        origin.version
    };
    if !is_name(&origin.chart) || !is_name(&version) {
        return None;
    }
    let digest = if origin.digest.is_empty() {
        digest(&text(fields.remove("digest"), SHORT))
    } else {
        origin.digest
    };
    Some(FoundVersion {
        chart: origin.chart,
        version: ChartVersion {
            version,
            app_version: text(fields.remove("appVersion"), NAME_BYTES),
            created_at: Timestamp::parse_rfc3339(&text(fields.remove("created"), SHORT)),
            digest,
            url: origin.url,
            deprecated: truth(fields.remove("deprecated").as_ref()),
        },
        metadata: ChartMetadata {
            description: text(fields.remove("description"), 4_096),
            home: text(fields.remove("home"), SHORT),
            sources: texts(fields.remove("sources")),
            keywords: texts(fields.remove("keywords")),
            maintainers: rows(fields.remove("maintainers"), maintainer),
            kube_version: text(fields.remove("kubeVersion"), NAME_BYTES),
            chart_type: text(fields.remove("type"), NAME_BYTES),
            dependencies: rows(fields.remove("dependencies"), dependency),
        },
    })
}

fn digest(text: &str) -> String {
    match text.split_once(':') {
        None if !text.is_empty() => format!("sha256:{text}"),
        _ => text.to_owned(),
    }
}

fn maintainer(value: Value) -> Option<Maintainer> {
    match value {
        Value::Object(mut fields) => Some(Maintainer {
            name: text(fields.remove("name"), SHORT),
            email: text(fields.remove("email"), SHORT),
            url: text(fields.remove("url"), SHORT),
        }),
        // Some indexes hold bare names.
        Value::String(name) => Some(Maintainer {
            name: text(Some(Value::String(name)), SHORT),
            ..Maintainer::default()
        }),
        _ => None,
    }
}

fn dependency(value: Value) -> Option<Dependency> {
    let Value::Object(mut fields) = value else { return None };
    Some(Dependency {
        name: text(fields.remove("name"), SHORT),
        version: text(fields.remove("version"), SHORT),
        repository: text(fields.remove("repository"), SHORT),
    })
}

fn rows<T>(value: Option<Value>, row: fn(Value) -> Option<T>) -> Vec<T> {
    match value {
        Some(Value::Array(items)) => items.into_iter().filter_map(row).collect(),
        _ => Vec::new(),
    }
}

fn texts(value: Option<Value>) -> Vec<String> {
    rows(value, |item| Some(text(Some(item), SHORT)).filter(|text| !text.is_empty()))
}

fn truth(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => {
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("yes")
        }
        _ => false,
    }
}

/// A text, number or truth value as text without control characters; anything else is empty.
fn text(value: Option<Value>, most: usize) -> String {
    let mut text = match value {
        Some(Value::String(text)) => text,
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(value)) => value.to_string(),
        _ => return String::new(),
    };
    // A database refuses NUL, and a page has no use for the others.
    if text.contains(|c: char| c.is_control() && c != '\n') {
        text.retain(|c| !c.is_control() || c == '\n');
    }
    text.truncate(cut(&text).len());
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
    }
    if text.trim().len() < text.len() { text.trim().to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(fields: Value) -> Option<FoundVersion> {
        let Value::Object(fields) = fields else { panic!("no mapping") };
        let origin = Origin {
            chart: "a".into(),
            version: String::new(),
            digest: String::new(),
            url: "u".into(),
        };
        found(fields, origin)
    }

    #[test]
    fn wrong_types_cost_a_field_and_not_the_version() {
        let found = read(json!({
            "version": 1.1, "appVersion": true, "created": 7, "deprecated": "true", "description": ["x"], "keywords": "x",
            "sources": [null, "https://a", 3, {}], "maintainers": ["Ann", {"name": "Bob", "email": null}, 4], "digest": "ab",
        })).unwrap();
        assert_eq!(
            (found.version.version.as_str(), found.version.app_version.as_str()),
            ("1.1", "true")
        );
        assert!(
            found.version.deprecated
                && found.version.created_at.is_none()
                && found.metadata.keywords.is_empty()
        );
        assert_eq!(found.version.digest, "sha256:ab");
        assert_eq!(found.metadata.sources, ["https://a", "3"]);
        let names: Vec<_> =
            found.metadata.maintainers.iter().map(|maintainer| maintainer.name.as_str()).collect();
        assert_eq!(names, ["Ann", "Bob"]);
    }

    #[test]
    fn what_has_no_version_is_left_out() {
        for fields in [
            json!({}),
            json!({"version": null}),
            json!({"version": ""}),
            json!({"version": "x".repeat(256)}),
            json!({"version": []}),
        ] {
            assert!(read(fields).is_none());
        }
        assert_eq!(read(json!({"version": "1\u{0}.2\u{7}"})).unwrap().version.version, "1.2");
    }
}
